// SPDX-License-Identifier: Apache-2.0
#include "cpu/profile.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"
#include "shared/shape_categories.h"

namespace shiftwise::cpu {
namespace {

qgraph::QGraph small_network() {
  tests::NetworkBuilder net(1, {16, 8, 8}, qgraph::Element::kUint8);
  const auto conv =
      net.convolution(0, {.kernel = 3, .padding = 1, .element = qgraph::Element::kInt8});
  net.sum(conv, 0, 3);
  return net.graph();
}

TEST(Profile, CountsTheMultiplyAddsOfEveryStep) {
  const qgraph::QGraph graph = small_network();
  const auto executor = make_executor(graph, "portable");
  const auto input = tests::make_input(graph.input_type(), 3, tests::Fill::kRandom, 1);
  const Profile result = profile(*executor, input, 3, 2);
  EXPECT_EQ(result.path, "portable");
  EXPECT_GT(result.peak, 0);
  ASSERT_EQ(result.steps.size(), 2U);
  EXPECT_EQ(result.steps[0].name, "conv2d1 + add2");
  EXPECT_EQ(result.steps[0].macs, 16 * 16 * 9 * 8 * 8);
  EXPECT_GT(result.steps[0].seconds, 0);
  EXPECT_GT(result.steps[0].share_of_peak, 0);
  EXPECT_EQ(result.steps[1].name, "codes in and out");
  EXPECT_EQ(result.steps[1].macs, 0);
}

TEST(Profile, RefusesAnotherBackend) {
  const qgraph::QGraph graph = small_network();
  const auto reference = backend::reference_backend().make(graph);
  const auto input = tests::make_input(graph.input_type(), 1, tests::Fill::kRandom, 1);
  EXPECT_THROW(profile(*reference, input, 1, 1), core::Error);
}

TEST(CpuExecutor, KeepsItsMemoryFromRunToRun) {
  const qgraph::QGraph graph = small_network();
  const auto executor = make_executor(graph, selected_path());
  const auto input = tests::make_input(graph.input_type(), 32, tests::Fill::kRandom, 1);
  std::vector<std::byte> output(input.size());
  executor->run(input, 32, output);
  const std::size_t bytes = executor->memory_bytes();
  executor->run(input, 32, output);
  EXPECT_EQ(executor->memory_bytes(), bytes);
}

}  // namespace
}  // namespace shiftwise::cpu
