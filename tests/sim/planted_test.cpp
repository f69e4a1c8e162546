// SPDX-License-Identifier: Apache-2.0
// More planted bottlenecks: those that a designer falls for. Each has a twin without the fault,
// which is not blamed for it.
#include <algorithm>

#include "sim/explained.h"

namespace shiftwise::sim {
namespace {

using Kind = Bottleneck::Kind;

const std::vector<std::string> kConv{"conv"};

/// The same objects for each of `tiles`.
TestFifo feed(DesignBuilder& design, const std::vector<core::TileId>& tiles, std::int64_t bytes) {
  return design.fifo("in", kShim, tiles, 2, bytes);
}

TEST(Planted, TheLargerPartOfAnUnbalancedSplit) {
  // Two cores call the same kernel; one was given three quarters of the channels.
  const auto split = [](Cycles first, Cycles second) {
    DesignBuilder design;
    const TestFifo in = feed(design, {kFirst, kSecond}, 64);
    const TestFifo a = design.fifo("a", kFirst, {kShim}, 2, 64);
    const TestFifo b = design.fifo("b", kSecond, {kShim}, 2, 64);
    work(design, kFirst, in.consumers[0], a.producer, "conv", 64);
    work(design, kSecond, in.consumers[1], b.producer, "conv", 64);
    host(design, in, {a.sinks[0], b.sinks[0]}, 64);
    return explain(design, kConv, CostsOfTiles({{kFirst, first}, {kSecond, second}}));
  };
  const Explained uneven = split(1000, 3000);
  EXPECT_EQ(uneven.verdict.kind, Kind::kKernels) << uneven.verdict.why;
  EXPECT_EQ(uneven.verdict.who, "core (0, 3)");
  EXPECT_LT(split(2000, 2000).statistics.cycles, uneven.statistics.cycles * 7 / 10);
}

/// first -> `rows` objects held at once by second, which gives one back after each call.
DesignBuilder stencil(int rows, int depth) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, 64);
  const auto [produce, consume] = design.shared_fifo("rows", kFirst, kFirst, kSecond, depth, 64);
  const TestFifo out = design.fifo("out", kSecond, {kShim}, 2, 64);
  work(design, kFirst, in.consumers[0], produce, "one", 64);
  const Index kernel = design.kernel("three_rows", 2, 64);
  CoreWriter core = design.core(kSecond);
  core.fifo_acquire(consume, rows - 1);
  core.loop(0, [&] {
    core.fifo_acquire(consume, rows);
    core.fifo_acquire(out.producer, 1);
    core.call(kernel, {core.object(consume, 0, DesignBuilder::bytes_type(64)),
                       core.object(out.producer, 0, DesignBuilder::bytes_type(64))});
    core.fifo_release(consume);
    core.fifo_release(out.producer);
  });
  const Index from = design.argument(64 * kObjects);
  const Index to = design.argument(64 * kObjects);
  design.transfer(in.source, from, 0, 64 * kObjects, false);
  design.await(design.transfer(out.sinks[0], to, 0, 64 * (kObjects - rows + 1), true));
  return design;
}

TEST(Planted, ThreeRowsHeldOfAFifoOfThree) {
  const std::map<std::string, Cycles> costs{{"one", 1000}, {"three_rows", 1000}};
  const Explained narrow = explain(stencil(3, 3), costs);
  EXPECT_EQ(narrow.verdict.kind, Kind::kObjects) << narrow.verdict.why;
  EXPECT_EQ(narrow.verdict.who, "rows");
  EXPECT_NE(narrow.verdict.why.find("depth 3 is too little"), std::string::npos);
  const Explained wide = explain(stencil(3, 4), costs);
  EXPECT_EQ(wide.verdict.kind, Kind::kKernels) << wide.verdict.why;
  EXPECT_LT(wide.statistics.cycles, narrow.statistics.cycles * 6 / 10);
}

TEST(Planted, ASlowKernelBehindAFifoOfOneIsStillTheKernel) {
  const Explained run = explain(stencil(1, 1), {{"one", 100}, {"three_rows", 3000}});
  EXPECT_EQ(run.verdict.kind, Kind::kKernels) << run.verdict.why;
  EXPECT_EQ(run.verdict.who, "core (0, 3)");
}

/// Host -> mem tile, which holds `depth` objects -> core -> host.
DesignBuilder through_mem_tile(int depth, std::int64_t bytes) {
  constexpr core::TileId kMem{0, 1};
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kMem}, depth, bytes);
  const TestFifo out = design.fifo("out", kFirst, {kShim}, 2, bytes);
  const TestFifo on = design.fifo("on", kMem, {kFirst}, 2, bytes);
  // The link: what arrives is sent on from where it lies.
  auto& tasks = design.program().dma_tasks;
  const auto arriving = std::ranges::find(tasks, in.sinks[0], &dialect::DmaTask::channel);
  const auto leaving = std::ranges::find(tasks, on.source, &dialect::DmaTask::channel);
  leaving->descriptors = arriving->descriptors;
  for (dialect::BufferDescriptor& each : leaving->descriptors)
    std::swap(each.acquire, each.release);
  work(design, kFirst, on.consumers[0], out.producer, "one", bytes);
  host(design, in, {out.sinks[0]}, bytes);
  return design;
}

TEST(Planted, AMemTilesLinkOfDepthOne) {
  const std::map<std::string, Cycles> costs{{"one", 1000}};
  const Explained narrow = explain(through_mem_tile(1, 16384), costs);
  EXPECT_EQ(narrow.verdict.kind, Kind::kObjects) << narrow.verdict.why;
  EXPECT_EQ(narrow.verdict.who, "in_cons") << narrow.verdict.why;
  const Explained wide = explain(through_mem_tile(2, 16384), costs);
  EXPECT_EQ(wide.verdict.kind, Kind::kStream) << wide.verdict.why;
  EXPECT_LT(wide.statistics.cycles, narrow.statistics.cycles * 7 / 10);
}

/// All objects in parts; each part is waited for before the next is sent, or only the last is.
DesignBuilder in_parts(std::int64_t objects_each, bool early) {
  constexpr std::int64_t kBytes = 64;
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, kBytes);
  const TestFifo out = design.fifo("out", kFirst, {kShim}, 2, kBytes);
  work(design, kFirst, in.consumers[0], out.producer, "one", kBytes);
  const Index from = design.argument(kBytes * kObjects);
  const Index to = design.argument(kBytes * kObjects);
  std::vector<Index> tasks;
  for (std::int64_t i = 0; i < kObjects; i += objects_each) {
    design.transfer(in.source, from, kBytes * i, kBytes * objects_each, false);
    tasks.push_back(design.transfer(out.sinks[0], to, kBytes * i, kBytes * objects_each, true));
    const std::size_t ahead = early ? 0 : 2;
    if (tasks.size() > ahead) design.await(tasks[tasks.size() - 1 - ahead]);
  }
  if (!early) {
    for (std::size_t i = 2; i > 0; --i) design.await(tasks[tasks.size() - i]);
  }
  return design;
}

TEST(Planted, AHostSequenceThatWaitsBeforeItSendsTheNext) {
  const std::map<std::string, Cycles> costs{{"one", 1000}};
  const Explained early = explain(in_parts(4, true), costs);
  EXPECT_EQ(early.verdict.kind, Kind::kTransfers) << early.verdict.why;
  EXPECT_EQ(early.verdict.who, "the host sequence");
  EXPECT_NE(early.verdict.why.find("10 times it waits for a transfer to end"), std::string::npos)
      << early.verdict.why;
  const Explained late = explain(in_parts(4, false), costs);
  EXPECT_NE(late.verdict.kind, Kind::kTransfers) << late.verdict.why;
  EXPECT_LT(late.statistics.cycles, early.statistics.cycles * 8 / 10);
}

TEST(Planted, AControllerWithAThousandParametersToWrite) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, 64);
  const TestFifo out = design.fifo("out", kFirst, {kShim}, 2, 64);
  work(design, kFirst, in.consumers[0], out.producer, "one", 64);
  const Index parameters = design.buffer("parameters", kFirst, 64);
  const Index from = design.argument(64 * kObjects);
  const Index to = design.argument(64 * kObjects);
  for (int i = 0; i < 1000; ++i) {
    design.operation(dialect::WriteBuffer{.buffer = parameters, .word = i % 16, .value = 1});
  }
  design.transfer(in.source, from, 0, 64 * kObjects, false);
  design.await(design.transfer(out.sinks[0], to, 0, 64 * kObjects, true));
  const Explained run = explain(design, {{"one", 1000}});
  EXPECT_EQ(run.verdict.kind, Kind::kController) << run.verdict.why;
  EXPECT_EQ(run.verdict.who, "the host sequence");
}

TEST(Planted, LocksTakenInAnOrderThatKeepsBothCoresFromWorkingAtOnce) {
  // Each core holds what the other needs next while it computes.
  const auto guarded = [](bool ordered) {
    DesignBuilder design;
    const TestFifo in = feed(design, {kFirst, kSecond}, 64);
    const TestFifo left = design.fifo("left", kFirst, {kShim}, 2, 64);
    const TestFifo right = design.fifo("right", kSecond, {kShim}, 2, 64);
    const Index first = design.lock("first", kFirst, 1);
    const Index second = design.lock("second", kFirst, 1);
    const Index kernel = design.kernel("conv", 2, 64);
    const auto add = [&](core::TileId tile, Index from, Index to, Index inner) {
      CoreWriter core = design.core(tile);
      core.loop(0, [&] {
        core.fifo_acquire(from, 1);
        core.fifo_acquire(to, 1);
        if (ordered) core.acquire(first);
        core.acquire(inner);
        core.call(kernel, {core.object(from, 0, DesignBuilder::bytes_type(64)),
                           core.object(to, 0, DesignBuilder::bytes_type(64))});
        core.release(inner);
        if (ordered) core.release(first);
        core.fifo_release(from);
        core.fifo_release(to);
      });
    };
    add(kFirst, in.consumers[0], left.producer, second);
    add(kSecond, in.consumers[1], right.producer, design.lock("third", kFirst, 1));
    host(design, in, {left.sinks[0], right.sinks[0]}, 64);
    return explain(design, kConv, CostsOfTiles({{kFirst, 1000}, {kSecond, 1000}}));
  };
  const Explained together = guarded(true);
  EXPECT_EQ(together.verdict.kind, Kind::kLock) << together.verdict.why;
  EXPECT_EQ(together.verdict.who, "first");
  const Explained apart = guarded(false);
  EXPECT_EQ(apart.verdict.kind, Kind::kKernels) << apart.verdict.why;
  EXPECT_LT(apart.statistics.cycles, together.statistics.cycles * 6 / 10);
}

TEST(Planted, ACoreWhoseOwnCodeIsHalfOfItsWork) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, 64);
  const TestFifo out = design.fifo("out", kFirst, {kShim}, 2, 64);
  const Index kernel = design.kernel("one", 2, 64);
  CoreWriter core = design.core(kFirst);
  core.loop(0, [&] {
    core.fifo_acquire(in.consumers[0], 1);
    core.fifo_acquire(out.producer, 1);
    core.loop(100, [&] { core.constant(1); });
    core.call(kernel, {core.object(in.consumers[0], 0, DesignBuilder::bytes_type(64)),
                       core.object(out.producer, 0, DesignBuilder::bytes_type(64))});
    core.fifo_release(in.consumers[0]);
    core.fifo_release(out.producer);
  });
  host(design, in, {out.sinks[0]}, 64);
  const Explained run = explain(design, {{"one", 600}});
  EXPECT_EQ(run.verdict.who, "core (0, 2)") << run.verdict.why;
  EXPECT_NE(run.verdict.why.find("own code"), std::string::npos) << run.verdict.why;
}

TEST(Planted, StreamsThatAreSlowerThanTheMachineWas) {
  const std::map<std::string, Cycles> costs{{"one", 1000}, {"two", 1000}, {"three", 1000}};
  EXPECT_EQ(explain(pipeline(2048), costs).verdict.kind, Kind::kKernels);
  const Explained slow = explain(pipeline(2048), costs, {{"stream_words_per_cycle", 0.25}});
  EXPECT_EQ(slow.verdict.kind, Kind::kStream) << slow.verdict.why;
  EXPECT_GE(slow.statistics.cycles, kObjects * 2048 / 4 * 4);
}

TEST(Planted, AKernelOfUnknownCostIsNotBlamedWithoutSayingSo) {
  class Unknown final : public KernelCost {
   public:
    std::optional<Cycles> cycles(const KernelCall&) const override { return std::nullopt; }
  };
  const Explained run = explain(pipeline(64), {"one", "two", "three"}, Unknown());
  EXPECT_EQ(run.verdict.kind, Kind::kKernels);
  EXPECT_NE(run.verdict.why.find("whose cost is not known"), std::string::npos) << run.verdict.why;
}

TEST(Times, OfACoreAddUpToTheRun) {
  auto kernels = std::make_shared<TestKernels>();
  for (const char* symbol : {"one", "two", "three"}) {
    kernels->add(symbol, [](std::span<const kernel::Value>) { return kernel::integer(0); });
  }
  const Costs cost({{"one", 300}, {"two", 2000}, {"three", 500}});
  Array array(pipeline(64).finish(), kernels, {.checks = Checks::kNone, .cost = &cost});
  std::vector<std::vector<std::byte>> buffers(2, std::vector<std::byte>(64 * kObjects));
  for (int i = 0; i < 3; ++i) {
    const Statistics statistics = run(array, buffers).statistics;
    for (const CoreStatistics& core : statistics.cores) {
      Cycles sum = core.kernels + core.own;
      for (const Stall& stall : core.stalls) sum += stall.cycles;
      EXPECT_EQ(sum, statistics.cycles) << i << " core " << core.tile.row;
    }
    for (const ChannelStatistics& channel : statistics.channels) {
      Cycles sum = channel.moving;
      for (const Stall& stall : channel.stalls) sum += stall.cycles;
      EXPECT_LE(sum, statistics.cycles) << i << " " << target::to_string(channel.channel);
    }
  }
}

}  // namespace
}  // namespace shiftwise::sim
