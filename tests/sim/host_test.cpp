// SPDX-License-Identifier: Apache-2.0
// What the host's sequence does: tasks, tokens, parameters, registers, several devices.
#include <gtest/gtest.h>

#include <cstring>

#include "sim/design_builder.h"
#include "target/registers.h"

namespace shiftwise::sim {
namespace {

constexpr core::TileId kShim{0, 0};
constexpr core::TileId kCore{0, 2};

/// A loop through the shim's own channels: what MM2S 0 sends, S2MM 0 gets.
DesignBuilder loopback() {
  DesignBuilder design;
  design.route(mm2s(kShim), {s2mm(kShim)});
  return design;
}

std::vector<std::vector<std::byte>> run_on(const dialect::Program& program,
                                           std::vector<std::vector<std::byte>> buffers) {
  Array array(program, nullptr);
  run(array, buffers).require_complete();
  return buffers;
}

TEST(TaskQueues, LoseTheFifthTask) {
  DesignBuilder design = loopback();
  const Index in = design.argument(256);
  for (int i = 0; i < 5; ++i) design.transfer(mm2s(kShim), in, 0, 256, false);
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {counting(256)}); }),
            "the task queue of MM2S 0 of tile (0, 0) is full\n"
            "  where: test:task4\n"
            "  why:   it holds 4 tasks that have not ended; the hardware would lose this one\n"
            "  try:   wait for an earlier task before this one is started");
}

TEST(TaskQueues, HoldFour) {
  DesignBuilder design = loopback();
  const Index in = design.argument(256);
  const Index out = design.argument(1024);
  for (int i = 0; i < 4; ++i) design.transfer(mm2s(kShim), in, 64 * i, 64, false);
  design.await(design.transfer(s2mm(kShim), out, 0, 256, true));
  const auto buffers = run_on(design.finish(), {counting(256), std::vector<std::byte>(1024)});
  EXPECT_TRUE(std::equal(buffers[0].begin(), buffers[0].end(), buffers[1].begin()));
}

TEST(Descriptors, AreNotWrittenWhileTheyAreUsed) {
  DesignBuilder design = loopback();
  const Index in = design.argument(4096);
  dialect::BufferDescriptor descriptor{
      .id = 3, .memory = {.host_argument = in}, .length = 4096, .location = "test:memcpy"};
  design.transfer(mm2s(kShim), descriptor, false);
  design.transfer(mm2s(kShim), descriptor, false);
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {counting(4096)}); }),
            "descriptor 3 of tile (0, 0) is written while MM2S 0 of tile (0, 0) uses it\n"
            "  where: test:task1\n"
            "  why:   its transfer has not ended\n"
            "  try:   wait for it first, or use another descriptor");
}

TEST(Descriptors, AreWaitedForWhereTheirTransferIsAboutToEnd) {
  DesignBuilder design = loopback();
  const Index in = design.argument(64);
  const Index out = design.argument(128);
  const Index received = design.transfer(s2mm(kShim), out, 0, 128, true);
  dialect::BufferDescriptor descriptor{
      .id = 3, .memory = {.host_argument = in}, .length = 64, .location = "test:memcpy"};
  design.transfer(mm2s(kShim), descriptor, false);
  design.transfer(mm2s(kShim), descriptor, false);
  design.await(received);
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{counting(64), std::vector<std::byte>(128)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  EXPECT_TRUE(std::equal(buffers[0].begin(), buffers[0].end(), buffers[1].begin() + 64));
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_TRUE(result.notes[0].starts_with("test:task2: a descriptor is written again up to "))
      << result.notes[0];
}

TEST(Tokens, ComeOneForEachTaskThatAsks) {
  DesignBuilder design = loopback();
  const Index in = design.argument(64);
  const Index out = design.argument(64);
  design.transfer(mm2s(kShim), in, 0, 64, true);
  design.transfer(s2mm(kShim), out, 0, 64, true);
  design.operation(dialect::Sync{s2mm(kShim), 1, 1});
  design.operation(dialect::Sync{mm2s(kShim), 1, 1});
  EXPECT_EQ(run_on(design.finish(), {counting(64), std::vector<std::byte>(64)})[1], counting(64));

  design.operation(dialect::Sync{mm2s(kShim), 1, 1});
  const std::string message =
      refusal([&] { run_on(design.finish(), {counting(64), std::vector<std::byte>(64)}); });
  EXPECT_NE(message.find("the host sequence waits for a token of MM2S 0 of tile (0, 0)"),
            std::string::npos)
      << message;
}

TEST(Tokens, ARectangleIsAwaitedTileByTile) {
  DesignBuilder design;
  for (int c = 0; c < 4; ++c) {
    design.route(mm2s({c, 0}), {s2mm({c, 0})});
    const Index in = design.argument(64);
    design.transfer(mm2s({c, 0}), in, 0, 64, false);
    design.transfer(s2mm({c, 0}), design.argument(64), 0, 64, true);
  }
  design.operation(dialect::Sync{s2mm(kShim), 4, 1});
  std::vector<std::vector<std::byte>> buffers;
  for (int c = 0; c < 8; ++c) buffers.push_back(counting(64, c));
  const auto result = run_on(design.finish(), buffers);
  for (std::size_t c = 0; c < 8; c += 2) EXPECT_EQ(result[c + 1], result[c]);
}

TEST(Arguments, MustBeThereAndLargeEnough) {
  DesignBuilder design = loopback();
  design.argument(64);
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {}); }),
            "sequence 'run' takes 1 host buffers, not 0\n  where: test:run");
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {counting(63)}); }),
            "host buffer 0 of sequence 'run' is too small\n  where: test:run\n"
            "  why:   63 bytes; memref<64xi8> has 64");
}

/// A core that adds a parameter to each word that it passes on.
DesignBuilder adder() {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, 2, 4);
  const TestFifo out = design.fifo("out", kCore, {kShim}, 2, 4);
  const Index parameter = design.buffer("parameter", kCore, 16);
  CoreWriter core = design.core(kCore);
  core.loop(0, [&] {
    core.fifo_acquire(in.consumers[0], 1);
    core.fifo_acquire(out.producer, 1);
    const Index zero = core.constant(0);
    const dialect::MemrefType word = DesignBuilder::words_type(1);
    const Index added =
        core.load(core.view(parameter, DesignBuilder::words_type(4)), core.constant(2));
    const Index value = core.load(core.object(in.consumers[0], 0, word), zero);
    core.store(core.object(out.producer, 0, word), zero, core.add(value, added));
    core.fifo_release(in.consumers[0]);
    core.fifo_release(out.producer);
  });
  const Index from = design.argument(16);
  const Index to = design.argument(16);
  design.operation(dialect::WriteBuffer{parameter, 2, -5});
  design.transfer(in.source, from, 0, 16, false);
  design.await(design.transfer(out.sinks[0], to, 0, 16, true));
  return design;
}

std::vector<std::byte> words(const std::vector<std::int32_t>& values) {
  std::vector<std::byte> result(values.size() * 4);
  std::memcpy(result.data(), values.data(), result.size());
  return result;
}

TEST(Parameters, ReachTheCore) {
  const auto buffers = run_on(adder().finish(), {words({1, 2, 1000, -7}), words({0, 0, 0, 0})});
  EXPECT_EQ(buffers[1], words({-4, -3, 995, -12}));
}

TEST(Parameters, OutsideOfTheirBufferAreRefused) {
  DesignBuilder design = adder();
  design.operation(dialect::WriteBuffer{4, 4, 1});
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {words({1, 2, 3, 4}), words({0, 0, 0, 0})}); }),
            "the host sequence writes outside of buffer 'parameter'\n"
            "  where: test:run:6\n  why:   word 4, where there are 4");
}

// ---- Registers

std::uint64_t address(core::TileId tile, std::uint32_t offset) {
  return target::join_address({tile, offset});
}

TEST(Registers, ADescriptorIsWrittenPatchedAndPushed) {
  DesignBuilder design = loopback();
  const Index in = design.argument(128);
  const Index out = design.argument(64);
  const auto shim_bd = [&](int id) {
    return address(kShim, target::descriptor_offset(target::TileKind::kShim, id));
  };
  // 16 words from byte 32 on.
  design.operation(dialect::WriteRegister{shim_bd(1), {16, 0, 0, 0, 0x80000000, 0, 0, 1u << 25}});
  design.operation(dialect::AddressPatch{shim_bd(1) + 4, in, 32});
  design.operation(dialect::PushQueue{mm2s(kShim), 1, 0, false});
  // The other way by a write to the queue itself: descriptor 2, with a token.
  design.operation(dialect::WriteRegister{shim_bd(2), {16, 0, 0, 0, 0x80000000, 0, 0, 1u << 25}});
  design.operation(dialect::AddressPatch{shim_bd(2) + 4, out, 0});
  design.operation(dialect::WriteRegister{address(kShim, 0x1D204), {0x80000002}});
  design.operation(dialect::Sync{s2mm(kShim), 1, 1});
  const auto buffers = run_on(design.finish(), {counting(128), std::vector<std::byte>(64)});
  EXPECT_EQ(buffers[1], counting(64, 32));
}

TEST(Registers, StridesAndRepeatsOfADescriptorAreFollowed) {
  // d0 is 2 words of stride 1, d1 goes by 8 words; twice, 2 words further: columns of a matrix.
  DesignBuilder design = loopback();
  const Index in = design.argument(128);
  const Index out = design.argument(64);
  const std::uint64_t at = address(kShim, 0x1D000);
  design.operation(
      dialect::WriteRegister{at, {8, 0, 0, 2u << 20 | 0, 4u << 20 | 7, 0, 1u << 20 | 1, 1u << 25}});
  design.operation(dialect::AddressPatch{at + 4, in, 0});
  design.operation(dialect::PushQueue{mm2s(kShim), 0, 1, false});
  design.await(design.transfer(s2mm(kShim), out, 0, 64, true));
  std::vector<std::int32_t> matrix(32);
  for (int i = 0; i < 32; ++i) matrix[static_cast<std::size_t>(i)] = i;
  const auto buffers = run_on(design.finish(), {words(matrix), std::vector<std::byte>(64)});
  EXPECT_EQ(buffers[1], words({0, 1, 8, 9, 16, 17, 24, 25, 2, 3, 10, 11, 18, 19, 26, 27}));
}

TEST(Registers, LocksAndBuffersWithAnAddressCanBeWritten) {
  DesignBuilder design = loopback();
  const Index lock = design.lock("gate", kCore, 0);
  design.program().locks[0].id = 5;
  const Index parameter = design.buffer("parameter", kCore, 16);
  design.program().buffers[0].address = 0x400;
  design.route(mm2s(kCore), {s2mm({1, 0})});
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(parameter, 4, {lock, 1})}, false);
  const Index out = design.argument(4);
  design.operation(dialect::WriteRegister{address(kCore, 0x400), {77}});
  design.operation(dialect::WriteRegister{address(kCore, 0x400), {0xFF00}, 0xFF00});
  design.operation(dialect::WriteRegister{address(kCore, 0x340D0), {1}});  // trace: nothing
  design.operation(dialect::WriteRegister{address(kCore, 0x1F050), {1}});
  design.await(design.transfer(s2mm({1, 0}), out, 0, 4, true));
  EXPECT_EQ(run_on(design.finish(), {words({0})})[0], words({0xFF00 | 77}));
}

TEST(Registers, ALockTakesNoValueBeyondItsLargest) {
  DesignBuilder design = loopback();
  design.lock("gate", kCore, 0);
  design.program().locks[0].id = 5;
  design.operation(dialect::WriteRegister{address(kCore, 0x1F050), {0x80000000}});
  const std::string message = refusal([&] { run_on(design.finish(), {}); });
  EXPECT_NE(message.find("the host sequence sets lock 'gate' to 2147483648"), std::string::npos)
      << message;
}

TEST(Registers, TheLargestBufferWithoutAnAddressLiesBehindTheStack) {
  DesignBuilder design = loopback();
  design.buffer("small", kCore, 8, words({0, 0}));
  const Index large = design.buffer("large", kCore, 16, words({0, 0, 0, 0}));
  design.buffer("later", kCore, 16, words({0, 0, 0, 0}));
  const Index gate = design.lock("gate", kCore, 0);
  design.core(kCore).halt();
  design.program().cores[0].stack_bytes = 0x200;
  design.route(mm2s(kCore), {s2mm({1, 0})});
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(large, 16, {gate, 1})}, false);
  const Index out = design.argument(16);
  design.operation(dialect::WriteRegister{address(kCore, 0x204), {77}});
  design.operation(dialect::SetLock{gate, 1});
  design.await(design.transfer(s2mm({1, 0}), out, 0, 16, true));
  EXPECT_EQ(run_on(design.finish(), {words({9, 9, 9, 9})})[0], words({0, 77, 0, 0}));
  design.operation(dialect::WriteRegister{address(kCore, 0x210), {77}});
  EXPECT_TRUE(refusal([&] {
                run_on(design.finish(), {words({9, 9, 9, 9})});
              }).starts_with("the host sequence writes address 0x210 of tile (0, 2)"));
}

TEST(Registers, ThatMeanNothingHereAreRefused) {
  DesignBuilder design = loopback();
  design.operation(dialect::WriteRegister{address(kCore, 0x32000), {1}});
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {}); }),
            "the host sequence writes address 0x32000 of tile (0, 2)\n"
            "  where: test:run:0\n  why:   what is there is not simulated\n"
            "  try:   buffers, locks, descriptors and task queues can be written");
}

TEST(Registers, ADescriptorWithoutAnAddressIsNotStarted) {
  DesignBuilder design = loopback();
  design.operation(dialect::PushQueue{mm2s(kShim), 7, 0, false});
  EXPECT_EQ(refusal([&] { run_on(design.finish(), {}); }),
            "descriptor 7 of tile (0, 0) is started before it is whole\n"
            "  where: test:run:0\n  why:   its registers were never written");
}

TEST(Registers, DescriptorsOfMemTilesMoveTheirBuffersUnderTheirLocks) {
  // The host fills a buffer of a mem tile, which sends it back, by descriptors that a sequence
  // writes: 0 receives and gives lock 1, 1 takes that and sends every second word with padding.
  DesignBuilder design;
  constexpr core::TileId kMem{0, 1};
  design.route(mm2s(kShim), {s2mm(kMem)});
  design.route(mm2s(kMem), {s2mm(kShim)});
  design.buffer("other", kMem, 64);
  design.buffer("store", kMem, 64);
  design.program().buffers[0].address = 0;
  design.program().buffers[1].address = 0x100;
  design.lock("empty", kMem, 1);
  design.lock("full", kMem, 0);
  for (int i = 0; i < 2; ++i) design.program().locks[static_cast<std::size_t>(i)].id = i;
  const Index in = design.argument(32);
  const Index out = design.argument(24);
  const std::uint32_t own = 0x20000;  // words: behind the western neighbour's memory
  const auto locks = [](std::uint32_t take, std::uint32_t give) {
    return 1U << 31 | 1U << 24 | (64 + give) << 16 | 1U << 15 | 0x7FU << 8 | (64 + take);
  };
  design.operation(
      dialect::WriteRegister{address(kMem, 0xA0000), {8, own + 0x40, 0, 0, 0, 0, 0, locks(0, 1)}});
  // Four words, two apart, one word of padding in front and one behind.
  design.operation(dialect::WriteRegister{
      address(kMem, 0xA0020),
      {6, 1U << 26 | (own + 0x40), 4U << 17 | 1, 0, 0, 1U << 17, 0, locks(1, 0)}});
  design.operation(dialect::PushQueue{s2mm(kMem), 0, 0, false});
  design.operation(dialect::PushQueue{mm2s(kMem), 1, 0, true});
  design.transfer(mm2s(kShim), in, 0, 32, false);
  design.await(design.transfer(s2mm(kShim), out, 0, 24, true));
  design.operation(dialect::Sync{mm2s(kMem)});
  EXPECT_EQ(
      run_on(design.finish(), {words({1, 2, 3, 4, 5, 6, 7, 8}), words({9, 9, 9, 9, 9, 9})})[1],
      words({0, 1, 3, 5, 7, 0}));
}

TEST(Registers, DescriptorsOfMemoryOrLocksThatNobodyPlacedAreRefused) {
  const auto told = [](std::uint32_t base, std::uint32_t last) {
    DesignBuilder design;
    constexpr core::TileId kMem{0, 1};
    design.route(mm2s(kMem), {s2mm(kShim)});
    design.buffer("store", kMem, 64);
    design.program().buffers[0].address = 0x100;
    design.operation(
        dialect::WriteRegister{address(kMem, 0xA0000), {8, base, 0, 0, 0, 0, 0, last}});
    design.operation(dialect::PushQueue{mm2s(kMem), 0, 0, false});
    return refusal([&] { run_on(design.finish(), {}); });
  };
  EXPECT_EQ(told(0x20000, 0),
            "descriptor 0 of tile (0, 1) moves memory at 0x00000 of tile (0, 1)\n"
            "  where: test:run:1\n  why:   no buffer of the text has that address\n"
            "  try:   give the aie.buffer there its address");
  EXPECT_EQ(told(0x20040, 1U << 15 | 0x7F00 | 67),
            "descriptor 0 of tile (0, 1) uses lock 3 of tile (0, 1)\n"
            "  where: test:run:1\n  why:   no aie.lock of the text has that number");
}

TEST(Registers, ParametersAreWrittenUnderAMask) {
  DesignBuilder design = loopback();
  const Index parameter = design.buffer("parameter", kCore, 8, words({0x1111, 0x2222}));
  design.route(mm2s(kCore), {s2mm({1, 0})});
  const Index gate = design.lock("gate", kCore, 0);
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(parameter, 8, {gate, 1})}, false);
  const Index out = design.argument(8);
  design.operation(dialect::WriteBuffer{parameter, 1, 0x5678, 0x0F0F});
  design.operation(dialect::SetLock{gate, 1});
  design.await(design.transfer(s2mm({1, 0}), out, 0, 8, true));
  EXPECT_EQ(run_on(design.finish(), {words({0, 0})})[0], words({0x1111, 0x2628}));
}

// ---- Several sequences and devices

TEST(Sequences, AreChosenByName) {
  DesignBuilder design = loopback();
  design.argument(4);
  dialect::Program program = design.finish();
  program.devices[0].name = "dev";
  program.devices[0].sequences.push_back({.name = "other"});
  Array array(program, nullptr);
  EXPECT_EQ(array.run("other", {}).outcome, Outcome::kComplete);
  EXPECT_EQ(array.run("dev::other", {}).outcome, Outcome::kComplete);
  EXPECT_EQ(refusal([&] { array.run("othre", {}); }),
            "there is no sequence 'othre'\n  where: test\n  try:   did you mean 'other'?");
  EXPECT_EQ(refusal([&] { array.run("", {}); }),
            "there are 2 sequences\n  where: test\n"
            "  try:   name one: names are run, other");
}

TEST(Sequences, OfOneDeviceRunThoseOfOthers) {
  // Two devices count: each adds its own parameter, and loading one forgets the other.
  dialect::Program program;
  program.file = "test";
  for (const char* name : {"first", "second"}) {
    DesignBuilder design = adder();
    program.devices.push_back(design.program());
    program.devices.back().name = name;
  }
  dialect::DeviceProgram main{.name = "main", .device = "npu1"};
  dialect::Sequence script{.name = "all"};
  script.arguments = {DesignBuilder::bytes_type(16), DesignBuilder::bytes_type(16),
                      DesignBuilder::bytes_type(16)};
  script.operations.push_back({dialect::RunSequence{"first", "run", {0, 1}}, "test:1"});
  script.operations.push_back({dialect::RunSequence{"second", "run", {1, 2}}, "test:2"});
  main.sequences.push_back(script);
  program.devices.push_back(main);
  const auto buffers =
      run_on(program, {words({1, 2, 3, 4}), words({0, 0, 0, 0}), words({0, 0, 0, 0})});
  EXPECT_EQ(buffers[1], words({-4, -3, -2, -1}));
  EXPECT_EQ(buffers[2], words({-9, -8, -7, -6}));
}

TEST(Sequences, ThatEndBeforeTheirTransfersAreNoted) {
  DesignBuilder design = loopback();
  const Index out = design.argument(64);
  design.transfer(s2mm(kShim), out, 0, 64, true);
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(64)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  EXPECT_EQ(result.notes, std::vector<std::string>{"1 of the sequence's transfers had not ended"});
}

TEST(Failures, LoadTheDeviceAnewForTheNextRun) {
  DesignBuilder design = loopback();
  const Index in = design.argument(64);
  const Index out = design.argument(64);
  design.transfer(mm2s(kShim), in, 0, 32, false);
  design.await(design.transfer(s2mm(kShim), out, 0, 64, true));
  Array array(design.finish(), nullptr);
  for (int i = 0; i < 3; ++i) {
    std::vector<std::vector<std::byte>> buffers{counting(64), std::vector<std::byte>(64)};
    const Result result = run(array, buffers);
    EXPECT_EQ(result.outcome, Outcome::kDeadlock) << "not 32 bytes left over from before";
    EXPECT_EQ(result.statistics.begin, 0);
  }
}

TEST(Controller, TakesTimeForEachOperation) {
  const auto cycles = [](double ns) {
    DesignBuilder design = loopback();
    for (int i = 0; i < 10; ++i) design.operation(dialect::WriteRegister{0x340D0 | 2u << 20, {1}});
    target::Device device = target::find_device("npu1");
    device.timing.controller_op_ns = ns;
    Array array(design.finish(), nullptr, {.device = device});
    return array.run("", {}).statistics.cycles;
  };
  EXPECT_EQ(cycles(0), 0);
  EXPECT_EQ(cycles(100), 10 * 180);
}

TEST(Designs, ThatNoHardwareExecutesAreRefused) {
  DesignBuilder design = loopback();
  design.transfer(mm2s(kShim), design.argument(64), 0, 3, false);
  EXPECT_EQ(refusal([&] { Array(design.finish(), nullptr); }),
            "a descriptor of MM2S 0 of tile (0, 0) cannot be executed\n  where: test:memcpy\n"
            "  why:   it moves 3 bytes, and streams carry words of 4");
  DesignBuilder twice = loopback();
  twice.route(mm2s(kShim, 1), {s2mm(kShim)});
  EXPECT_EQ(refusal([&] { Array(twice.finish(), nullptr); }),
            "two flows end at S2MM 0 of tile (0, 0)\n  where: test:route\n"
            "  why:   a port takes one circuit, or packets");
  EXPECT_EQ(refusal([&] { Array({.file = "empty.mlir"}, nullptr); }),
            "there is nothing to run\n  where: empty.mlir\n"
            "  why:   the module has no aie.device");
}

}  // namespace
}  // namespace shiftwise::sim
