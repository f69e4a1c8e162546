// SPDX-License-Identifier: Apache-2.0
#include "fidelity/designs.h"

#include <vector>

#include "dialect/read.h"
#include "fidelity/published_times.h"
#include "lower/compile.h"
#include "shared/network_builder.h"
#include "sim/array.h"

namespace shiftwise::fidelity {
namespace {

using qgraph::Element;

/// One bottleneck with the published residual, int8 into its first kernel as published.
qgraph::NodeId bottleneck(tests::NetworkBuilder& net, qgraph::NodeId input, bool project) {
  constexpr int kInner = 64;
  constexpr int kOuter = 256;
  const auto reduced = net.convolution(input, {.outputs = kInner, .shift = 10});
  const auto middle =
      net.convolution(reduced, {.outputs = kInner, .kernel = 3, .padding = 1, .shift = 10});
  const auto at_exponent = [&](qgraph::NodeId from, int exponent) {
    constexpr int kShift = 10;
    return net.convolution(from,
                           {.outputs = kOuter,
                            .shift = kShift,
                            .element = Element::kInt8,
                            .weight_exponent = exponent - kShift - net.type(from).exponent.value});
  };
  const int exponent = net.type(input).exponent.value;
  const auto expanded = at_exponent(middle, exponent);
  return net.sum(expanded, project ? at_exponent(input, exponent) : input, 1);
}

sim::Cycles run(const qgraph::QGraph& network, target::PublishedKernels kernels) {
  const lower::Options options{.device = target::find_device("npu1")};
  const lower::Design design = lower::compile(network, options);
  const PublishedTimes times(kernels);
  sim::Array array(dialect::read_program(design.text, "design.mlir"), silent_kernels(),
                   {.checks = sim::Checks::kNone, .device = options.device, .cost = &times});
  std::vector<std::byte> input(static_cast<std::size_t>(design.input.image_bytes()));
  std::vector<std::byte> weights = design.weights;
  std::vector<std::byte> output(static_cast<std::size_t>(design.output.image_bytes()));
  const std::span<std::byte> arguments[] = {input, weights, output};
  const sim::Result result = array.run(design.sequence, arguments);
  result.require_complete();
  return result.statistics.cycles;
}

}  // namespace

sim::Cycles bottleneck_cycles(int height, int width, target::PublishedKernels kernels) {
  tests::NetworkBuilder net(1, {256, height, width}, Element::kInt8);
  bottleneck(net, 0, /*project=*/false);
  return run(net.graph(), kernels);
}

qgraph::QGraph conv2_x() {
  constexpr int kSide = 32;
  constexpr int kChannels = 64;
  tests::NetworkBuilder net(1, {kChannels, kSide, kSide}, Element::kInt8);
  const auto first = bottleneck(net, 0, /*project=*/true);
  bottleneck(net, bottleneck(net, first, false), false);
  return net.graph();
}

sim::Cycles conv2_x_cycles(target::PublishedKernels kernels) { return run(conv2_x(), kernels); }

}  // namespace shiftwise::fidelity
