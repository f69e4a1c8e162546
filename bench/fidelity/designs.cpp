// SPDX-License-Identifier: Apache-2.0
#include "fidelity/designs.h"

#include <params.h>

#include <cstring>
#include <vector>

#include "dialect/read.h"
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

/// A core that computes nothing: only the time of its calls is of interest.
class SilentCode : public sim::CoreCode {
 public:
  sim::NativeFunction find(const dialect::Kernel&) override {
    return [](std::span<const kernel::Value>) { return kernel::Value{}; };
  }
};
class SilentKernels : public sim::KernelSource {
 public:
  std::unique_ptr<sim::CoreCode> load(const dialect::CoreProgram&) override {
    return std::make_unique<SilentCode>();
  }
};

/// Our kernels' calls, timed as the calls of mlir-aie's kernels that do the same: its own
/// design is not needed for its time, and its kernels' signatures refuse other widths.
class PublishedTimes : public sim::KernelCost {
 public:
  explicit PublishedTimes(target::PublishedKernels kernels) : kernels_(kernels) {}

  std::optional<sim::Cycles> cycles(const sim::KernelCall& call) const override {
    SwConvParams p = {};
    std::int32_t border = SW_BORDER_NONE;
    for (std::size_t i = 0; i < call.kernel.arguments.size(); ++i) {
      const auto& memref = call.kernel.arguments[i].memref;
      if (!memref) border = static_cast<std::int32_t>(call.arguments[i].integer);
      if (memref && memref->bits == 32) std::memcpy(&p, call.arguments[i].pointer, sizeof p);
    }
    constexpr int kGroup = 8;
    constexpr int kMiddleRow = 1;
    const std::vector<std::int32_t> scalars = {
        p.rows * p.pixels,     kGroup * (p.in0_groups + p.in1_groups),
        kGroup * p.out_groups, kGroup * p.skip_groups,
        /*kernel height*/ 3,   border == SW_BORDER_NONE ? kMiddleRow : 0};
    const auto known =
        target::published_kernel_cycles(call.device.architecture, equivalent(call.kernel.symbol),
                                        /*int8_output=*/false, scalars, kernels_);
    if (!known) return std::nullopt;
    return known->cycles;
  }

 private:
  static std::string_view equivalent(std::string_view symbol) {
    if (symbol.starts_with("sw_conv3x3")) return "conv2dk3_ui8";
    if (symbol.starts_with("sw_conv1x1_project")) return "conv2dk1_skip_init_ui8";
    if (symbol.starts_with("sw_conv1x1_skip")) return "conv2dk1_skip_ui8";
    return "conv2dk1_ui8";
  }

  target::PublishedKernels kernels_;
};

sim::Cycles run(const qgraph::QGraph& network, target::PublishedKernels kernels) {
  const lower::Options options{.device = target::find_device("npu1")};
  const lower::Design design = lower::compile(network, options);
  const PublishedTimes times(kernels);
  sim::Array array(dialect::read_program(design.text, "design.mlir"),
                   std::make_shared<SilentKernels>(),
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

sim::Cycles conv2_x_cycles(target::PublishedKernels kernels) {
  constexpr int kSide = 32;
  constexpr int kChannels = 64;
  tests::NetworkBuilder net(1, {kChannels, kSide, kSide}, Element::kInt8);
  const auto first = bottleneck(net, 0, /*project=*/true);
  bottleneck(net, bottleneck(net, first, false), false);
  return run(net.graph(), kernels);
}

}  // namespace shiftwise::fidelity
