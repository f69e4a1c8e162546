// SPDX-License-Identifier: Apache-2.0
// Planted bottlenecks: the report names the cause, not who suffers from it.
#include "sim/explained.h"

namespace shiftwise::sim {
namespace {

TEST(Bottleneck, IsTheSlowKernelAndNotItsNeighbours) {
  for (const auto& [slow, core] : std::map<std::string, std::string>{
           {"one", "core (0, 2)"}, {"two", "core (0, 3)"}, {"three", "core (0, 4)"}}) {
    std::map<std::string, Cycles> costs{{"one", 500}, {"two", 500}, {"three", 500}};
    costs[slow] = 2000;
    DesignBuilder design = pipeline(64);
    const Explained run = explain(design, costs);
    EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kKernels) << run.verdict.why;
    EXPECT_EQ(run.verdict.who, core);
    EXPECT_NE(run.verdict.why.find("'" + slow + "'"), std::string::npos) << run.verdict.why;
  }
}

TEST(Bottleneck, PathHasNoGaps) {
  DesignBuilder design = pipeline(64);
  const Explained run = explain(design, {{"one", 300}, {"two", 700}, {"three", 500}});
  EXPECT_EQ(total(run.statistics.path), run.statistics.cycles);
}

TEST(Bottleneck, OfEquallySlowCoresOneIsNamed) {
  DesignBuilder design = pipeline(64);
  const Explained run = explain(design, {{"one", 2000}, {"two", 2000}, {"three", 2000}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kKernels) << run.verdict.why;
}

TEST(Bottleneck, IsAFifoOfDepthOneWhereTwoAreNeeded) {
  const auto shared = [](int depth) {
    DesignBuilder design;
    const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, 64);
    const auto [produce, consume] =
        design.shared_fifo("narrow", kFirst, kFirst, kSecond, depth, 64);
    const TestFifo out = design.fifo("out", kSecond, {kShim}, 2, 64);
    work(design, kFirst, in.consumers[0], produce, "one", 64);
    work(design, kSecond, consume, out.producer, "two", 64);
    host(design, in, {out.sinks[0]}, 64);
    return design;
  };
  DesignBuilder narrow = shared(1);
  DesignBuilder wide = shared(2);
  const std::map<std::string, Cycles> costs{{"one", 1000}, {"two", 1000}};
  const Explained slow = explain(narrow, costs);
  EXPECT_EQ(slow.verdict.kind, Bottleneck::Kind::kObjects) << slow.verdict.why;
  EXPECT_EQ(slow.verdict.who, "narrow");
  EXPECT_NE(slow.verdict.why.find("depth 1 is too little"), std::string::npos) << slow.verdict.why;
  EXPECT_NE(slow.verdict.why.find("until core (0, 3) gives one back"), std::string::npos)
      << slow.verdict.why;
  const Explained fast = explain(wide, costs);
  EXPECT_EQ(fast.verdict.kind, Bottleneck::Kind::kKernels) << fast.verdict.why;
  EXPECT_LT(fast.statistics.cycles, slow.statistics.cycles * 6 / 10);
}

TEST(Bottleneck, IsALockThatIsHeldTooLong) {
  // Both cores work on their own, but only with 'mutex' in hand.
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst, kSecond}, 2, 64);
  const TestFifo left = design.fifo("left", kFirst, {kShim}, 2, 64);
  const TestFifo right = design.fifo("right", kSecond, {kShim}, 2, 64);
  const Index mutex = design.lock("mutex", kFirst, 1);
  const auto guarded = [&](core::TileId tile, Index from, Index to, const std::string& symbol) {
    const Index kernel = design.kernel(symbol, 2, 64);
    CoreWriter core = design.core(tile);
    core.loop(0, [&] {
      core.fifo_acquire(from, 1);
      core.fifo_acquire(to, 1);
      core.acquire(mutex);
      core.call(kernel, {core.object(from, 0, DesignBuilder::bytes_type(64)),
                         core.object(to, 0, DesignBuilder::bytes_type(64))});
      core.release(mutex);
      core.fifo_release(from);
      core.fifo_release(to);
    });
  };
  guarded(kFirst, in.consumers[0], left.producer, "one");
  guarded(kSecond, in.consumers[1], right.producer, "two");
  host(design, in, {left.sinks[0], right.sinks[0]}, 64);
  const Explained run = explain(design, {{"one", 1000}, {"two", 900}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kLock) << run.verdict.why;
  EXPECT_EQ(run.verdict.who, "mutex");
}

TEST(Bottleneck, IsTheOneSlowConsumerOfABroadcast) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst, kSecond, kThird}, 2, 64);
  std::vector<Channel> outs;
  const std::vector<core::TileId> tiles{kFirst, kSecond, kThird};
  const std::vector<std::string> kernels{"one", "two", "three"};
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const TestFifo out = design.fifo("out" + std::to_string(i), tiles[i],
                                     {{static_cast<int>(i == 2 ? 1 : 0), 0}}, 2, 64);
    work(design, tiles[i], in.consumers[i], out.producer, kernels[i], 64);
    outs.push_back(out.sinks[0]);
  }
  host(design, in, outs, 64);
  const Explained run = explain(design, {{"one", 300}, {"two", 2500}, {"three", 300}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kKernels) << run.verdict.why;
  EXPECT_EQ(run.verdict.who, "core (0, 3)");
}

TEST(Bottleneck, IsAStreamWhereObjectsAreLargeForTheirWork) {
  DesignBuilder design = pipeline(8192);
  const Explained run = explain(design, {{"one", 200}, {"two", 200}, {"three", 200}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kStream) << run.verdict.why;
}

TEST(Bottleneck, IsTheHostsMemoryWhereItStarvesTheArray) {
  DesignBuilder design = pipeline(8192);
  const Explained run = explain(design, {{"one", 200}, {"two", 200}, {"three", 200}},
                                {{"ddr_bytes_per_second", 1e9}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kHostMemory) << run.verdict.why;
  EXPECT_EQ(run.verdict.who, "the host's memory");
}

TEST(Bottleneck, IsTheControllerWhereTheHostSendsObjectByObject) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kFirst}, 2, 64);
  const TestFifo out = design.fifo("out", kFirst, {kShim}, 2, 64);
  work(design, kFirst, in.consumers[0], out.producer, "one", 64);
  const Index from = design.argument(64 * kObjects);
  const Index to = design.argument(64 * kObjects);
  for (int i = 0; i < kObjects; ++i) {
    design.transfer(in.source, from, 64 * i, 64, false);
    design.await(design.transfer(out.sinks[0], to, 64 * i, 64, true));
  }
  const Explained run = explain(design, {{"one", 100}}, {{"controller_op_ns", 5000}});
  EXPECT_EQ(run.verdict.kind, Bottleneck::Kind::kController) << run.verdict.why;
}

TEST(Bottleneck, OfALaterRunKnowsNothingOfTheEarlierOnes) {
  auto kernels = std::make_shared<TestKernels>();
  for (const char* symbol : {"one", "two", "three"}) {
    kernels->add(symbol, [](std::span<const kernel::Value>) { return kernel::integer(0); });
  }
  const Costs cost({{"one", 300}, {"two", 2000}, {"three", 500}});
  Array array(pipeline(64).finish(), kernels,
              {.checks = Checks::kNone, .cost = &cost, .explain = true});
  std::vector<std::vector<std::byte>> buffers(2, std::vector<std::byte>(64 * kObjects));
  for (int i = 0; i < 3; ++i) {
    const Statistics statistics = run(array, buffers).statistics;
    EXPECT_EQ(total(statistics.path), statistics.cycles) << i;
    EXPECT_EQ(bottleneck(statistics)->who, "core (0, 3)") << i;
  }
}

TEST(Bottleneck, OfDevicesThatRunOneAfterTheOtherIsThatOfTheirSum) {
  dialect::Program program{.file = "test"};
  for (const std::string name : {"small", "large"}) {
    dialect::DeviceProgram device = pipeline(64).finish().devices[0];
    device.name = name;
    program.devices.push_back(std::move(device));
  }
  dialect::Sequence script{.name = "all", .arguments = program.devices[0].sequences[0].arguments};
  for (const std::string name : {"small", "large"}) {
    script.operations.push_back({dialect::RunSequence{name, "run", {0, 1}}, {}});
  }
  program.devices[0].sequences.push_back(std::move(script));
  auto kernels = std::make_shared<TestKernels>();
  for (const char* symbol : {"one", "two", "three"}) {
    kernels->add(symbol, [](std::span<const kernel::Value>) { return kernel::integer(0); });
  }
  const Costs cost({{"one", 300}, {"two", 2000}, {"three", 500}});
  Array array(
      program, kernels,
      {.checks = Checks::kNone, .facts = {{"lock_cycles", 3}}, .cost = &cost, .explain = true});
  std::vector<std::vector<std::byte>> buffers(2, std::vector<std::byte>(64 * kObjects));
  std::vector<std::span<std::byte>> spans(buffers.begin(), buffers.end());
  const Statistics statistics = array.run("small::all", spans).statistics;
  EXPECT_EQ(total(statistics.path), statistics.cycles);
  EXPECT_EQ(bottleneck(statistics)->who, "core (0, 3)");
}

TEST(Bottleneck, NeedsAPathAndFindingItChangesNoCycle) {
  EXPECT_FALSE(bottleneck(Statistics{}).has_value());
  DesignBuilder design = pipeline(256);
  const std::map<std::string, Cycles> costs{{"one", 300}, {"two", 700}, {"three", 500}};
  const Explained with = explain(design, costs);
  auto kernels = std::make_shared<TestKernels>();
  for (const auto& [symbol, cycles] : costs) {
    kernels->add(symbol, [](std::span<const kernel::Value>) { return kernel::integer(0); });
  }
  const Costs cost(costs);
  Array array(design.finish(), kernels, {.checks = Checks::kNone, .cost = &cost});
  std::vector<std::vector<std::byte>> buffers(2, std::vector<std::byte>(256 * kObjects));
  const Result without = run(array, buffers);
  EXPECT_EQ(without.statistics.cycles, with.statistics.cycles);
  EXPECT_TRUE(without.statistics.path.empty());
}

}  // namespace
}  // namespace shiftwise::sim
