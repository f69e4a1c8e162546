// SPDX-License-Identifier: Apache-2.0
// Who watches the array sees it all, and changes nothing.
#include "sim/trace.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace shiftwise::sim
