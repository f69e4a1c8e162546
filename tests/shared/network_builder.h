// SPDX-License-Identifier: Apache-2.0
// Quantized networks made node by node, with seeded random weights.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::tests {

/// Builds networks node by node. Every method returns the new node's id.
class NetworkBuilder {
 public:
  NetworkBuilder(std::uint32_t seed, core::ImageShape input, qgraph::Element element)
      : random_(seed) {
    add({}, qgraph::Input{}, {element, {-7}, input});
  }

  /// Weights are random in low..high; the exponent of the output is such that the shift is
  /// `shift` (ignored for int32).
  struct Convolution {
    int outputs = 16;
    int kernel = 1;
    int stride = 1;
    int padding = 0;
    int shift = 8;
    qgraph::Element element = qgraph::Element::kUint8;
    int weight_low = -128;
    int weight_high = 127;
    int bias_range = 1000;
    int weight_exponent = -6;
  };

  qgraph::NodeId convolution(qgraph::NodeId from, const Convolution& c) {
    const qgraph::Type in = type(from);
    qgraph::Conv2d conv;
    conv.weight = core::Tensor<std::int8_t>({c.outputs, in.shape.channels, c.kernel, c.kernel});
    for (auto& w : conv.weight.values) {
      w = static_cast<std::int8_t>(between(c.weight_low, c.weight_high));
    }
    for (int o = 0; o < c.outputs; ++o) conv.bias.push_back(between(-c.bias_range, c.bias_range));
    conv.weight_exponent = {c.weight_exponent};
    conv.stride = c.stride;
    conv.padding = c.padding;
    const auto size = [&](int extent) {
      return (extent + 2 * c.padding - c.kernel) / c.stride + 1;
    };
    qgraph::Type out = {c.element,
                        conv.weight_exponent + in.exponent,
                        {c.outputs, size(in.shape.height), size(in.shape.width)}};
    if (c.element != qgraph::Element::kInt32) out.exponent.value += c.shift;
    return add({from}, std::move(conv), out);
  }

  /// The shift counts from the smaller exponent of the operands.
  qgraph::NodeId sum(qgraph::NodeId a, qgraph::NodeId b, int shift,
                     qgraph::Element element = qgraph::Element::kUint8) {
    const int exponent = std::min(type(a).exponent.value, type(b).exponent.value);
    return add({a, b}, qgraph::Add{}, {element, {exponent + shift}, type(a).shape});
  }

  qgraph::NodeId max_pool(qgraph::NodeId from, const qgraph::MaxPool& pool) {
    qgraph::Type out = type(from);
    const auto size = [&](int extent) {
      return (extent + 2 * pool.padding - pool.kernel) / pool.stride + 1;
    };
    out.shape.height = size(out.shape.height);
    out.shape.width = size(out.shape.width);
    return add({from}, pool, out);
  }

  /// A copy, or requantized where `shift` or `element` say so.
  qgraph::NodeId subsample(qgraph::NodeId from, int channels, int stride, int shift = 0,
                           std::optional<qgraph::Element> element = {}) {
    qgraph::Type out = type(from);
    out.exponent.value += shift;
    out.element = element.value_or(out.element);
    const int before = (channels - out.shape.channels) / 2;
    out.shape = {channels, (out.shape.height - 1) / stride + 1, (out.shape.width - 1) / stride + 1};
    return add({from}, qgraph::SubsamplePad{stride, before}, out);
  }

  qgraph::NodeId average(qgraph::NodeId from, int shift,
                         qgraph::Element element = qgraph::Element::kUint8) {
    const qgraph::Type& in = type(from);
    return add({from}, qgraph::GlobalAveragePool{},
               {element, {in.exponent.value + shift}, {in.shape.channels, 1, 1}});
  }

  qgraph::NodeId linear(qgraph::NodeId from, int outputs) {
    const qgraph::Type in = type(from);
    qgraph::Linear linear;
    linear.weight = core::Tensor<std::int8_t>({outputs, in.shape.channels});
    for (auto& w : linear.weight.values) w = static_cast<std::int8_t>(between(-128, 127));
    for (int o = 0; o < outputs; ++o) linear.bias.push_back(between(-1000, 1000));
    linear.weight_exponent = {-6};
    return add({from}, std::move(linear),
               {qgraph::Element::kInt32, {in.exponent.value - 6}, {outputs, 1, 1}});
  }

  const qgraph::Type& type(qgraph::NodeId id) const {
    return graph_.nodes[static_cast<std::size_t>(id)].output;
  }
  qgraph::QGraph& graph() { return graph_; }
  int between(int low, int high) {
    const std::int64_t range = std::int64_t{high} - low + 1;
    return static_cast<int>(low + static_cast<std::int64_t>(random_()) % range);
  }

 private:
  qgraph::NodeId add(std::vector<qgraph::NodeId> inputs, qgraph::Operation operation,
                     const qgraph::Type& output) {
    qgraph::Node node;
    node.name = std::string(qgraph::kind(operation)) + std::to_string(graph_.nodes.size());
    node.inputs = std::move(inputs);
    node.operation = std::move(operation);
    node.output = output;
    graph_.nodes.push_back(std::move(node));
    return graph_.output();
  }

  std::mt19937 random_;
  qgraph::QGraph graph_;
};

}  // namespace shiftwise::tests
