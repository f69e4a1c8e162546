// SPDX-License-Identifier: Apache-2.0
// Who watches the array sees it all, and changes nothing.
#include "sim/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/design_builder.h"
#include "sim/pace.h"

namespace shiftwise::sim {
namespace {

constexpr core::TileId kShim{0, 0};
constexpr core::TileId kCore{0, 2};

/// Objects through one core, with a mark for each.
DesignBuilder marked(int objects) {
  DesignBuilder design;
  const TestFifo in = design.fifo("in", kShim, {kCore}, 2, 64);
  const TestFifo out = design.fifo("out", kCore, {kShim}, 2, 64);
  const Index kernel = design.kernel("ker\"nel", 2, 64);
  CoreWriter core = design.core(kCore);
  core.loop(0, [&] {
    core.fifo_acquire(in.consumers[0], 1);
    core.fifo_acquire(out.producer, 1);
    core.event(0);
    core.call(kernel, {core.object(in.consumers[0], 0, DesignBuilder::bytes_type(64)),
                       core.object(out.producer, 0, DesignBuilder::bytes_type(64))});
    core.fifo_release(in.consumers[0]);
    core.fifo_release(out.producer);
  });
  const Index from = design.argument(64 * objects);
  const Index to = design.argument(64 * objects);
  design.transfer(in.source, from, 0, 64 * objects, false);
  design.await(design.transfer(out.sinks[0], to, 0, 64 * objects, true));
  return design;
}

Result run_marked(int objects, Observer* observer) {
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("ker\"nel", [](std::span<const kernel::Value>) { return kernel::integer(0); });
  Array array(marked(objects).finish(), kernels, {.observer = observer});
  const auto bytes = static_cast<std::size_t>(64 * objects);
  std::vector<std::vector<std::byte>> buffers{counting(bytes), std::vector<std::byte>(bytes)};
  return run(array, buffers);
}

TEST(Traces, AreJsonWithSpansThatDoNotOverlapOnTheirTrack) {
  Trace trace;
  run_marked(5, &trace);
  const auto json = nlohmann::json::parse(trace.json());
  std::map<std::pair<int, int>, std::int64_t> free_at;
  std::map<std::string, int> names;
  for (const auto& event : json.at("traceEvents")) {
    const std::string phase = event.at("ph");
    if (phase == "M") continue;
    ++names[event.at("name")];
    if (phase != "X") continue;
    std::int64_t& free = free_at[{event.at("pid"), event.at("tid")}];
    EXPECT_GE(event.at("ts").get<std::int64_t>(), free) << event;
    EXPECT_GE(event.at("dur").get<std::int64_t>(), 0) << event;
    free = event.at("ts").get<std::int64_t>() + event.at("dur").get<std::int64_t>();
  }
  EXPECT_EQ(names["ker\"nel"], 5);
  EXPECT_EQ(names["event 0"], 5);
  EXPECT_EQ(names["start task"], 2);
  EXPECT_GT(names["lock 'in_cons_cons_lock'"], 0);
}

TEST(Traces, HaveACounterForEachLock) {
  Trace trace;
  run_marked(5, &trace);
  const auto json = nlohmann::json::parse(trace.json());
  std::map<std::string, std::vector<int>> values;
  std::map<std::string, std::int64_t> last;
  for (const auto& event : json.at("traceEvents")) {
    if (event.at("ph") != "C") continue;
    const std::string name = event.at("name");
    EXPECT_GE(event.at("ts").get<std::int64_t>(), last[name]) << event;
    last[name] = event.at("ts");
    values[name].push_back(event.at("args").at("value"));
  }
  EXPECT_EQ(values.size(), 4u) << "full and empty objects at the core's ends of two FIFOs";
  const std::vector<int>& empty = values.at("lock 'in_cons_prod_lock'");
  EXPECT_EQ(empty.front(), 2) << "the value that it begins with";
  EXPECT_EQ(empty.size(), 1u + 2 * 5 + 1) << "each object is taken and given back; one is open";
}

TEST(Traces, OfDevicesThatRunOneAfterTheOtherGoOnInTime) {
  dialect::Program program{.file = "test"};
  for (const std::string name : {"one", "two"}) {
    dialect::DeviceProgram device = marked(5).finish().devices[0];
    device.name = name;
    program.devices.push_back(std::move(device));
  }
  dialect::Sequence script{.name = "all", .arguments = program.devices[0].sequences[0].arguments};
  for (const std::string name : {"one", "two"}) {
    script.operations.push_back({dialect::RunSequence{name, "run", {0, 1}}, {}});
  }
  program.devices[0].sequences.push_back(std::move(script));
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("ker\"nel", [](std::span<const kernel::Value>) { return kernel::integer(0); });
  Trace trace;
  Array array(program, kernels, {.observer = &trace});
  std::vector<std::vector<std::byte>> buffers{counting(320), std::vector<std::byte>(320)};
  std::vector<std::span<std::byte>> spans(buffers.begin(), buffers.end());
  const Statistics statistics = array.run("one::all", spans).statistics;
  const auto json = nlohmann::json::parse(trace.json());
  std::int64_t kernel_end = 0;
  int calls = 0;
  for (const auto& event : json.at("traceEvents")) {
    if (event.at("name") != "ker\"nel") continue;
    EXPECT_GE(event.at("ts").get<std::int64_t>(), kernel_end);
    kernel_end = event.at("ts").get<std::int64_t>() + event.at("dur").get<std::int64_t>();
    ++calls;
  }
  EXPECT_EQ(calls, 10);
  EXPECT_LE(kernel_end, statistics.cycles);
  // The second device's output comes in the second half.
  ASSERT_EQ(statistics.outputs.size(), 2u);
  EXPECT_GT(statistics.outputs[1].arrivals.front().time,
            statistics.outputs[0].arrivals.back().time);
}

TEST(Occupancy, OfAFifoIsItsTimeAverage) {
  // Objects come at once and are read every 1000 cycles.
  auto kernels = std::make_shared<TestKernels>();
  kernels->add("ker\"nel", [](std::span<const kernel::Value>) { return kernel::integer(0); });
  Array array(marked(50).finish(), kernels);
  std::vector<std::vector<std::byte>> buffers{counting(3200), std::vector<std::byte>(3200)};
  const Statistics statistics = run(array, buffers).statistics;
  ASSERT_EQ(statistics.pools.size(), 2u);
  const PoolStatistics& in = statistics.pools[0];
  EXPECT_EQ(in.fifo, "in_cons");
  EXPECT_EQ(in.high_water, 1) << "the kernel holds the other";
  EXPECT_GT(in.average_full, 0.85);
  EXPECT_LE(in.average_full + in.average_empty, 2);
  const PoolStatistics& out = statistics.pools[1];
  EXPECT_LT(out.average_full, 0.1) << "objects leave as soon as they are full";
  EXPECT_GT(out.average_empty, 0.8);
  const auto lock = std::ranges::find(statistics.locks, "in_cons_cons_lock", &LockStatistics::lock);
  ASSERT_NE(lock, statistics.locks.end());
  EXPECT_DOUBLE_EQ(lock->average, in.average_full);
  EXPECT_GT(lock->waits, 0);
}

TEST(Traces, ChangeNoCycle) {
  Trace trace;
  EXPECT_EQ(run_marked(20, &trace).statistics.cycles, run_marked(20, nullptr).statistics.cycles);
}

TEST(Pace, IsTheDistanceBetweenImagesAtTheHost) {
  Statistics statistics{.begin = 100};
  statistics.outputs = {{s2mm(kShim), {{200, 10}, {300, 20}, {400, 30}, {520, 40}}}};
  const auto four = pace(statistics, 4);
  ASSERT_TRUE(four.has_value());
  EXPECT_EQ(four->latency, 100);
  EXPECT_DOUBLE_EQ(four->interval, 320 / 3.0);
  EXPECT_EQ(pace(statistics, 2)->latency, 200);
  EXPECT_EQ(pace(statistics, 1)->interval, 0);
  EXPECT_FALSE(pace({}, 1).has_value());
}

TEST(Pace, OfCopiesThatShareTheImagesKnowsWhichBringsTheFirst) {
  // Two channels, two images of 20 bytes each; the first image comes through the first channel.
  Statistics statistics;
  statistics.outputs = {{s2mm(kShim), {{200, 20}, {300, 40}}, {0, 0, 40}},
                        {s2mm(kShim, 1), {{250, 20}, {350, 40}}, {0, 40, 80}}};
  EXPECT_EQ(pace(statistics, 4)->latency, 200);
  // Halves of each image, interleaved in the host's buffer.
  statistics.outputs[0].range = {0, 0, 60};
  statistics.outputs[1].range = {0, 20, 80};
  EXPECT_EQ(pace(statistics, 2)->latency, 300);
}

}  // namespace
}  // namespace shiftwise::sim
