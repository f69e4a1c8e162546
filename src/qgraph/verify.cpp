// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "core/diagnostic.h"
#include "qgraph/qgraph.h"

namespace shiftwise::qgraph {
namespace {

/// Exponents beyond this cannot come from float32 data, and would overflow the arithmetic of
/// exponents.
constexpr int kLargestExponent = 256;

[[noreturn]] void refuse(const Node& node, const std::string& why, const std::string& hint = {}) {
  throw core::Error({.what = "the quantized network is not valid",
                     .where = fmt::format("layer '{}' ({})", node.name, kind(node.operation)),
                     .why = why,
                     .hint = hint});
}

int pooled(int size, int kernel, int stride, int padding) {
  return (size + 2 * padding - kernel) / stride + 1;
}

/// Checks one node against the types of its inputs; one overload for each operation.
class NodeVerifier {
 public:
  NodeVerifier(const QGraph& graph, NodeId id)
      : graph_(graph), id_(id), node_(graph.nodes[static_cast<std::size_t>(id)]) {}

  void operator()(const Input&) const {
    arity(0);
    if (id_ != 0) refuse(node_, "an input can only be the first node");
    eight_bits(node_.output, "output");
  }

  void operator()(const Conv2d& conv) const {
    arity(1);
    const auto& shape = conv.weight.shape;
    if (shape.size() != 4 || shape[2] != shape[3] || shape[0] < 1 || shape[1] < 1 || shape[2] < 1) {
      refuse(node_, fmt::format("weight {} is not [O, I, K, K]", core::to_string(shape)));
    }
    window(conv.kernel(), conv.stride, conv.padding);
    weights(conv.weight, conv.bias, conv.weight_exponent);
    eight_bits(input(0), "input");
    if (input(0).shape.channels != conv.inputs()) {
      refuse(node_, fmt::format("weight {} asks for {} input channels, the input has {}",
                                core::to_string(shape), conv.inputs(), input(0).shape.channels));
    }
    expect_shape({conv.outputs(),
                  pooled(input(0).shape.height, conv.kernel(), conv.stride, conv.padding),
                  pooled(input(0).shape.width, conv.kernel(), conv.stride, conv.padding)});
    requantized();
  }

  void operator()(const Add&) const {
    arity(2);
    if (input(0).shape != input(1).shape) {
      refuse(node_, fmt::format("its operands have the shapes {} and {}",
                                core::to_string(input(0).shape), core::to_string(input(1).shape)));
    }
    const int distance = std::abs(input(0).exponent.value - input(1).exponent.value);
    if (distance > arith::kLargestShift) {
      refuse(node_, fmt::format("the exponents {} and {} of its operands are too far apart",
                                input(0).exponent.value, input(1).exponent.value));
    }
    eight_bits(node_.output, "output");
    expect_shape(input(0).shape);
    requantized();
  }

  void operator()(const MaxPool& pool) const {
    arity(1);
    window(pool.kernel, pool.stride, pool.padding);
    if (2 * pool.padding > pool.kernel) {
      refuse(node_, "its padding is more than half of its window");
    }
    expect_shape({input(0).shape.channels,
                  pooled(input(0).shape.height, pool.kernel, pool.stride, pool.padding),
                  pooled(input(0).shape.width, pool.kernel, pool.stride, pool.padding)});
    copied();
  }

  void operator()(const SubsamplePad& pad) const {
    arity(1);
    if (pad.stride < 1 || pad.channels_before < 0 ||
        node_.output.shape.channels - pad.channels_before < input(0).shape.channels) {
      refuse(node_, fmt::format("{} channels do not fit into {} after {} zero channels",
                                input(0).shape.channels, node_.output.shape.channels,
                                pad.channels_before));
    }
    expect_shape({node_.output.shape.channels, pooled(input(0).shape.height, 1, pad.stride, 0),
                  pooled(input(0).shape.width, 1, pad.stride, 0)});
    eight_bits(input(0), "input");
    eight_bits(node_.output, "output");
    requantized();
  }

  void operator()(const GlobalAveragePool&) const {
    arity(1);
    eight_bits(input(0), "input");
    eight_bits(node_.output, "output");
    expect_shape({input(0).shape.channels, 1, 1});
    requantized();
  }

  void operator()(const Linear& linear) const {
    arity(1);
    const auto& shape = linear.weight.shape;
    if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1) {
      refuse(node_, fmt::format("weight {} is not [O, I]", core::to_string(shape)));
    }
    weights(linear.weight, linear.bias, linear.weight_exponent);
    eight_bits(input(0), "input");
    if (input(0).shape != core::ImageShape{static_cast<int>(shape[1]), 1, 1}) {
      refuse(node_, fmt::format("weight {} asks for an input of {}x1x1, which is {}",
                                core::to_string(shape), shape[1], core::to_string(input(0).shape)));
    }
    expect_shape({static_cast<int>(shape[0]), 1, 1});
    if (node_.output.element != Element::kInt32) {
      refuse(node_, "the output of the classifier is its int32 accumulators");
    }
    requantized();
  }

 private:
  const Type& input(std::size_t i) const {
    return graph_.nodes[static_cast<std::size_t>(node_.inputs[i])].output;
  }

  void arity(std::size_t expected) const {
    if (node_.inputs.size() != expected) {
      refuse(node_, fmt::format("it has {} inputs, not {}", node_.inputs.size(), expected));
    }
    for (const NodeId read : node_.inputs) {
      if (read < 0 || read >= id_) {
        refuse(node_, fmt::format("it reads node {}, which is not before it", read));
      }
    }
  }

  void eight_bits(const Type& type, std::string_view which) const {
    if (type.element == Element::kInt32) {
      refuse(node_, fmt::format("its {} is int32; only an add takes accumulators", which));
    }
  }

  void expect_shape(const core::ImageShape& expected) const {
    if (node_.output.shape != expected) {
      refuse(node_, fmt::format("its output is {}, not {}", core::to_string(expected),
                                core::to_string(node_.output.shape)));
    }
  }

  void window(int kernel, int stride, int padding) const {
    constexpr int kLargestWindow = 1 << 16;
    const bool sane = stride >= 1 && stride <= kLargestWindow && padding >= 0 && padding < kernel &&
                      kernel <= kLargestWindow && kernel >= 1;
    if (!sane || input(0).shape.height + 2 * padding < kernel ||
        input(0).shape.width + 2 * padding < kernel) {
      refuse(node_,
             fmt::format("window {0}x{0}, stride {1}, padding {2} does not fit an input of {3}",
                         kernel, stride, padding, core::to_string(input(0).shape)));
    }
  }

  void weights(const core::Tensor<std::int8_t>& weight, const std::vector<std::int32_t>& bias,
               core::Exponent exponent) const {
    if (core::elements(weight.shape) != static_cast<std::int64_t>(weight.values.size())) {
      refuse(node_, fmt::format("weight {} has {} values", core::to_string(weight.shape),
                                weight.values.size()));
    }
    if (static_cast<std::int64_t>(bias.size()) != weight.shape[0]) {
      refuse(node_, fmt::format("{} biases for {} output channels", bias.size(), weight.shape[0]));
    }
    if (std::abs(exponent.value) > kLargestExponent) {
      refuse(node_, fmt::format("weight exponent {} is absurd", exponent.value));
    }
  }

  /// The output leaves through requantize(), or is the accumulator itself.
  void requantized() const {
    const core::Shift shift = output_shift(graph_, id_);
    if (node_.output.element == Element::kInt32 && shift.value != 0) {
      refuse(node_,
             fmt::format("accumulators have the exponent {}, not {}",
                         accumulator_exponent(graph_, id_).value, node_.output.exponent.value));
    }
    if (shift.value > arith::kLargestShift || shift.value < -arith::kLargestShift) {
      refuse(node_, fmt::format("shift {} is outside -31..31", shift.value));
    }
    const std::int64_t bound = accumulator_bound(graph_, id_);
    if (bound > highest(Element::kInt32)) {
      refuse(node_,
             fmt::format("its sum can reach {}, which does not fit a 32-bit accumulator", bound),
             "leave this stage in float");
    }
  }

  /// The output is the input's codes.
  void copied() const {
    eight_bits(input(0), "input");
    if (node_.output.element != input(0).element || node_.output.exponent != input(0).exponent) {
      refuse(node_,
             "it copies codes, but its output's element or exponent differs from its input's");
    }
  }

  const QGraph& graph_;
  NodeId id_;
  const Node& node_;
};

}  // namespace

void verify(const QGraph& graph) {
  if (graph.nodes.empty() || !std::holds_alternative<Input>(graph.nodes.front().operation)) {
    throw core::Error(
        {.what = "the quantized network is not valid", .why = "its first node is not an input"});
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.name.empty() || !names.insert(node.name).second) {
      refuse(node, "its name is empty or taken");
    }
    const core::ImageShape& shape = node.output.shape;
    constexpr int kLargestExtent = 1 << 16;
    for (const int extent : {shape.channels, shape.height, shape.width}) {
      if (extent < 1 || extent > kLargestExtent) {
        refuse(node, fmt::format("an output of {} is absurd", core::to_string(shape)));
      }
    }
    if (std::abs(node.output.exponent.value) > 2 * kLargestExponent) {
      refuse(node, fmt::format("exponent {} is absurd", node.output.exponent.value));
    }
    std::visit(NodeVerifier(graph, static_cast<NodeId>(i)), node.operation);
  }
}

}  // namespace shiftwise::qgraph
