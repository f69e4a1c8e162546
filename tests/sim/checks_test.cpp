// SPDX-License-Identifier: Apache-2.0
// Each checker catches the fault that was planted for it, and says where.
#include <gtest/gtest.h>

#include <cstring>

#include "sim/design_builder.h"

namespace shiftwise::sim {
namespace {

constexpr core::TileId kShim{0, 0};
constexpr core::TileId kCore{0, 2};
constexpr core::TileId kNorth{0, 3};

/// A word for the host when a core is done.
class DoneSignal {
 public:
  DoneSignal(DesignBuilder& design, core::TileId tile)
      : lock_(design.lock("done", tile, 0)), source_(mm2s(tile, 1)) {
    const Index word = design.buffer("done_word", tile, 4, counting(4));
    design.dma(source_, {DesignBuilder::descriptor(word, 4, {lock_, 1})}, false);
    design.route(source_, {s2mm(kShim, 1)});
  }
  void give(CoreWriter& core) const { core.release(lock_); }
  /// After all other arguments.
  void await(DesignBuilder& design) const {
    design.await(design.transfer(s2mm(kShim, 1), design.argument(4), 0, 4, true));
  }

 private:
  Index lock_;
  Channel source_;
};

std::string outcome(const DesignBuilder& design, std::shared_ptr<KernelSource> kernels = nullptr,
                    const Options& options = {}) {
  const dialect::Program program = design.finish();
  return refusal([&] {
    Array array(program, std::move(kernels), options);
    std::vector<std::vector<std::byte>> buffers;
    for (const dialect::Sequence& sequence : program.devices[0].sequences) {
      for (const auto& argument : sequence.arguments) {
        buffers.push_back(counting(static_cast<std::size_t>(argument.shape[0])));
      }
    }
    run(array, buffers).require_complete();
  });
}

TEST(Bounds, ADmaThatRunsPastItsBufferIsCaught) {
  DesignBuilder design;
  const Index buffer = design.buffer("small", kCore, 64);
  design.route(mm2s(kShim), {s2mm(kCore)});
  dialect::BufferDescriptor descriptor = DesignBuilder::descriptor(buffer, 64);
  descriptor.offset = 4;
  design.dma(s2mm(kCore), {descriptor}, false);
  design.transfer(mm2s(kShim), design.argument(64), 0, 64, false);
  EXPECT_EQ(outcome(design),
            "S2MM 0 of tile (0, 2) writes outside of buffer 'small'\n"
            "  where: test:bd\n"
            "  why:   bytes 4 to 67, where there are 64\n"
            "  try:   check offset, sizes and strides of the transfer");
}

TEST(Bounds, ATransferThatRunsPastAHostBufferIsCaught) {
  DesignBuilder design;
  design.route(mm2s(kShim), {s2mm(kShim)});
  const Index in = design.argument(64);
  const Index out = design.argument(128);
  design.transfer(mm2s(kShim), in, 0, 128, false);
  design.await(design.transfer(s2mm(kShim), out, 0, 128, true));
  EXPECT_EQ(outcome(design),
            "MM2S 0 of tile (0, 0) reads outside of host buffer 0\n"
            "  where: test:memcpy\n"
            "  why:   bytes 0 to 127, where there are 64\n"
            "  try:   check offset, sizes and strides of the transfer; --in 0=FILE and --out "
            "0=FILE:BYTES make the buffer larger");
}

TEST(Bounds, AnOuterDimensionThatLeavesTheBufferIsCaughtAtItsFirstByte) {
  DesignBuilder design;
  const Index buffer = design.buffer("image", {0, 1}, 256, counting(256));
  dialect::BufferDescriptor descriptor = DesignBuilder::descriptor(buffer, 64);
  descriptor.dimensions = {{4, 80}, {16, 1}};
  descriptor.offset = 4;
  design.dma(mm2s({0, 1}), {descriptor}, false);
  design.route(mm2s({0, 1}), {s2mm(kShim)});
  design.await(design.transfer(s2mm(kShim), design.argument(64), 0, 64, true));
  EXPECT_EQ(outcome(design),
            "MM2S 0 of tile (0, 1) reads outside of buffer 'image'\n"
            "  where: test:bd\n"
            "  why:   bytes 244 to 259, where there are 256\n"
            "  try:   check offset, sizes and strides of the transfer");
}

TEST(Bounds, LoadsAndStoresOfACoreAreCheckedPerByte) {
  for (const bool stores : {true, false}) {
    DesignBuilder design;
    const Index buffer = design.buffer("words", kCore, 10, counting(10));
    CoreWriter core = design.core(kCore);
    const Index view = core.view(buffer, DesignBuilder::words_type(3));
    const Index at = core.constant(2);
    if (stores) {
      core.store(view, at, at);
    } else {
      core.load(view, at);
    }
    core.halt();
    EXPECT_EQ(outcome(design), std::string("core (0, 2) ") + (stores ? "stores" : "loads") +
                                   " outside of buffer 'words'\n  where: test:core_0_2:2\n"
                                   "  why:   bytes 8 to 11, where there are 10");
  }
}

TEST(Bounds, IndicesThatOverflowAreOutside) {
  DesignBuilder design;
  const Index buffer = design.buffer("words", kCore, 16, counting(16));
  CoreWriter core = design.core(kCore);
  const Index view = core.view(buffer, DesignBuilder::words_type(4));
  core.load(view, core.constant(std::int64_t{1} << 62));  // times 4 is 0 in 64 bits
  core.halt();
  const std::string said = outcome(design);
  EXPECT_TRUE(said.starts_with("core (0, 2) loads outside of buffer 'words'")) << said;
  EXPECT_TRUE(said.ends_with("why:   its indices are beyond any memory")) << said;
}

/// A core that calls `kernel` on one buffer.
DesignBuilder calling(std::int64_t bytes, std::vector<std::byte> initial = {}) {
  DesignBuilder design;
  const Index buffer = design.buffer("data", kCore, bytes, std::move(initial));
  const Index kernel = design.kernel("kernel", 1, bytes);
  CoreWriter core = design.core(kCore);
  core.call(kernel, {core.view(buffer, DesignBuilder::bytes_type(bytes))});
  core.halt();
  return design;
}

std::shared_ptr<TestKernels> writes_at(std::int64_t offset) {
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("kernel", [offset](std::span<const kernel::Value> values) {
    static_cast<std::byte*>(values[0].pointer)[offset] = std::byte{1};
    return kernel::integer(0);
  });
  return kernels;
}

TEST(RedZones, ShowAKernelThatWritesBehindItsBuffer) {
  EXPECT_EQ(outcome(calling(60), writes_at(59)), "no error");
  EXPECT_EQ(outcome(calling(60), writes_at(60)),
            "kernel 'kernel' on core (0, 2) writes beside buffer 'data'\n"
            "  where: test:core_0_2:1\n"
            "  why:   argument 0: byte 0 behind its 60 bytes\n"
            "  try:   check the sizes that the design passes to the kernel");
}

TEST(RedZones, ShowAKernelThatWritesInFrontOfItsBuffer) {
  EXPECT_EQ(outcome(calling(60), writes_at(-1)),
            "kernel 'kernel' on core (0, 2) writes beside buffer 'data'\n"
            "  where: test:core_0_2:1\n"
            "  why:   argument 0: 1 bytes in front of its 60 bytes\n"
            "  try:   check the sizes that the design passes to the kernel");
}

TEST(RedZones, AreNotLookedAtWithoutChecks) {
  EXPECT_EQ(outcome(calling(60), writes_at(60), {.checks = Checks::kNone}), "no error");
}

TEST(Arguments, ThatLeaveTheirBufferAreRefused) {
  DesignBuilder design;
  const Index buffer = design.buffer("data", kCore, 60);
  const Index kernel = design.kernel("kernel", 1, 64);
  CoreWriter core = design.core(kCore);
  core.call(kernel, {core.view(buffer, DesignBuilder::bytes_type(64))});
  core.halt();
  EXPECT_EQ(outcome(design, writes_at(0)),
            "core (0, 2) passes what is outside of buffer 'data'\n"
            "  where: test:core_0_2:1\n"
            "  why:   bytes 0 to 63, where there are 60");
}

TEST(HeldObjects, AreNotUsedAfterTheirRelease) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, 2, 64);
  const Index kernel = design.kernel("kernel", 1, 64);
  CoreWriter core = design.core(kCore);
  core.fifo_acquire(in.consumers[0], 1);
  const Index object = core.object(in.consumers[0], 0, DesignBuilder::bytes_type(64));
  core.fifo_release(in.consumers[0]);
  core.call(kernel, {object});
  core.halt();
  design.await(design.transfer(in.source, design.argument(256), 0, 256, true));
  EXPECT_EQ(outcome(design, writes_at(0)),
            "core (0, 2) uses an object of 'in' that it does not hold\n"
            "  where: test:core_0_2:3\n"
            "  why:   buffer 'in_cons_buff_0' was given back\n"
            "  try:   release it after its last use");
}

TEST(HeldObjects, CannotBeGivenBackTwice) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, 2, 64);
  CoreWriter core = design.core(kCore);
  core.fifo_acquire(in.consumers[0], 2);
  core.fifo_release(in.consumers[0], 1);
  core.fifo_release(in.consumers[0], 2);
  core.halt();
  design.await(design.transfer(in.source, design.argument(256), 0, 256, true));
  EXPECT_EQ(outcome(design),
            "core (0, 2) gives back 2 objects of 'in' and holds 1\n"
            "  where: test:core_0_2:2\n"
            "  try:   acquire before each release, and release what was acquired once");
}

TEST(HeldObjects, SlideOverTheRowsOfAnImage) {
  // Three rows are held, one moves on; the kernel sees them oldest first.
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, 4, 64);
  const DoneSignal done(design, kCore);
  const Index kernel = design.kernel("rows", 3, 64);
  CoreWriter core = design.core(kCore);
  const Index port = in.consumers[0];
  const dialect::MemrefType row = DesignBuilder::bytes_type(64);
  const auto call = [&](int a, int b, int c) {
    core.call(kernel,
              {core.object(port, a, row), core.object(port, b, row), core.object(port, c, row)});
  };
  core.fifo_acquire(port, 2);
  call(0, 0, 1);
  core.loop(6, [&] {
    core.fifo_acquire(port, 3);
    call(0, 1, 2);
    core.fifo_release(port, 1);
  });
  core.fifo_acquire(port, 2);
  call(0, 1, 1);
  core.fifo_release(port, 2);
  done.give(core);
  core.halt();
  std::vector<std::vector<int>> seen;
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("rows", [&](std::span<const kernel::Value> values) {
    std::vector<int> rows;
    for (const kernel::Value& value : values) {
      rows.push_back(static_cast<int>(*static_cast<const std::byte*>(value.pointer)) / 16);
    }
    seen.push_back(rows);
    return kernel::integer(0);
  });
  const Index image = design.argument(64 * 8);
  design.transfer(in.source, image, 0, 64 * 8, false);
  done.await(design);
  Array array(design.finish(), kernels);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(64 * 8),
                                              std::vector<std::byte>(4)};
  for (std::size_t i = 0; i < buffers[0].size(); ++i) {
    buffers[0][i] = static_cast<std::byte>(i / 64 * 16);
  }
  run(array, buffers).require_complete();
  const std::vector<std::vector<int>> expected{{0, 0, 1}, {0, 1, 2}, {1, 2, 3}, {2, 3, 4},
                                               {3, 4, 5}, {4, 5, 6}, {5, 6, 7}, {6, 7, 7}};
  EXPECT_EQ(seen, expected);
}

/// A core and a DMA on one buffer: in order only if the core waits for the lock.
std::string core_and_dma(bool waits) {
  DesignBuilder design;
  const Index buffer = design.buffer("shared", kCore, 64, counting(64));
  const Index full = design.lock("full", kCore, 0);
  const DoneSignal done(design, kCore);
  design.route(mm2s(kShim), {s2mm(kCore)});
  design.dma(s2mm(kCore), {DesignBuilder::descriptor(buffer, 64, {}, {full, 1})}, false);
  CoreWriter core = design.core(kCore);
  if (waits) core.acquire(full);
  if (!waits) core.loop(3000, [] {});  // long enough, in this run
  core.load(core.view(buffer, DesignBuilder::words_type(16)), core.constant(0));
  done.give(core);
  core.halt();
  design.transfer(mm2s(kShim), design.argument(64), 0, 64, false);
  done.await(design);
  return outcome(design);
}

TEST(Races, AreFoundEvenWhereThisRunTookTheRightOrder) {
  EXPECT_EQ(core_and_dma(true), "no error");
  const std::string message = core_and_dma(false);
  EXPECT_EQ(message.substr(0, message.find('\n')),
            "core (0, 2) reads buffer 'shared' while S2MM 0 of tile (0, 2) may still write it");
}

TEST(Races, BetweenTwoCoresNameBothPlaces) {
  DesignBuilder design;
  const Index buffer = design.buffer("shared", kCore, 64, counting(64));
  CoreWriter first = design.core(kCore);
  first.store(first.view(buffer, DesignBuilder::words_type(16)), first.constant(3),
              first.constant(1));
  first.halt();
  CoreWriter second = design.core(kNorth);
  second.loop(100, [] {});
  second.load(second.view(buffer, DesignBuilder::words_type(16)), second.constant(3));
  second.halt();
  const std::string message = outcome(design);
  EXPECT_EQ(message,
            "core (0, 3) reads buffer 'shared' while core (0, 2) may still write it\n"
            "  where: test:core_0_3:9\n"
            "  why:   no lock orders it behind the access at test:core_0_2:3\n"
            "  try:   let one release a lock that the other acquires");
}

TEST(Races, ReadersOfOneBufferDoNotDisturbEachOther) {
  DesignBuilder design;
  const Index buffer = design.buffer("constants", kCore, 64, counting(64));
  const Index kernel = design.kernel("look", 1, 64);
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("look", [](std::span<const kernel::Value>) { return kernel::integer(0); });
  for (const core::TileId tile : {kCore, kNorth}) {
    CoreWriter core = design.core(tile);
    const Index view = core.view(buffer, DesignBuilder::bytes_type(64));
    core.call(kernel, {view});
    core.load(view, core.constant(0), 8);
    core.halt();
  }
  EXPECT_EQ(outcome(design, kernels), "no error");
}

TEST(Races, DescriptorsThatInterleaveTheirBytesDoNotMeet) {
  for (const int second_offset : {16, 8}) {
    DesignBuilder design;
    const Index buffer = design.buffer("groups", {0, 1}, 128);
    std::vector<Index> tasks;
    for (int i = 0; i < 2; ++i) {
      dialect::BufferDescriptor half = DesignBuilder::descriptor(buffer, 48);
      half.dimensions = {{3, 32}, {16, 1}};
      half.offset = i * second_offset;
      design.dma(s2mm({0, 1}, i), {half}, false);
      design.route(mm2s({i, 0}), {s2mm({0, 1}, i)});
      tasks.push_back(design.transfer(mm2s({i, 0}), design.argument(48), 0, 48, true));
    }
    for (const Index task : tasks) design.await(task);
    const std::string message = outcome(design);
    EXPECT_EQ(message.substr(0, message.find('\n')),
              second_offset == 16 ? "no error"
                                  : "S2MM 1 of tile (0, 1) writes buffer 'groups' while S2MM 0 of "
                                    "tile (0, 1) may still write it");
  }
}

TEST(NeverWritten, IsCaughtWhereADmaSendsIt) {
  DesignBuilder design;
  const Index buffer = design.buffer("half", kCore, 64, counting(32));
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(buffer, 64)}, false);
  design.route(mm2s(kCore), {s2mm(kShim)});
  design.await(design.transfer(s2mm(kShim), design.argument(64), 0, 64, true));
  EXPECT_EQ(outcome(design),
            "MM2S 0 of tile (0, 2) reads bytes of buffer 'half' that were never written\n"
            "  where: test:bd\n"
            "  why:   byte 32 has no value yet");
}

TEST(NeverWritten, IsCaughtWhereAKernelGetsIt) {
  DesignBuilder design;
  const auto [produce, consume] = design.shared_fifo("fifo", kCore, kCore, kNorth, 2, 64);
  const Index kernel = design.kernel("kernel", 1, 64);
  CoreWriter producer = design.core(kCore);
  producer.fifo_acquire(produce, 1);
  producer.fifo_release(produce);  // without a value
  producer.halt();
  CoreWriter consumer = design.core(kNorth);
  consumer.fifo_acquire(consume, 1);
  consumer.call(kernel, {consumer.object(consume, 0, DesignBuilder::bytes_type(64))});
  consumer.halt();
  EXPECT_EQ(outcome(design, writes_at(0)),
            "core (0, 3) gives 'kernel' an input that was never written\n"
            "  where: test:core_0_3:2\n"
            "  why:   argument 0: byte 0 of buffer 'fifo_buff_0' has no value yet");
}

TEST(NeverWritten, IsCaughtWhereACoreLoadsIt) {
  DesignBuilder design;
  const Index buffer = design.buffer("rtp", kCore, 16);
  CoreWriter core = design.core(kCore);
  core.load(core.view(buffer, DesignBuilder::words_type(4)), core.constant(2));
  core.halt();
  EXPECT_EQ(outcome(design),
            "core (0, 2) loads from buffer 'rtp' what was never written\n"
            "  where: test:core_0_2:2\n"
            "  why:   byte 8 has no value yet\n"
            "  try:   give the buffer a value before the core gets there");
}

}  // namespace
}  // namespace shiftwise::sim
