// SPDX-License-Identifier: Apache-2.0
// Designs whose time has one known cause, and what the report says of them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "sim/bottleneck.h"
#include "sim/design_builder.h"

namespace shiftwise::sim {

inline constexpr core::TileId kShim{0, 0};
inline constexpr core::TileId kFirst{0, 2};
inline constexpr core::TileId kSecond{0, 3};
inline constexpr core::TileId kThird{0, 4};
inline constexpr std::int64_t kObjects = 40;

/// Cycles by kernel.
class Costs final : public KernelCost {
 public:
  explicit Costs(std::map<std::string, Cycles> cycles) : cycles_(std::move(cycles)) {}
  std::optional<Cycles> cycles(const KernelCall& call) const override {
    return cycles_.at(call.kernel.symbol);
  }

 private:
  std::map<std::string, Cycles> cycles_;
};

/// Cycles by tile, for cores that call the same kernel.
class CostsOfTiles final : public KernelCost {
 public:
  explicit CostsOfTiles(std::map<core::TileId, Cycles> cycles) : cycles_(std::move(cycles)) {}
  std::optional<Cycles> cycles(const KernelCall& call) const override {
    return cycles_.at(call.tile);
  }

 private:
  std::map<core::TileId, Cycles> cycles_;
};

/// A core that calls `kernel` on each object of `in` and fills one of `out`.
inline void work(DesignBuilder& design, core::TileId tile, Index in, Index out,
                 const std::string& kernel, std::int64_t bytes) {
  const Index function = design.kernel(kernel, 2, bytes);
  CoreWriter core = design.core(tile);
  core.loop(0, [&] {
    core.fifo_acquire(in, 1);
    core.fifo_acquire(out, 1);
    core.call(function, {core.object(in, 0, DesignBuilder::bytes_type(bytes)),
                         core.object(out, 0, DesignBuilder::bytes_type(bytes))});
    core.fifo_release(in);
    core.fifo_release(out);
  });
}

struct Explained {
  Statistics statistics;
  Bottleneck verdict;
};

inline Explained explain(const DesignBuilder& design, const std::vector<std::string>& symbols,
                         const KernelCost& cost, const target::Facts& facts = {}) {
  auto kernels = std::make_shared<TestKernels>();
  for (const std::string& symbol : symbols) {
    kernels->add(symbol, [](std::span<const kernel::Value>) { return kernel::integer(0); });
  }
  Array array(design.finish(), kernels,
              {.checks = Checks::kNone, .facts = facts, .cost = &cost, .explain = true});
  std::vector<std::vector<std::byte>> buffers;
  for (const dialect::MemrefType& type : array.arguments("run")) {
    buffers.emplace_back(static_cast<std::size_t>(type.shape[0]));
  }
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  const auto verdict = bottleneck(result.statistics);
  return {result.statistics, verdict.value_or(Bottleneck{})};
}

inline Explained explain(const DesignBuilder& design, const std::map<std::string, Cycles>& costs,
                         const target::Facts& facts = {}) {
  std::vector<std::string> symbols;
  for (const auto& [symbol, cycles] : costs) symbols.push_back(symbol);
  return explain(design, symbols, Costs(costs), facts);
}

/// The host's side of a design: all objects in, all objects out.
inline void host(DesignBuilder& design, const TestFifo& in, const std::vector<Channel>& outs,
                 std::int64_t bytes) {
  const Index from = design.argument(bytes * kObjects);
  std::vector<Index> tasks;
  design.transfer(in.source, from, 0, bytes * kObjects, false);
  for (const Channel& out : outs) {
    tasks.push_back(
        design.transfer(out, design.argument(bytes * kObjects), 0, bytes * kObjects, true));
  }
  for (const Index task : tasks) design.await(task);
}

/// Host -> first -> second -> third -> host.
inline DesignBuilder pipeline(std::int64_t bytes, int depth = 2) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, depth, bytes);
  const TestFifo a = design.fifo("a", kFirst, {kSecond}, depth, bytes);
  const TestFifo b = design.fifo("b", kSecond, {kThird}, depth, bytes);
  const TestFifo out = design.fifo("out", kThird, {kShim}, depth, bytes);
  work(design, kFirst, in.consumers[0], a.producer, "one", bytes);
  work(design, kSecond, a.consumers[0], b.producer, "two", bytes);
  work(design, kThird, b.consumers[0], out.producer, "three", bytes);
  host(design, in, {out.sinks[0]}, bytes);
  return design;
}

inline Cycles total(const std::vector<PathPart>& path) {
  return std::accumulate(path.begin(), path.end(), Cycles{0},
                         [](Cycles sum, const PathPart& part) { return sum + part.cycles; });
}

}  // namespace shiftwise::sim
