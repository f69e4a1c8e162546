// SPDX-License-Identifier: Apache-2.0
#include "qgraph/qgraph.h"

#include <limits>

namespace shiftwise::qgraph {

std::int64_t lowest(Element element) {
  switch (element) {
    case Element::kInt8:
      return std::numeric_limits<std::int8_t>::min();
    case Element::kUint8:
      return 0;
    case Element::kInt32:
      break;
  }
  return std::numeric_limits<std::int32_t>::min();
}

std::int64_t highest(Element element) {
  switch (element) {
    case Element::kInt8:
      return std::numeric_limits<std::int8_t>::max();
    case Element::kUint8:
      return std::numeric_limits<std::uint8_t>::max();
    case Element::kInt32:
      break;
  }
  return std::numeric_limits<std::int32_t>::max();
}

std::string_view to_string(Element element) {
  switch (element) {
    case Element::kInt8:
      return "int8";
    case Element::kUint8:
      return "uint8";
    case Element::kInt32:
      break;
  }
  return "int32";
}

std::string_view kind(const Operation& operation) {
  struct Name {
    std::string_view operator()(const Input&) const { return "input"; }
    std::string_view operator()(const Conv2d&) const { return "conv2d"; }
    std::string_view operator()(const Add&) const { return "add"; }
    std::string_view operator()(const MaxPool&) const { return "max_pool"; }
    std::string_view operator()(const SubsamplePad&) const { return "subsample_pad"; }
    std::string_view operator()(const GlobalAveragePool&) const { return "global_average_pool"; }
    std::string_view operator()(const Linear&) const { return "linear"; }
  };
  return std::visit(Name{}, operation);
}

core::Exponent accumulator_exponent(const QGraph& graph, NodeId id) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  if (node.inputs.empty()) return node.output.exponent;
  const auto input = [&](std::size_t i) {
    return graph.nodes[static_cast<std::size_t>(node.inputs[i])].output.exponent;
  };
  if (const auto* conv = std::get_if<Conv2d>(&node.operation)) {
    return conv->weight_exponent + input(0);
  }
  if (const auto* linear = std::get_if<Linear>(&node.operation)) {
    return linear->weight_exponent + input(0);
  }
  if (std::holds_alternative<Add>(node.operation)) return std::min(input(0), input(1));
  return input(0);
}

core::Shift output_shift(const QGraph& graph, NodeId id) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  core::Shift shift = core::shift_between(accumulator_exponent(graph, id), node.output.exponent);
  if (std::holds_alternative<GlobalAveragePool>(node.operation)) {
    const core::ImageShape& input =
        graph.nodes[static_cast<std::size_t>(node.inputs[0])].output.shape;
    shift.value += arith::average_divisor(std::int64_t{input.height} * input.width).shift.value;
  }
  return shift;
}

std::vector<std::vector<NodeId>> consumers(const QGraph& graph) {
  std::vector<std::vector<NodeId>> result(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    for (const NodeId input : graph.nodes[id].inputs) {
      result[static_cast<std::size_t>(input)].push_back(static_cast<NodeId>(id));
    }
  }
  return result;
}

namespace {

/// Largest |code| that a node can produce.
std::int64_t largest_code(const QGraph& graph, NodeId id) {
  const Element element = graph.nodes[static_cast<std::size_t>(id)].output.element;
  if (element == Element::kInt32) return accumulator_bound(graph, id);
  return std::max(-lowest(element), highest(element));
}

/// max over output channels of |b| + sum|w| * largest.
std::int64_t weighted_bound(const core::Tensor<std::int8_t>& weight,
                            const std::vector<std::int32_t>& bias, std::int64_t largest) {
  const std::size_t outputs = static_cast<std::size_t>(weight.shape[0]);
  const std::size_t taps = outputs == 0 ? 0 : weight.values.size() / outputs;
  std::int64_t bound = 0;
  for (std::size_t o = 0; o < outputs; ++o) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < taps; ++i) sum += std::abs(int{weight.values[o * taps + i]});
    bound = std::max(bound, std::abs(std::int64_t{bias[o]}) + sum * largest);
  }
  return bound;
}

}  // namespace

std::int64_t accumulator_bound(const QGraph& graph, NodeId id) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  if (const auto* conv = std::get_if<Conv2d>(&node.operation)) {
    return weighted_bound(conv->weight, conv->bias, largest_code(graph, node.inputs[0]));
  }
  if (const auto* linear = std::get_if<Linear>(&node.operation)) {
    return weighted_bound(linear->weight, linear->bias, largest_code(graph, node.inputs[0]));
  }
  if (std::holds_alternative<Add>(node.operation)) {
    const NodeId a = node.inputs[0];
    const NodeId b = node.inputs[1];
    return arith::aligned_sum(
        largest_code(graph, a), graph.nodes[static_cast<std::size_t>(a)].output.exponent,
        largest_code(graph, b), graph.nodes[static_cast<std::size_t>(b)].output.exponent);
  }
  if (std::holds_alternative<GlobalAveragePool>(node.operation)) {
    const core::ImageShape& input =
        graph.nodes[static_cast<std::size_t>(node.inputs[0])].output.shape;
    return largest_code(graph, node.inputs[0]) * input.height * input.width;
  }
  if (node.inputs.empty())
    return std::max(-lowest(node.output.element), highest(node.output.element));
  return largest_code(graph, node.inputs[0]);
}

}  // namespace shiftwise::qgraph
