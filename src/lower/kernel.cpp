// SPDX-License-Identifier: Apache-2.0
#include "lower/kernel.h"

#include <fmt/format.h>
#include <params.h>

#include <algorithm>
#include <cstddef>

#include "core/diagnostic.h"

namespace shiftwise::lower {
namespace {

using qgraph::Element;

std::string_view letter(Element element) { return element == Element::kUint8 ? "u8" : "i8"; }

[[noreturn]] void refuse_abi(const qgraph::QGraph& graph, qgraph::NodeId node,
                             const std::string& why) {
  throw core::Error({.what = "the kernel ABI 'mlir-aie' cannot compute this layer",
                     .where = describe(graph, node),
                     .why = why,
                     .hint = "--kernel-abi own"});
}

KernelUse own_kernel(const qgraph::QGraph& graph, const Layer& layer) {
  const int kernel = convolution(graph, layer.convolution).kernel();
  const std::string_view shape = kernel == 1 ? "conv1x1" : "conv3x3";
  const std::string_view kind = layer.skip == Skip::kNone         ? ""
                                : layer.skip == Skip::kProjection ? "_project"
                                                                  : "_skip";
  const std::string base = fmt::format("{}{}", shape, kind);
  const std::string skip = layer.skip == Skip::kNone
                               ? ""
                               : fmt::format("_{}", letter(type(graph, layer.skip_input).element));
  return {.symbol = fmt::format("sw_{}_{}{}_{}", base, letter(type(graph, layer.input).element),
                                skip, letter(type(graph, layer.output()).element)),
          .source = base + ".cc",
          .object = base + ".o",
          .defines = {}};
}

/// The published residual, and only with what the signature can say.
void check_mlir_aie_residual(const qgraph::QGraph& graph, const Layer& layer) {
  const auto& add = graph.nodes[static_cast<std::size_t>(layer.add)];
  const auto& a = type(graph, add.inputs[0]);
  const auto& b = type(graph, add.inputs[1]);
  if (layer.skip == Skip::kSubsample) {
    refuse_abi(graph, layer.side, "there is no kernel for a shortcut that pads channels");
  }
  if (a.element == Element::kInt32 || b.element == Element::kInt32) {
    refuse_abi(graph, layer.add, "its residual is wide: the kernels add 8-bit codes");
  }
  if (a.exponent != b.exponent) {
    refuse_abi(graph, layer.add,
               fmt::format("its operands have the exponents {} and {}: the kernels add codes as "
                           "they are",
                           a.exponent.value, b.exponent.value));
  }
}

void check_mlir_aie_shift(const qgraph::QGraph& graph, qgraph::NodeId node) {
  const int shift = qgraph::output_shift(graph, node).value;
  if (shift < 0) {
    refuse_abi(graph, node, fmt::format("its shift is {}: the kernels do not shift left", shift));
  }
}

KernelUse mlir_aie_kernel(const qgraph::QGraph& graph, const Layer& layer) {
  const qgraph::Conv2d& conv = convolution(graph, layer.convolution);
  const Element in = type(graph, layer.input).element;
  const qgraph::Type& out = type(graph, layer.output());
  const int width = type(graph, layer.input).shape.width;
  const int inputs = type(graph, layer.input).shape.channels;
  if (conv.stride != 1) refuse_abi(graph, layer.convolution, "the kernels have no stride");
  if (width % 32 != 0) {
    refuse_abi(graph, layer.convolution,
               fmt::format("its rows have {} pixels: the kernels take multiples of 32", width));
  }
  if (inputs % 8 != 0 || inputs < 16) {
    refuse_abi(
        graph, layer.convolution,
        fmt::format("it has {} input channels: the kernels take multiples of 8 from 16", inputs));
  }
  if (graph.rounding != arith::Rounding::kPositiveInf) {
    refuse_abi(graph, layer.convolution, "the kernels round half up (positive-inf)");
  }
  if (out.element != Element::kUint8) {
    refuse_abi(graph, layer.output(), "its output is int8: the kernels make uint8");
  }
  if (conv.kernel() == 3 && type(graph, layer.input).shape.height < 2) {
    refuse_abi(graph, layer.convolution, "its images have one row: the kernels take two or more");
  }
  check_mlir_aie_shift(graph, layer.convolution);
  std::string symbol;
  if (layer.skip == Skip::kNone) {
    symbol = fmt::format("conv2dk{}_{}", conv.kernel(), in == Element::kUint8 ? "ui8" : "i8");
    return {.symbol = symbol,
            .source = fmt::format("conv2dk{}.cc", conv.kernel()),
            .object = symbol + ".o",
            .defines = in == Element::kUint8 ? std::vector<std::string>{}
                                             : std::vector<std::string>{"INT8_ACT"}};
  }
  check_mlir_aie_residual(graph, layer);
  check_mlir_aie_shift(graph, layer.add);
  if (conv.kernel() != 1) {
    refuse_abi(graph, layer.add, "only a 1x1 convolution's kernel adds a residual");
  }
  if (in != Element::kUint8) {
    refuse_abi(graph, layer.convolution,
               "its input is int8: the kernels with a residual take uint8");
  }
  if (inputs % 16 != 0) {
    refuse_abi(graph, layer.convolution,
               fmt::format("it has {} input channels: the kernels with a residual take multiples "
                           "of 16",
                           inputs));
  }
  const bool project = layer.skip == Skip::kProjection;
  if (project) {
    check_mlir_aie_shift(graph, layer.side);
    if (convolution(graph, layer.side).stride != 1) {
      refuse_abi(graph, layer.side, "the kernels have no stride");
    }
  }
  const bool unsigned_skip = type(graph, layer.skip_input).element == Element::kUint8;
  symbol = fmt::format("conv2dk1_skip{}_{}", project ? "_init" : "", unsigned_skip ? "ui8" : "i8");
  return {
      .symbol = symbol,
      .source = project ? "conv2dk1_skip_init.cc" : "conv2dk1_skip.cc",
      .object = symbol + ".o",
      .defines = unsigned_skip ? std::vector<std::string>{} : std::vector<std::string>{"INT8_ACT"}};
}

#define SW_WORD(member) static_cast<int>(offsetof(SwConvParams, member) / sizeof(std::int32_t))

/// The residual's words.
void add_residual(const qgraph::QGraph& graph, const Layer& layer, SwConvParams& p,
                  std::vector<Word>& runtime) {
  const bool wide = type(graph, layer.convolution).element == Element::kInt32;
  const auto& add = graph.nodes[static_cast<std::size_t>(layer.add)];
  const qgraph::NodeId skip = add.inputs[0] == layer.convolution ? add.inputs[1] : add.inputs[0];
  const int main_exponent = type(graph, layer.convolution).exponent.value;
  const int skip_exponent = type(graph, skip).exponent.value;
  const int least = std::min(main_exponent, skip_exponent);
  const int width = type(graph, layer.skip_input).shape.width;
  p.residual = wide ? SW_RESIDUAL_WIDE : SW_RESIDUAL_PUBLISHED;
  p.skip_groups = groups(graph, layer.skip_input);
  p.skip_stride = 1;
  p.skip_group_stride = width;
  p.skip_row_stride = width;
  runtime.push_back({SW_WORD(main_left), "main_left", main_exponent - least});
  runtime.push_back({SW_WORD(skip_left), "skip_left", skip_exponent - least});
  runtime.push_back(
      {SW_WORD(sum_shift), "sum_shift", qgraph::output_shift(graph, layer.add).value});
  if (layer.skip == Skip::kProjection) {
    p.skip_stride = convolution(graph, layer.side).stride;
    runtime.push_back(
        {SW_WORD(skip_shift), "skip_shift", qgraph::output_shift(graph, layer.side).value});
  }
  if (layer.skip == Skip::kSubsample) {
    const auto& pad =
        std::get<qgraph::SubsamplePad>(graph.nodes[static_cast<std::size_t>(layer.side)].operation);
    p.skip_stride = pad.stride;
    p.skip_first_group = -pad.channels_before / 8;
  }
}

}  // namespace

KernelUse choose_kernel(const qgraph::QGraph& graph, const Layer& layer, KernelAbi abi) {
  return abi == KernelAbi::kOwn ? own_kernel(graph, layer) : mlir_aie_kernel(graph, layer);
}

Words parameter_words(const qgraph::QGraph& graph, const Layer& layer, const Part& part) {
  const qgraph::Conv2d& conv = convolution(graph, layer.convolution);
  const core::ImageShape& in = type(graph, layer.input).shape;
  const core::ImageShape& out = type(graph, layer.output()).shape;
  SwConvParams p = {};
  p.rows = 1;
  p.pixels = out.width;
  p.out_group_stride = out.width;
  p.out_row_stride = out.width;
  p.stride = conv.stride;
  p.in_group_stride = in.width;
  p.in_row_stride = in.width;
  p.in_width = in.width;
  p.in_rows = 1;
  p.in0_groups = part.in0_groups;
  p.in1_groups = part.in1_groups;
  p.out_groups = part.made.groups;
  p.weight_groups = part.weights.groups;
  p.weight_first_group = part.made.first_group - part.weights.first_group;
  p.rounding = static_cast<std::int32_t>(graph.rounding);
  Words words;
  words.runtime.push_back(
      {SW_WORD(shift), "shift", qgraph::output_shift(graph, layer.convolution).value});
  if (layer.skip != Skip::kNone) {
    add_residual(graph, layer, p, words.runtime);
    // Of an identity or a shortcut, this part's output groups have their own skip groups.
    if (layer.skip != Skip::kProjection) {
      p.skip_first_group += part.made.first_group - part.skip.first_group;
      if (part.skip.groups > 0) p.skip_groups = part.skip.groups;
    }
  }
  words.initial.resize(SW_PARAM_WORDS);
  static_assert(sizeof p == SW_PARAM_WORDS * sizeof(std::int32_t));
  std::copy_n(reinterpret_cast<const std::int32_t*>(&p), SW_PARAM_WORDS, words.initial.begin());
  return words;
}

Words mlir_aie_words(const qgraph::QGraph& graph, const Layer& layer) {
  Words words;
  words.initial.resize(16);
  const auto shift = [&](qgraph::NodeId node) { return qgraph::output_shift(graph, node).value; };
  words.runtime.push_back({0, "scale", shift(layer.convolution)});
  if (layer.skip != Skip::kNone) words.runtime.push_back({1, "skip_scale", shift(layer.add)});
  if (layer.skip == Skip::kProjection) {
    words.runtime.push_back({2, "skip_conv_scale", shift(layer.side)});
  }
  return words;
}

}  // namespace shiftwise::lower
