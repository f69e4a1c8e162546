// SPDX-License-Identifier: Apache-2.0
// Locks, and what is said when nothing can move.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/design_builder.h"

namespace shiftwise::sim {
namespace {

constexpr core::TileId kCore{0, 2};
constexpr core::TileId kNorth{0, 3};

Result run_cores(DesignBuilder& design, const Options& options = {}) {
  Array array(design.finish(), nullptr, options);
  std::vector<std::vector<std::byte>> none;
  return run(array, none);
}

/// Cycles until a core that asks for a lock `ask` cycles after the start has ended, where
/// another releases it after about `give` cycles.
Cycles meeting(int ask, int give) {
  DesignBuilder design;
  const Index lock = design.lock("lock", kCore, 0);
  CoreWriter taker = design.core(kCore);
  for (int i = 0; i < ask; ++i) taker.constant(0);
  taker.acquire(lock);
  taker.halt();
  CoreWriter giver = design.core(kNorth);
  for (int i = 0; i < give; ++i) giver.constant(0);
  giver.release(lock);
  giver.halt();
  const Result result = run_cores(design);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  Cycles waited = 0;
  for (const Stall& stall : result.statistics.cores[0].stalls) waited += stall.cycles;
  return waited;
}

TEST(Locks, BlockUntilTheReleaseAndNotACycleLonger) {
  EXPECT_EQ(meeting(10, 13), 3);
  EXPECT_EQ(meeting(10, 11), 1);
  EXPECT_EQ(meeting(10, 10), 0) << "released in the cycle of the request, by an earlier event";
  EXPECT_EQ(meeting(10, 9), 0);
}

TEST(Locks, AreTakenInTheOrderOfTheRequests) {
  DesignBuilder design;
  const Index lock = design.lock("lock", kCore, 0);
  const Index order = design.buffer("order", kCore, 8, counting(8));
  int who = 1;
  for (const core::TileId tile : {kCore, kNorth}) {
    CoreWriter core = design.core(tile);
    if (tile == kCore) core.loop(50, [] {});  // asks later
    core.acquire(lock);
    const Index view = core.view(order, DesignBuilder::words_type(2));
    core.store(view, core.constant(0), core.load(view, core.constant(1)));
    core.store(view, core.constant(1), core.constant(who++));
    core.release(lock);
    core.halt();
  }
  CoreWriter opener = design.core({0, 4});
  opener.loop(200, [] {});
  opener.release(lock);
  opener.halt();
  // The race checker also sees that the lock orders the two.
  EXPECT_EQ(run_cores(design).outcome, Outcome::kComplete);
}

TEST(Locks, EqualTakesTheExactValueOnly) {
  DesignBuilder design;
  const Index lock = design.lock("lock", kCore, 2);
  CoreWriter core = design.core(kCore);
  core.acquire(lock, 1, true);
  core.halt();
  const Result result = run_cores(design);
  EXPECT_EQ(result.outcome, Outcome::kDeadlock);
  ASSERT_EQ(result.waits.size(), 1u);
  EXPECT_EQ(result.waits[0].what, "waits for lock 'lock' to be 1; it is 2");
}

TEST(Locks, CannotGrowBeyondTheirLargestValue) {
  DesignBuilder design;
  const Index lock = design.lock("lock", kCore, 60);
  CoreWriter core = design.core(kCore);
  core.release(lock, 4);
  core.halt();
  EXPECT_EQ(refusal([&] { run_cores(design); }),
            "core (0, 2) releases lock 'lock' beyond its largest value\n"
            "  where: test:core_0_2:0\n"
            "  why:   60 + 4 is more than 63\n"
            "  try:   release what was acquired, once");
}

TEST(DeadlockReport, NamesTheCoreTheLockAndWhatItWants) {
  DesignBuilder design;
  const Index lock = design.lock("gate", kCore, 1);
  CoreWriter core = design.core(kCore);
  core.acquire(lock, 2);
  core.halt();
  EXPECT_EQ(refusal([&] { run_cores(design).require_complete(); }),
            "the design stops for ever after 0 cycles\n"
            "  why:   core (0, 2) waits for lock 'gate' to be at least 2; it is 1 "
            "(test:core_0_2:0)");
}

TEST(DeadlockReport, FindsTheCircleOfTwoCores) {
  DesignBuilder design;
  const Index a = design.lock("a", kCore, 0);
  const Index b = design.lock("b", kNorth, 0);
  CoreWriter first = design.core(kCore);
  first.acquire(a);
  first.release(b);
  first.halt();
  CoreWriter second = design.core(kNorth);
  second.acquire(b);
  second.release(a);
  second.halt();
  EXPECT_EQ(refusal([&] { run_cores(design).require_complete(); }),
            "the design stops for ever after 0 cycles\n"
            "  why:   core (0, 2) waits for lock 'a' to be at least 1; it is 0 (test:core_0_2:0)\n"
            "         core (0, 3) waits for lock 'b' to be at least 1; it is 0 (test:core_0_3:0)\n"
            "  try:   a circle: core (0, 2) -> core (0, 3) -> core (0, 2)");
}

TEST(DeadlockReport, FollowsTheHostsWaitThroughTheArray) {
  // The host waits for twice as much as it sends.
  DesignBuilder design;
  const TestFifo in = design.fifo("in", {0, 0}, {{0, 1}}, 2, 64);
  const Index from = design.argument(64);
  const Index to = design.argument(128);
  // The mem tile passes objects on: its pool's other side.
  const Index empty = 0, full = 1;
  design.dma(mm2s({0, 1}), {DesignBuilder::descriptor(0, 64, {full, 1}, {empty, 1}),
                            DesignBuilder::descriptor(1, 64, {full, 1}, {empty, 1})});
  design.route(mm2s({0, 1}), {s2mm({0, 0})});
  design.transfer(in.source, from, 0, 64, false);
  design.await(design.transfer(s2mm({0, 0}), to, 0, 128, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{counting(64), std::vector<std::byte>(128)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kDeadlock);
  const std::vector<Wait> expected{
      {"the host sequence", "waits for a token of S2MM 0 of tile (0, 0)", "test:run:4"},
      {"S2MM 0 of tile (0, 0)", "waits for 16 of 32 words of host buffer 1", "test:memcpy"},
      {"MM2S 0 of tile (0, 1)", "waits for lock 'in_cons_cons_lock' to be at least 1; it is 0",
       "test:bd"},
      {"S2MM 0 of tile (0, 1)", "waits for 16 of 16 words of buffer 'in_cons_buff_1'", "test:bd"},
      {"MM2S 0 of tile (0, 0)", "has no task", ""}};
  EXPECT_EQ(result.waits, expected);
  EXPECT_TRUE(result.circle.empty());
}

TEST(DeadlockReport, EndlessCoresThatWaitAreIdleWhenTheSequenceIsComplete) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", {0, 0}, {kCore}, 2, 64);
  CoreWriter core = design.core(kCore);
  core.loop(0, [&] {
    core.fifo_acquire(in.consumers[0], 1);
    core.fifo_release(in.consumers[0]);
  });
  const Index from = design.argument(256);
  design.await(design.transfer(in.source, from, 0, 256, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{counting(256)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  EXPECT_TRUE(result.waits.empty());
}

TEST(CycleLimit, EndsACoreThatNeverRests) {
  DesignBuilder design;
  CoreWriter core = design.core(kCore);
  core.loop(0, [] {});
  const Index from = design.argument(64);
  design.await(design.transfer(mm2s({0, 0}), from, 0, 64, true));
  Array array(design.finish(), nullptr, {.cycle_limit = 1'000'000});
  std::vector<std::vector<std::byte>> buffers{counting(64)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kCycleLimit);
  EXPECT_TRUE(refusal([&] { result.require_complete(); }).starts_with("the design had not ended"));
  EXPECT_EQ(result.waits[1].what,
            "cannot send 16 of 16 words of host buffer 0: no flow begins there");
}

TEST(Cascade, HandsValuesOnInOrderAndHoldsFour) {
  DesignBuilder design;
  design.program().cascades.push_back({kNorth, kCore});
  const Index result_buffer = design.buffer("result", kCore, 40);
  CoreWriter sender = design.core(kNorth);
  for (int i = 0; i < 10; ++i) sender.cascade_put(sender.constant(i * i));
  sender.halt();
  CoreWriter receiver = design.core(kCore);
  const Index view = receiver.view(result_buffer, DesignBuilder::words_type(10));
  receiver.loop(100, [] {});
  for (int i = 0; i < 10; ++i) {
    receiver.store(view, receiver.constant(i), receiver.cascade_get());
  }
  receiver.halt();
  const Result result = run_cores(design);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  ASSERT_EQ(result.statistics.cores[0].stalls.size(), 1u);
  EXPECT_EQ(result.statistics.cores[0].stalls[0].cause,
            "room in the cascade from core (0, 3) to core (0, 2)");
  EXPECT_GT(result.statistics.cores[0].stalls[0].cycles, 400);
}

/// Kernels that put `count` numbers, hand them on plus one, and add them up.
std::shared_ptr<TestKernels> cascading(int count) {
  auto kernels = std::make_shared<TestKernels>();
  const auto put = [](const TestKernels::Cascade& cascade, std::int32_t number) {
    std::array<std::byte, SHIFTWISE_CASCADE_BYTES> value{};
    std::memcpy(value.data(), &number, sizeof number);
    cascade.put(value.data());
  };
  const auto get = [](const TestKernels::Cascade& cascade) {
    std::array<std::byte, SHIFTWISE_CASCADE_BYTES> value{};
    cascade.get(value.data());
    std::int32_t number = 0;
    std::memcpy(&number, value.data(), sizeof number);
    return number;
  };
  kernels->add("first", [=](std::span<const kernel::Value>) {
    const TestKernels::Cascade cascade = TestKernels::cascade();
    for (int i = 0; i < count; ++i) put(cascade, i);
    return kernel::integer(0);
  });
  kernels->add("middle", [=](std::span<const kernel::Value>) {
    const TestKernels::Cascade cascade = TestKernels::cascade();
    for (int i = 0; i < count; ++i) put(cascade, get(cascade) + 1);
    return kernel::integer(0);
  });
  kernels->add("last", [=](std::span<const kernel::Value> values) {
    const TestKernels::Cascade cascade = TestKernels::cascade();
    for (int i = 0; i < count; ++i) {
      static_cast<std::int32_t*>(values[0].pointer)[0] += get(cascade);
    }
    return kernel::integer(0);
  });
  return kernels;
}

/// Three cores one below the other; the last one's sum goes to the host.
DesignBuilder cascade_of_kernels() {
  DesignBuilder design;
  const core::TileId top{0, 4};
  design.program().cascades.push_back({top, kNorth});
  design.program().cascades.push_back({kNorth, kCore});
  const Index sum = design.buffer("sum", kCore, 4, std::vector<std::byte>(4));
  const Index done = design.lock("done", kCore, 0);
  CoreWriter first = design.core(top);
  first.call(design.kernel("first", 0, 0), {});
  first.halt();
  CoreWriter middle = design.core(kNorth);
  middle.call(design.kernel("middle", 0, 0), {});
  middle.halt();
  CoreWriter last = design.core(kCore);
  const Index view = last.view(sum, DesignBuilder::words_type(1));
  last.call(design.kernel("last", 1, 4), {view});
  last.release(done);
  last.halt();
  design.route(mm2s(kCore), {s2mm({0, 0})});
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(sum, 4, {done, 1})}, false);
  const Index out = design.argument(4);
  design.await(design.transfer(s2mm({0, 0}), out, 0, 4, true));
  return design;
}

TEST(Cascade, KernelsWaitInTheMiddleForTheirNeighbours) {
  DesignBuilder design = cascade_of_kernels();
  Array array(design.finish(), cascading(100));
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(4)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  std::int32_t sum = 0;
  std::memcpy(&sum, buffers[0].data(), sizeof sum);
  EXPECT_EQ(sum, 99 * 100 / 2 + 100);
}

TEST(Cascade, AKernelThatWaitsForEverIsAVerdict) {
  DesignBuilder design = cascade_of_kernels();
  const auto kernels = cascading(100);
  kernels->add("first", [](std::span<const kernel::Value>) { return kernel::integer(0); });
  Array array(design.finish(), kernels);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(4)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kDeadlock);
  const Wait waits{"core (0, 3)",
                   "waits for a value from the cascade from core (0, 4) to core (0, 3)",
                   "test:core_0_3:0"};
  EXPECT_NE(std::ranges::find(result.waits, waits), result.waits.end());
}

TEST(Cascade, AKernelThatPutsWithoutAPartnerIsRefused) {
  DesignBuilder design = cascade_of_kernels();
  design.program().cascades.clear();
  Array array(design.finish(), cascading(1));
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(4)};
  EXPECT_EQ(refusal([&] { run(array, buffers); }),
            "kernel 'first' on core (0, 4) puts to a cascade that is not there\n"
            "  where: test:core_0_4:0\n  try:   connect the tiles with aie.cascade_flow");
}

TEST(Cascade, WithoutAPartnerIsRefused) {
  DesignBuilder design;
  CoreWriter core = design.core(kCore);
  core.cascade_get();
  core.halt();
  EXPECT_EQ(refusal([&] { run_cores(design); }),
            "core (0, 2) has no cascade to get from\n  where: test:core_0_2:0\n"
            "  try:   connect the tiles with aie.cascade_flow");
}

}  // namespace
}  // namespace shiftwise::sim
