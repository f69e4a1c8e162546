// SPDX-License-Identifier: Apache-2.0
#include "offload/executor.h"

#include <gtest/gtest.h>

#include "backend/compare.h"
#include "core/diagnostic.h"
#include "core/parallel.h"
#include "cpu/cpu.h"
#include "offload/reference_device.h"
#include "shared/shape_categories.h"

namespace shiftwise::offload {
namespace {

using qgraph::Element;

/// A pool, a bottleneck, the global mean and a classifier: only the bottleneck fits the array.
qgraph::QGraph network() {
  tests::NetworkBuilder net(7, {64, 16, 16}, Element::kUint8);
  const auto pooled = net.max_pool(0, {});
  const auto reduced = net.convolution(pooled, {.outputs = 16, .shift = 10});
  const auto middle =
      net.convolution(reduced, {.outputs = 16, .kernel = 3, .padding = 1, .shift = 10});
  const auto wide = net.convolution(middle, {.outputs = 64, .element = Element::kInt32});
  const auto sum = net.sum(wide, pooled, 10);
  net.linear(net.average(sum, 0), 10);
  return net.graph();
}

lower::Options options(int images) {
  return {.device = target::find_device("npu1"), .images = images};
}

void expect_equal_to_the_reference(const qgraph::QGraph& graph, int images, int per_run) {
  const auto reference = backend::reference_backend().make(graph);
  const auto array = tests::reference_array(options(per_run), cpu::cpu_backend()).make(graph);
  const auto input =
      tests::make_input(graph.input_type(), images, tests::Fill::kRandom, /*seed=*/3);
  const backend::Comparison found =
      backend::compare({graph, *reference}, {graph, *array}, input, images);
  EXPECT_TRUE(found.equal()) << (found.first ? found.first->text() : "");
  EXPECT_EQ(found.images, images);
}

TEST(ArrayExecutor, RunsTheRestElsewhereInTheSameIntegers) {
  expect_equal_to_the_reference(network(), 4, 2);
}

TEST(ArrayExecutor, FillsUpTheLastRunWithZeros) { expect_equal_to_the_reference(network(), 7, 3); }

TEST(ArrayExecutor, TakesFewerImagesThanOneRunHas) {
  expect_equal_to_the_reference(network(), 1, 5);
}

TEST(ArrayExecutor, GivesTheSameBytesOnAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3}) {
    core::set_thread_limit(threads);
    expect_equal_to_the_reference(network(), 9, 2);
  }
  core::set_thread_limit(0);
}

TEST(ArrayExecutor, ShowsItsOutputOnly) {
  const auto array = tests::reference_array(options(1), cpu::cpu_backend()).make(network());
  EXPECT_FALSE(array->shows_nodes());
  EXPECT_GT(array->memory_bytes(), 1000U);
  EXPECT_NE(array->describe().find("reference device; other layers on cpu"), std::string::npos)
      << array->describe();
}

TEST(ArrayExecutor, PassesOnWhatTheDeviceRefuses) {
  class Broken : public ArrayDevice {
   public:
    std::string describe() const override { return "broken"; }
    std::size_t memory_bytes() const override { return 0; }
    void run(std::span<const std::span<std::byte>>) override {
      throw core::Error({.what = "the array stands still"});
    }
  };
  const qgraph::QGraph graph = network();
  const auto array =
      array_backend({.name = "array",
                     .summary = "",
                     .unavailable = [] { return std::string(); },
                     .options = options(1),
                     .make_device = [](const lower::Design&) { return std::make_unique<Broken>(); },
                     .rest = cpu::cpu_backend()})
          .make(graph);
  const auto input = tests::make_input(graph.input_type(), 3, tests::Fill::kRandom, 1);
  std::vector<std::byte> output(3 * 10 * 4);
  EXPECT_THROW(array->run(input, 3, output), core::Error);
}

TEST(ComputedNetwork, IsTheNetworkItselfWithOurKernels) {
  const qgraph::QGraph graph = network();
  const qgraph::QGraph computed = computed_network(graph, lower::split(graph, options(1)));
  ASSERT_EQ(computed.nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* ours = std::get_if<qgraph::Conv2d>(&computed.nodes[i].operation);
    const auto* theirs = std::get_if<qgraph::Conv2d>(&graph.nodes[i].operation);
    ASSERT_EQ(ours == nullptr, theirs == nullptr);
    if (ours != nullptr) EXPECT_EQ(ours->bias, theirs->bias);
  }
}

/// As network(), with the residual and the width that mlir-aie's kernels know.
qgraph::QGraph published_network() {
  tests::NetworkBuilder net(7, {64, 8, 64}, Element::kUint8);
  const auto pooled = net.max_pool(0, {});
  const auto reduced = net.convolution(pooled, {.outputs = 32, .shift = 10});
  const auto middle =
      net.convolution(reduced, {.outputs = 32, .kernel = 3, .padding = 1, .shift = 10});
  const auto main = net.convolution(
      middle, {.outputs = 64, .shift = 12, .element = Element::kInt8, .weight_exponent = -12});
  net.graph().nodes[static_cast<std::size_t>(main)].output.exponent = net.type(pooled).exponent;
  auto& conv =
      std::get<qgraph::Conv2d>(net.graph().nodes[static_cast<std::size_t>(main)].operation);
  conv.weight_exponent = {net.type(pooled).exponent.value - 12 - net.type(middle).exponent.value};
  net.linear(net.average(net.sum(main, pooled, 1), 0), 10);
  return net.graph();
}

TEST(ComputedNetwork, HasNoBiasesWhereTheKernelsHaveNone) {
  const qgraph::QGraph graph = published_network();
  lower::Options published = options(1);
  published.kernel_abi = lower::KernelAbi::kMlirAie;
  const lower::Split split = lower::split(graph, published);
  const qgraph::QGraph computed = computed_network(graph, split);
  int without = 0;
  for (const qgraph::Node& node : computed.nodes) {
    const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation);
    if (conv == nullptr) continue;
    EXPECT_EQ(conv->bias, std::vector<std::int32_t>(conv->bias.size(), 0)) << node.name;
    ++without;
  }
  EXPECT_EQ(without, 3);
  EXPECT_FALSE(split.design.warnings.empty());
}

}  // namespace
}  // namespace shiftwise::offload
