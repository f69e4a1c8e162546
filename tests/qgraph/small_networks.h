// SPDX-License-Identifier: Apache-2.0
// Networks of one or two integer layers, for tests that check numbers by hand.
#pragma once

#include <utility>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::qgraph {

inline Node input_node(Element element, int exponent, core::ImageShape shape) {
  return {.name = "input",
          .stage = {},
          .inputs = {},
          .operation = Input{},
          .output = {element, {exponent}, shape}};
}

inline Node node(std::string name, std::vector<NodeId> inputs, Operation operation, Type output) {
  return {.name = std::move(name),
          .stage = "conv2_x",
          .inputs = std::move(inputs),
          .operation = std::move(operation),
          .output = output};
}

/// A 1x1 convolution of one channel: acc = w * x + b.
inline Conv2d scalar_conv(int weight, int bias, int weight_exponent) {
  return {.weight = {{1, 1, 1, 1}, {static_cast<std::int8_t>(weight)}},
          .bias = {bias},
          .weight_exponent = {weight_exponent}};
}

/// input -> conv (3 -> 4, 3x3, stride 2) -> 8-bit.
inline QGraph strided_network() {
  Conv2d conv{.weight = core::Tensor<std::int8_t>({4, 3, 3, 3}),
              .bias = {1000, -1000, 0, 77},
              .weight_exponent = {-7},
              .stride = 2,
              .padding = 1};
  for (std::size_t i = 0; i < conv.weight.values.size(); ++i) {
    conv.weight.values[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 256) - 128);
  }
  QGraph graph;
  graph.nodes = {input_node(Element::kInt8, -6, {3, 5, 7}),
                 node("conv", {0}, std::move(conv), {Element::kUint8, {-5}, {4, 3, 4}})};
  return graph;
}

/// A block with a projection whose residual is wide, then pool and classifier.
inline QGraph residual_network() {
  QGraph graph;
  graph.nodes = {
      input_node(Element::kUint8, -6, {1, 2, 2}),
      node("block.conv", {0}, scalar_conv(100, 50, -7), {Element::kInt32, {-13}, {1, 2, 2}}),
      node("block.shortcut", {0}, scalar_conv(-3, 0, -4), {Element::kInt32, {-10}, {1, 2, 2}}),
      node("block.add", {1, 2}, Add{}, {Element::kUint8, {-6}, {1, 2, 2}}),
      node("pool", {3}, GlobalAveragePool{}, {Element::kUint8, {-7}, {1, 1, 1}}),
      node("linear", {4},
           Linear{.weight = {{2, 1}, {5, -5}}, .bias = {7, 8}, .weight_exponent = {-3}},
           {Element::kInt32, {-10}, {2, 1, 1}})};
  return graph;
}

}  // namespace shiftwise::qgraph
