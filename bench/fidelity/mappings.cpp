// SPDX-License-Identifier: Apache-2.0
#include "fidelity/mappings.h"

#include <algorithm>
#include <set>

#include "dialect/read.h"
#include "fidelity/designs.h"
#include "fidelity/published_times.h"
#include "sim/array.h"
#include "sim/bottleneck.h"
#include "sim/modelled_cost.h"
#include "sim/pace.h"

namespace shiftwise::fidelity {
namespace {

/// The published rate where there is one, else the analysis, and for which kernels that was.
class PublishedRates : public sim::KernelCost {
 public:
  std::optional<sim::Cycles> cycles(const sim::KernelCall& call) const override {
    if (const auto known = published_.cycles(call)) return known;
    by_analysis_.insert(call.kernel.symbol.substr(0, call.kernel.symbol.find("__")));
    return own_.cycles(call);
  }
  const std::set<std::string>& by_analysis() const { return by_analysis_; }

 private:
  PublishedTimes published_{target::PublishedKernels::kTuned};
  sim::ModelledCost own_;
  mutable std::set<std::string> by_analysis_;
};

sim::Result simulate(const lower::Design& design, const target::Device& device,
                     const sim::KernelCost& cost) {
  sim::Array array(
      dialect::read_program(design.text, "design.mlir"), silent_kernels(),
      {.checks = sim::Checks::kNone, .device = device, .cost = &cost, .explain = true});
  const auto images = static_cast<std::size_t>(design.images);
  std::vector<std::byte> input(static_cast<std::size_t>(design.input.image_bytes()) * images);
  std::vector<std::byte> weights = design.weights;
  std::vector<std::byte> output(static_cast<std::size_t>(design.output.image_bytes()) * images);
  const std::span<std::byte> arguments[] = {input, weights, output};
  sim::Result result = array.run(design.sequence, arguments);
  result.require_complete();
  return result;
}

}  // namespace

std::string_view name(CostModel model) {
  return model == CostModel::kOwn ? "own kernels, analysis" : "published tuned kernels, measured";
}

const Timed::Tile& Timed::busiest() const {
  return *std::ranges::max_element(tiles, {}, &Tile::kernels);
}

Timed time_conv2_x(const target::Device& device, lower::Mapping mapping, CostModel model,
                   int images) {
  const sim::ModelledCost own;
  const PublishedRates rates;
  const sim::KernelCost& cost =
      model == CostModel::kOwn ? static_cast<const sim::KernelCost&>(own) : rates;
  lower::Options options{.device = device, .mapping = mapping, .images = images};
  const lower::Design design = lower::compile(conv2_x(), options);
  options.images = 1;
  const sim::Result run = simulate(design, device, cost);
  const sim::Statistics& statistics = run.statistics;
  const auto pace = sim::pace(statistics, images);
  Timed result{
      .mapping = mapping,
      .model = model,
      .clock_hz = statistics.clock_hz,
      .interval = pace->interval,
      .latency = pace->latency,
      .alone = simulate(lower::compile(conv2_x(), options), device, cost).statistics.cycles,
      .dispatch_us = device.timing.dispatch_us};
  for (const sim::CoreStatistics& core : statistics.cores) {
    Timed::Tile tile{.tile = core.tile,
                     .kernels = static_cast<double>(core.kernels) / images,
                     .busy = static_cast<double>(core.kernels + core.own) /
                             static_cast<double>(statistics.cycles)};
    for (const lower::TileLoad& load : design.tiles) {
      if (load.tile != core.tile) continue;
      tile.multiplying = static_cast<double>(load.mac_cycles_per_image) / result.interval;
    }
    result.tiles.push_back(tile);
  }
  result.by_analysis.assign(rates.by_analysis().begin(), rates.by_analysis().end());
  if (const auto found = sim::bottleneck(statistics)) {
    result.bottleneck = found->who.empty() ? sim::to_string(found->kind) : found->who;
  }
  return result;
}

}  // namespace shiftwise::fidelity
