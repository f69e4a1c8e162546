// SPDX-License-Identifier: Apache-2.0
// Data on its way: DMAs, streams, object FIFOs, and how long they take.
#include <gtest/gtest.h>

#include "sim/design_builder.h"

namespace shiftwise::sim {
namespace {

constexpr core::TileId kShim{0, 0};
constexpr core::TileId kMem{0, 1};
constexpr core::TileId kCore{0, 2};

class Cost final : public KernelCost {
 public:
  explicit Cost(Cycles cycles) : cycles_(cycles) {}
  std::optional<Cycles> cycles(const KernelCall&) const override { return cycles_; }

 private:
  Cycles cycles_;
};

/// A core that copies `times` objects (0: for ever) from one FIFO to another.
void copy_core(DesignBuilder& design, core::TileId tile, Index in, Index out, Index kernel,
               std::int64_t bytes, int times = 0) {
  CoreWriter core = design.core(tile);
  core.loop(times, [&] {
    core.fifo_acquire(in, 1);
    core.fifo_acquire(out, 1);
    const Index from = core.object(in, 0, DesignBuilder::bytes_type(bytes));
    const Index to = core.object(out, 0, DesignBuilder::bytes_type(bytes));
    core.call(kernel, {from, to});
    core.fifo_release(in);
    core.fifo_release(out);
  });
  core.halt();
}

std::shared_ptr<TestKernels> copy_kernel(std::size_t bytes) {
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("copy", [bytes](std::span<const kernel::Value> values) {
    std::copy_n(static_cast<const std::byte*>(values[0].pointer), bytes,
                static_cast<std::byte*>(values[1].pointer));
    return kernel::integer(0);
  });
  return kernels;
}

/// Host -> core -> host, in objects.
DesignBuilder through_core(std::int64_t object, std::int64_t objects, int depth = 2) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, depth, object);
  const TestFifo out = design.fifo("out", kCore, {kShim}, depth, object);
  const Index copy = design.kernel("copy", 2, object);
  copy_core(design, kCore, in.consumers[0], out.producer, copy, object);
  const Index from = design.argument(object * objects);
  const Index to = design.argument(object * objects);
  design.transfer(in.source, from, 0, object * objects, false);
  design.await(design.transfer(out.sinks[0], to, 0, object * objects, true));
  return design;
}

TEST(ObjectFifos, BringBytesToACoreAndBack) {
  Array array(through_core(64, 10).finish(), copy_kernel(64));
  std::vector<std::vector<std::byte>> buffers{counting(640), std::vector<std::byte>(640)};
  const Result result = run(array, buffers);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  EXPECT_EQ(buffers[1], buffers[0]);
  EXPECT_EQ(result.statistics.kernels[0].calls, 10);
  EXPECT_TRUE(result.statistics.kernels[0].assumed);
}

TEST(ObjectFifos, KeepTheirStateFromRunToRun) {
  Array array(through_core(64, 3).finish(), copy_kernel(64));
  Cycles end = 0;
  for (int i = 0; i < 5; ++i) {
    std::vector<std::vector<std::byte>> buffers{counting(192, i), std::vector<std::byte>(192)};
    const Result result = run(array, buffers);
    EXPECT_EQ(buffers[1], buffers[0]) << i;
    EXPECT_GE(result.statistics.begin, end) << "the clock goes on";
    end = result.statistics.begin + result.statistics.cycles;
  }
}

TEST(ObjectFifos, RunTheSameWayTwice) {
  const auto cycles = [] {
    Array array(through_core(256, 50).finish(), copy_kernel(256));
    std::vector<std::vector<std::byte>> buffers{counting(12800), std::vector<std::byte>(12800)};
    return run(array, buffers).statistics.cycles;
  };
  EXPECT_EQ(cycles(), cycles());
}

/// A ring of two objects hides the transfer behind the kernel, or the kernel behind the
/// transfer: the interval is the slower of the two and a little.
TEST(ObjectFifos, AreAsFastAsTheSlowerOfKernelAndStream) {
  constexpr int kObjects = 100;
  constexpr std::int64_t kBytes = 2048;  // 512 words
  for (const Cycles kernel : {Cycles{50}, Cycles{2000}}) {
    const Cost cost(kernel);
    Array array(through_core(kBytes, kObjects).finish(), copy_kernel(kBytes), {.cost = &cost});
    std::vector<std::vector<std::byte>> buffers{counting(kBytes * kObjects),
                                                std::vector<std::byte>(kBytes * kObjects)};
    const Result result = run(array, buffers);
    EXPECT_EQ(buffers[1], buffers[0]);
    const auto bound = static_cast<double>(kObjects * std::max<Cycles>(kernel, kBytes / 4));
    EXPECT_GT(static_cast<double>(result.statistics.cycles), bound);
    EXPECT_LT(static_cast<double>(result.statistics.cycles), 1.06 * bound + 6000) << kernel;
    EXPECT_EQ(result.statistics.cores[0].kernels, kObjects * kernel);
    // The report names what the core waited for: words where the stream is slower.
    const auto& stalls = result.statistics.cores[0].stalls;
    ASSERT_FALSE(stalls.empty());
    EXPECT_EQ(stalls[0].cause, kernel == 50 ? "lock 'in_cons_cons_lock'" : stalls[0].cause);
  }
}

/// One long transfer: a word a cycle, and what it takes to begin.
TEST(Streams, CarryOneWordACycle) {
  DesignBuilder design;
  const Index in = design.argument(65536);
  const Index out = design.argument(65536);
  design.route(mm2s(kShim), {s2mm(kShim)});
  design.transfer(mm2s(kShim), in, 0, 65536, false);
  design.await(design.transfer(s2mm(kShim), out, 0, 65536, true));
  target::Device device = target::find_device("npu1");
  device.timing.controller_op_ns = 0;
  Array array(design.finish(), nullptr, {.device = device});
  std::vector<std::vector<std::byte>> buffers{counting(65536), std::vector<std::byte>(65536)};
  const Result result = run(array, buffers);
  EXPECT_EQ(buffers[1], buffers[0]);
  const target::Timing& timing = device.timing;
  const Cycles start = timing.shim_mm2s_first_cycles + timing.shim_mm2s_task_cycles +
                       timing.channel_start_cycles + timing.descriptor_setup_cycles +
                       timing.memory_latency_cycles;
  EXPECT_EQ(result.statistics.cycles, start + 65536 / 4 + timing.hop_local_cycles);
}

TEST(Streams, FasterStreamsTakeLess) {
  const auto cycles = [](std::int64_t width) {
    target::Device device = target::find_device("npu1");
    device.timing.stream_words_per_cycle = width;
    const Cost cost(10);
    Array array(through_core(4096, 50).finish(), copy_kernel(4096),
                {.device = device, .cost = &cost});
    std::vector<std::vector<std::byte>> buffers{counting(4096 * 50),
                                                std::vector<std::byte>(4096 * 50)};
    return run(array, buffers).statistics.cycles;
  };
  EXPECT_GT(cycles(1), cycles(2) + 20'000);
}

TEST(Streams, ManyChannelsShareTheMemoryOfTheHost) {
  const auto cycles = [](int columns) {
    DesignBuilder design;
    const Index in = design.argument(65536);
    std::vector<Index> tasks;
    for (int c = 0; c < columns; ++c) {
      for (int n = 0; n < 2; ++n) {
        design.route(mm2s({c, 0}, n), {s2mm({c, 0}, n)});
        const Index out = design.argument(65536);
        design.transfer(mm2s({c, 0}, n), in, 0, 65536, false);
        tasks.push_back(design.transfer(s2mm({c, 0}, n), out, 0, 65536, true));
      }
    }
    for (const Index task : tasks) design.await(task);
    Array array(design.finish(), nullptr);
    std::vector<std::vector<std::byte>> buffers{counting(65536)};
    buffers.resize(1 + tasks.size(), std::vector<std::byte>(65536));
    const Result result = run(array, buffers);
    for (const auto& buffer : buffers) EXPECT_EQ(buffer, buffers[0]);
    return static_cast<double>(result.statistics.cycles);
  };
  // Eight channels ask for 32 bytes a cycle and get 15: 27e9 at 1.8e9 cycles.
  EXPECT_GT(cycles(4), 8 * 65536 / 15.0);
  EXPECT_LT(cycles(4), 8 * 65536 / 15.0 + 20'000);
  EXPECT_LT(cycles(1), 16384 + 20'000);
}

/// Words wait in the stream until there is room, and no longer than that.
TEST(Streams, WaitForTheirReceiver) {
  DesignBuilder design;
  const Index source = design.buffer("source", kCore, 256, counting(256));
  const Index sink = design.buffer("sink", {0, 3}, 256);
  const Index go = design.lock("go", {0, 3}, 0);
  const Index done = design.lock("done", {0, 3}, 0);
  design.route(mm2s(kCore), {s2mm({0, 3})});
  design.dma(mm2s(kCore), {DesignBuilder::descriptor(source, 256)}, false);
  design.dma(s2mm({0, 3}), {DesignBuilder::descriptor(sink, 256, {go, 1}, {done, 1})}, false);
  CoreWriter core = design.core({0, 3});
  core.loop(250, [] {});  // some time
  core.release(go);
  core.acquire(done);
  core.halt();
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> none;
  const Result result = run(array, none);
  EXPECT_EQ(result.outcome, Outcome::kComplete);
  EXPECT_EQ(result.statistics.streams[0].words, 64);
  EXPECT_EQ(result.statistics.streams[0].high_water, result.statistics.streams[0].capacity)
      << "as many words as fit were under way";
  const ChannelStatistics& sender = result.statistics.channels[0];
  EXPECT_EQ(sender.channel, mm2s(kCore));
  ASSERT_EQ(sender.stalls.size(), 1u);
  EXPECT_EQ(sender.stalls[0].cause, "room in 'MM2S 0 of tile (0, 2)'");
}

TEST(Broadcast, GivesAllReceiversTheSameAtThePaceOfTheSlowest) {
  const auto run_with = [](Cycles slow) {
    DesignBuilder design;
    const std::vector<core::TileId> cores{{0, 2}, {0, 3}, {0, 4}};
    const TestFifo in = design.fifo("in", kShim, cores, 2, 64);
    const Index copy = design.kernel("copy", 2, 64);
    const Index from = design.argument(64 * 20);
    design.transfer(in.source, from, 0, 64 * 20, false);
    std::vector<Index> tasks;
    for (std::size_t i = 0; i < cores.size(); ++i) {
      const TestFifo out = design.fifo(std::string("out") + char('0' + i), cores[i],
                                       {{static_cast<int>(i), 0}}, 2, 64);
      CoreWriter core = design.core(cores[i]);
      core.loop(0, [&] {
        core.fifo_acquire(in.consumers[i], 1);
        core.fifo_acquire(out.producer, 1);
        core.call(copy, {core.object(in.consumers[i], 0, DesignBuilder::bytes_type(64)),
                         core.object(out.producer, 0, DesignBuilder::bytes_type(64))});
        if (i == 1) core.loop(slow, [] {});
        core.fifo_release(in.consumers[i]);
        core.fifo_release(out.producer);
      });
      const Index to = design.argument(64 * 20);
      tasks.push_back(design.transfer(out.sinks[0], to, 0, 64 * 20, true));
    }
    for (const Index task : tasks) design.await(task);
    Array array(design.finish(), copy_kernel(64));
    std::vector<std::vector<std::byte>> buffers(4, std::vector<std::byte>(64 * 20));
    buffers[0] = counting(64 * 20);
    const Result result = run(array, buffers);
    for (const auto& buffer : buffers) EXPECT_EQ(buffer, buffers[0]);
    return result.statistics;
  };
  const Statistics fast = run_with(1);
  const Statistics slow = run_with(1000);
  EXPECT_GT(slow.cycles, fast.cycles + 19 * 5000);
  // Its neighbours wait for objects most of the time.
  EXPECT_GT(slow.cores[0].stalls[0].cycles, 15 * 5000);
  EXPECT_EQ(slow.cores[0].stalls[0].cause, "lock 'in_0_cons_cons_lock'");
}

TEST(MemTiles, DistributeAndJoinSlices) {
  // Two halves of each object go to two cores and come back, swapped.
  DesignBuilder design;
  const Index big = design.buffer("big", kMem, 128);
  const Index joined = design.buffer("joined", kMem, 128);
  std::vector<Index> free, full, free_out, full_out;
  for (const char* half : {"0", "1"}) {
    free.push_back(design.lock(std::string("free") + half, kMem, 1));
    full.push_back(design.lock(std::string("full") + half, kMem, 0));
    free_out.push_back(design.lock(std::string("free_out") + half, kMem, 1));
    full_out.push_back(design.lock(std::string("full_out") + half, kMem, 0));
  }
  const auto slice = [](Index buffer, int half, Index acquire, Index release) {
    dialect::BufferDescriptor result =
        DesignBuilder::descriptor(buffer, 64, {acquire, 1}, {release, 1});
    result.offset = 64 * half;
    return result;
  };
  design.route(mm2s(kShim), {s2mm(kMem, 0)});
  design.dma(s2mm(kMem, 0), {slice(big, 0, free[0], full[0]), slice(big, 1, free[1], full[1])});
  const Index copy = design.kernel("copy", 2, 64);
  for (int half = 0; half < 2; ++half) {
    const auto h = static_cast<std::size_t>(half);
    const core::TileId tile{0, 2 + half};
    const Index in = design.buffer("in" + std::to_string(half), tile, 64);
    const Index out = design.buffer("out" + std::to_string(half), tile, 64);
    const Index in_free = design.lock("in_free" + std::to_string(half), tile, 1);
    const Index in_full = design.lock("in_full" + std::to_string(half), tile, 0);
    const Index out_free = design.lock("out_free" + std::to_string(half), tile, 1);
    const Index out_full = design.lock("out_full" + std::to_string(half), tile, 0);
    design.route(mm2s(kMem, half), {s2mm(tile)});
    design.dma(mm2s(kMem, half), {slice(big, half, full[h], free[h])});
    design.dma(s2mm(tile), {DesignBuilder::descriptor(in, 64, {in_free, 1}, {in_full, 1})});
    CoreWriter core = design.core(tile);
    core.loop(0, [&] {
      core.acquire(in_full);
      core.acquire(out_free);
      core.call(copy, {core.view(in, DesignBuilder::bytes_type(64)),
                       core.view(out, DesignBuilder::bytes_type(64))});
      core.release(in_free);
      core.release(out_full);
    });
    design.dma(mm2s(tile), {DesignBuilder::descriptor(out, 64, {out_full, 1}, {out_free, 1})});
    design.route(mm2s(tile), {s2mm(kMem, 1 + half)});
    design.dma(s2mm(kMem, 1 + half), {slice(joined, 1 - half, free_out[1 - h], full_out[1 - h])});
  }
  design.dma(mm2s(kMem, 2), {slice(joined, 0, full_out[0], free_out[0]),
                             slice(joined, 1, full_out[1], free_out[1])});
  design.route(mm2s(kMem, 2), {s2mm(kShim)});
  const Index from = design.argument(128 * 6);
  const Index to = design.argument(128 * 6);
  design.transfer(mm2s(kShim), from, 0, 128 * 6, false);
  design.await(design.transfer(s2mm(kShim), to, 0, 128 * 6, true));

  Array array(design.finish(), copy_kernel(64));
  std::vector<std::vector<std::byte>> buffers{counting(768), std::vector<std::byte>(768)};
  run(array, buffers).require_complete();
  for (std::size_t i = 0; i < 768; ++i) EXPECT_EQ(buffers[1][i], buffers[0][i ^ 64]) << i;
}

TEST(MemTiles, RepeatWhatTheySend) {
  // An object arrives once and is sent three times: three counts of its lock.
  DesignBuilder design;
  const Index object = design.buffer("object", kMem, 64);
  const Index empty = design.lock("empty", kMem, 3);
  const Index full = design.lock("full", kMem, 0);
  design.route(mm2s(kShim), {s2mm(kMem)});
  design.route(mm2s(kMem), {s2mm(kShim)});
  design.dma(s2mm(kMem), {DesignBuilder::descriptor(object, 64, {empty, 3}, {full, 3})});
  design.dma(mm2s(kMem), {DesignBuilder::descriptor(object, 64, {full, 1}, {empty, 1})});
  const Index from = design.argument(128);
  const Index to = design.argument(384);
  design.transfer(mm2s(kShim), from, 0, 128, false);
  design.await(design.transfer(s2mm(kShim), to, 0, 384, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{counting(128), std::vector<std::byte>(384)};
  run(array, buffers).require_complete();
  for (std::size_t i = 0; i < 384; ++i) {
    EXPECT_EQ(buffers[1][i], buffers[0][i / 192 * 64 + i % 64]) << i;
  }
}

TEST(MemTiles, PadAndTransposeWhatTheySend) {
  DesignBuilder design;
  const Index object = design.buffer("object", kMem, 16, counting(16, 1));
  dialect::BufferDescriptor padded = DesignBuilder::descriptor(object, 16);
  padded.element_bytes = 1;
  padded.dimensions = {{4, 1}, {4, 4}};  // columns first
  padded.padding = {{1, 1}, {2, 2}};
  padded.pad_value = 9;
  design.dma(mm2s(kMem), {padded}, false);
  design.route(mm2s(kMem), {s2mm(kShim)});
  const Index to = design.argument(48);
  design.await(design.transfer(s2mm(kShim), to, 0, 48, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(48)};
  run(array, buffers).require_complete();
  for (int column = 0; column < 6; ++column) {
    for (int row = 0; row < 8; ++row) {
      const bool inside = column >= 1 && column < 5 && row >= 2 && row < 6;
      const int expected = inside ? 1 + (row - 2) * 4 + column - 1 : 9;
      EXPECT_EQ(static_cast<int>(buffers[0][static_cast<std::size_t>(column * 8 + row)]), expected)
          << column << ' ' << row;
    }
  }
}

TEST(MemTiles, PadWithElementsOfTwoWordsWhereOnlyOneIsTaken) {
  DesignBuilder design;
  const Index object = design.buffer("object", kMem, 8, counting(8, 1));
  dialect::BufferDescriptor padded = DesignBuilder::descriptor(object, 8);
  padded.element_bytes = 8;
  padded.length = 1;
  padded.dimensions = {{1, 1}};
  padded.padding = {{1, 0}};
  padded.pad_value = 9;
  design.dma(mm2s(kMem), {padded}, false);
  design.route(mm2s(kMem), {s2mm(kShim)});
  const Index to = design.argument(16);
  design.await(design.transfer(s2mm(kShim), to, 0, 4, true));
  design.await(design.transfer(s2mm(kShim), to, 4, 12, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(16)};
  run(array, buffers).require_complete();
  for (std::size_t i = 0; i < 16; ++i) {
    const int expected = i >= 8 ? static_cast<int>(i) - 7 : i == 0 ? 9 : 0;
    EXPECT_EQ(static_cast<int>(buffers[0][i]), expected) << i;
  }
}

TEST(HostTransfers, FollowDimensionsAndIterations) {
  // Four executions of one descriptor, each a column further: a transpose of 4 x 4 words.
  DesignBuilder design;
  const Index in = design.argument(64);
  const Index out = design.argument(64);
  design.route(mm2s(kShim), {s2mm(kShim)});
  dialect::BufferDescriptor column{.memory = {.host_argument = in},
                                   .element_bytes = 4,
                                   .length = 4,
                                   .dimensions = {{4, 4}, {1, 1}},
                                   .iteration = dialect::Dimension{4, 1},
                                   .location = "test:memcpy"};
  design.transfer(mm2s(kShim), column, false, 3);
  design.await(design.transfer(s2mm(kShim), out, 0, 64, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{counting(64), std::vector<std::byte>(64)};
  run(array, buffers).require_complete();
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t word = i / 4;
    EXPECT_EQ(buffers[1][i], buffers[0][(word % 4 * 4 + word / 4) * 4 + i % 4]) << i;
  }
}

TEST(Packets, ShareAPortWithoutMixing) {
  // Two tiles send packets to one channel of the shim.
  DesignBuilder design;
  for (int i = 0; i < 2; ++i) {
    const core::TileId tile{i, 2};
    const Index source =
        design.buffer("source" + std::to_string(i), tile, 64, counting(64, 100 * i));
    dialect::BufferDescriptor packet = DesignBuilder::descriptor(source, 64);
    packet.packet_id = i;
    design.dma(mm2s(tile), {packet}, false, 2);
    design.route(mm2s(tile), {s2mm(kShim)}, i);
  }
  const Index to = design.argument(64 * 6);
  design.await(design.transfer(s2mm(kShim), to, 0, 64 * 6, true));
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(64 * 6)};
  run(array, buffers).require_complete();
  int from_second = 0;
  for (std::size_t p = 0; p < 6; ++p) {
    const std::vector<std::byte> packet(
        buffers[0].begin() + static_cast<std::ptrdiff_t>(64 * p),
        buffers[0].begin() + static_cast<std::ptrdiff_t>(64 * p + 64));
    const bool second = packet == counting(64, 100);
    EXPECT_TRUE(second || packet == counting(64)) << p;
    from_second += second ? 1 : 0;
  }
  EXPECT_EQ(from_second, 3);
}

TEST(Packets, GoWhereTheirIdSays) {
  DesignBuilder design;
  const Index source = design.buffer("source", kCore, 64, counting(64));
  std::vector<dialect::BufferDescriptor> both(2, DesignBuilder::descriptor(source, 32));
  both[0].packet_id = 3;
  both[1].packet_id = 5;
  both[1].offset = 32;
  design.dma(mm2s(kCore), both, false);
  design.route(mm2s(kCore), {s2mm({0, 0})}, 5);
  design.route(mm2s(kCore), {s2mm({1, 0})}, 3);
  design.program().routes[1].keep_packet_header = true;
  const Index five = design.argument(32);
  const Index three = design.argument(36);
  const Index first = design.transfer(s2mm({0, 0}), five, 0, 32, true);
  design.await(design.transfer(s2mm({1, 0}), three, 0, 36, true));
  design.await(first);
  Array array(design.finish(), nullptr);
  std::vector<std::vector<std::byte>> buffers{std::vector<std::byte>(32),
                                              std::vector<std::byte>(36)};
  run(array, buffers).require_complete();
  EXPECT_EQ(buffers[0], counting(32, 32));
  std::uint32_t header = 0;
  std::copy_n(buffers[1].data(), 4, reinterpret_cast<std::byte*>(&header));
  EXPECT_EQ(header, 3u | 2u << 16 | 0u << 31) << "id 3 from row 2 of column 0: three bits";
  EXPECT_TRUE(std::equal(buffers[1].begin() + 4, buffers[1].end(), counting(32).begin()));
}

}  // namespace
}  // namespace shiftwise::sim
