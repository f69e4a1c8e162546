// SPDX-License-Identifier: Apache-2.0
// What every graph promises (graph.h), checked node by node.
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>
#include <span>

#include "core/diagnostic.h"
#include "core/finite.h"
#include "graph/graph.h"

namespace shiftwise::graph {
namespace {

/// One activation of one image: a gibibyte of floats. What is larger is a broken file.
constexpr std::int64_t kLargestActivation = std::int64_t{1} << 28;
constexpr std::int64_t kLargestExtent = std::int64_t{1} << 20;

class Verifier {
 public:
  Verifier(const Graph& graph, bool values) : graph_(graph), values_(values) {}

  std::vector<core::ImageShape> run() {
    if (graph_.nodes.empty()) refuse("it has no nodes; node 0 must be the input");
    std::set<std::string_view> names;
    for (id_ = 0; id_ < graph_.nodes.size(); ++id_) {
      const Node& node = graph_.nodes[id_];
      if (node.name.empty()) refuse(fmt::format("node {} has no name", id_));
      if (!names.insert(node.name).second) refuse("another node has the same name");
      check_inputs(node);
      const core::ImageShape shape =
          std::visit([this](const auto& operation) { return shape_of(operation); }, node.operation);
      if (shape.elements() > kLargestActivation) {
        refuse(fmt::format("its output, {}, is larger than {} values per image",
                           core::to_string(shape), kLargestActivation));
      }
      shapes_.push_back(shape);
    }
    return std::move(shapes_);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    std::string where;
    if (id_ < graph_.nodes.size()) {
      const Node& node = graph_.nodes[id_];
      where = fmt::format("{} '{}'", kind(node.operation), node.name);
    }
    throw core::Error({.what = "the network is not valid", .where = where, .why = why});
  }

  void check_inputs(const Node& node) const {
    if (std::holds_alternative<Input>(node.operation) != (id_ == 0)) {
      refuse("the first node, and no other, must be the input");
    }
    const std::size_t arity = id_ == 0 ? 0 : (std::holds_alternative<Add>(node.operation) ? 2 : 1);
    if (node.inputs.size() != arity) {
      refuse(fmt::format("it has {} inputs where {} are needed", node.inputs.size(), arity));
    }
    for (const NodeId input : node.inputs) {
      if (input < 0 || static_cast<std::size_t>(input) >= id_) {
        refuse(fmt::format("node {} reads node {}, which is not before it", id_, input));
      }
    }
  }

  const core::ImageShape& input(std::size_t index = 0) const {
    return shapes_[static_cast<std::size_t>(graph_.nodes[id_].inputs[index])];
  }

  void check_finite(std::span<const float> values, const char* what) const {
    if (!values_ || core::all_finite(values)) return;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) {
        refuse(fmt::format("its {} holds {} at index {}", what, values[i], i));
      }
    }
  }

  void check_vector(const std::vector<float>& values, std::int64_t size, const char* what) const {
    if (static_cast<std::int64_t>(values.size()) != size) {
      refuse(fmt::format("its {} has {} values for {} channels", what, values.size(), size));
    }
    check_finite(values, what);
  }

  void check_weight(const core::Tensor<float>& weight, std::size_t rank) const {
    if (weight.shape.size() != rank) {
      refuse(fmt::format("its weight {} must have {} dimensions", core::to_string(weight.shape),
                         rank));
    }
    for (const std::int64_t extent : weight.shape) {
      if (extent < 1 || extent > kLargestExtent) {
        refuse(fmt::format("its weight has the shape {}", core::to_string(weight.shape)));
      }
    }
    if (core::elements(weight.shape) != static_cast<std::int64_t>(weight.values.size())) {
      refuse(fmt::format("its weight {} holds {} values", core::to_string(weight.shape),
                         weight.values.size()));
    }
    if (weight.shape[1] != input().channels) {
      refuse(fmt::format("its weight {} takes {} channels but its input has {}",
                         core::to_string(weight.shape), weight.shape[1], input().channels));
    }
    check_finite(weight.values, "weight");
  }

  void check_range(const char* what, std::int64_t value, std::int64_t low,
                   std::int64_t high) const {
    if (value < low || value > high) {
      refuse(fmt::format("its {} is {}, outside {} to {}", what, value, low, high));
    }
  }

  /// Output extents of a sliding window.
  core::ImageShape windows(int channels, std::int64_t kernel, int stride, int padding) const {
    const auto extent = [&](int size) {
      const std::int64_t room = size + 2 * std::int64_t{padding} - kernel;
      if (room < 0) {
        refuse(fmt::format("a {0}x{0} window does not fit an input of {1} with padding {2}", kernel,
                           core::to_string(input()), padding));
      }
      return static_cast<int>(room / stride + 1);
    };
    return {channels, extent(input().height), extent(input().width)};
  }

  core::ImageShape shape_of(const Input& op) const {
    check_range("number of channels", op.shape.channels, 1, kLargestExtent);
    check_range("height", op.shape.height, 1, kLargestExtent);
    check_range("width", op.shape.width, 1, kLargestExtent);
    return op.shape;
  }

  core::ImageShape shape_of(const Conv2d& op) const {
    check_weight(op.weight, 4);
    if (op.weight.shape[2] != op.weight.shape[3]) {
      refuse(fmt::format("its kernel {}x{} is not square", op.weight.shape[2], op.weight.shape[3]));
    }
    check_range("stride", op.stride, 1, kLargestExtent);
    check_range("padding", op.padding, 0, op.kernel() - 1);
    if (!op.bias.empty()) check_vector(op.bias, op.outputs(), "bias");
    return windows(op.outputs(), op.kernel(), op.stride, op.padding);
  }

  core::ImageShape shape_of(const BatchNorm& op) const {
    check_vector(op.gamma, input().channels, "weight");
    check_vector(op.beta, input().channels, "bias");
    check_vector(op.mean, input().channels, "running mean");
    check_vector(op.variance, input().channels, "running variance");
    if (!values_) return input();
    for (const float variance : op.variance) {
      if (!(variance >= 0 && variance + op.epsilon > 0)) {
        refuse(fmt::format("the square root of variance {} + epsilon {} does not divide", variance,
                           op.epsilon));
      }
    }
    return input();
  }

  core::ImageShape shape_of(const Relu&) const { return input(); }

  core::ImageShape shape_of(const Add&) const {
    if (input(0) != input(1)) {
      refuse(
          fmt::format("it adds {} and {}", core::to_string(input(0)), core::to_string(input(1))));
    }
    return input();
  }

  core::ImageShape shape_of(const MaxPool& op) const {
    check_range("kernel", op.kernel, 1, kLargestExtent);
    check_range("stride", op.stride, 1, kLargestExtent);
    check_range("padding", op.padding, 0, op.kernel / 2);
    return windows(input().channels, op.kernel, op.stride, op.padding);
  }

  core::ImageShape shape_of(const SubsamplePad& op) const {
    check_range("stride", op.stride, 1, kLargestExtent);
    check_range("number of output channels", op.outputs, input().channels, kLargestExtent);
    check_range("number of channels before", op.channels_before, 0, op.outputs - input().channels);
    return {op.outputs, (input().height - 1) / op.stride + 1, (input().width - 1) / op.stride + 1};
  }

  core::ImageShape shape_of(const GlobalAveragePool&) const { return {input().channels, 1, 1}; }

  core::ImageShape shape_of(const Linear& op) const {
    check_weight(op.weight, 2);
    if (input().height != 1 || input().width != 1) {
      refuse(fmt::format("its input, {}, is not a vector", core::to_string(input())));
    }
    if (!op.bias.empty()) check_vector(op.bias, op.weight.shape[0], "bias");
    return {static_cast<int>(op.weight.shape[0]), 1, 1};
  }

  const Graph& graph_;
  bool values_;  ///< whether the values of parameters are looked at
  std::size_t id_ = 0;
  std::vector<core::ImageShape> shapes_;
};

}  // namespace

std::vector<core::ImageShape> verify(const Graph& graph) { return Verifier(graph, true).run(); }

std::vector<core::ImageShape> infer_shapes(const Graph& graph) {
  return Verifier(graph, false).run();
}

}  // namespace shiftwise::graph
