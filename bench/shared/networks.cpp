// SPDX-License-Identifier: Apache-2.0
#include "shared/networks.h"

#include <cmath>
#include <random>

namespace shiftwise::bench {
namespace {

using qgraph::Element;
using qgraph::NodeId;

constexpr int kLargestWeight = 40;

class Builder {
 public:
  Builder(core::ImageShape input, Element element, bool wide) : wide_(wide) {
    add("input", "", {}, qgraph::Input{}, {element, {-6}, input});
  }

  /// int32 outputs keep their accumulators; others are scaled so that most codes are in range.
  NodeId convolution(const std::string& name, NodeId from, int outputs, int kernel, int stride,
                     Element element) {
    const qgraph::Type in = type(from);
    qgraph::Conv2d conv;
    conv.weight = core::Tensor<std::int8_t>({outputs, in.shape.channels, kernel, kernel});
    fill(conv.weight, conv.bias, outputs);
    conv.stride = stride;
    conv.padding = kernel / 2;
    // Sums of n products of about 20 x 60 spread like the square root of n.
    const double products = double(in.shape.channels) * kernel * kernel;
    const int shift = static_cast<int>(std::lround(std::log2(std::sqrt(products) * 20)));
    conv.weight_exponent = {-shift};
    const bool codes = element != Element::kInt32;
    const qgraph::Type out = {
        element,
        {in.exponent.value - (codes ? 0 : shift)},
        {outputs, (in.shape.height - 1) / stride + 1, (in.shape.width - 1) / stride + 1}};
    return add(name, stage_, {from}, std::move(conv), out);
  }

  NodeId bottleneck(const std::string& name, NodeId from, int inner, int outputs, int stride) {
    const Element branch = wide_ ? Element::kInt32 : Element::kInt8;
    NodeId x = convolution(name + ".conv1", from, inner, 1, 1, Element::kUint8);
    x = convolution(name + ".conv2", x, inner, 3, stride, Element::kUint8);
    x = convolution(name + ".conv3", x, outputs, 1, 1, branch);
    NodeId skip = from;
    if (type(from).shape.channels != outputs || stride != 1) {
      skip = convolution(name + ".shortcut", from, outputs, 1, stride, branch);
    }
    const qgraph::Type out = {Element::kUint8, {type(from).exponent.value}, type(x).shape};
    return add(name + ".add", stage_, {x, skip}, qgraph::Add{}, out);
  }

  NodeId stage(int index, NodeId x, int blocks, int inner, int stride) {
    stage_ = "conv" + std::to_string(index + 2) + "_x";
    for (int b = 0; b < blocks; ++b) {
      x = bottleneck("layer" + std::to_string(index + 1) + "." + std::to_string(b), x, inner,
                     4 * inner, b == 0 ? stride : 1);
    }
    return x;
  }

  void classifier(NodeId x) {
    stage_ = "post";
    const qgraph::Type in = type(x);
    x = add("pool", stage_, {x}, qgraph::GlobalAveragePool{},
            {Element::kUint8, in.exponent, {in.shape.channels, 1, 1}});
    qgraph::Linear linear;
    linear.weight = core::Tensor<std::int8_t>({10, in.shape.channels});
    fill(linear.weight, linear.bias, 10);
    linear.weight_exponent = {-8};
    add("linear", stage_, {x}, std::move(linear),
        {Element::kInt32, {in.exponent.value - 8}, {10, 1, 1}});
  }

  qgraph::QGraph finish() && { return std::move(graph_); }

 private:
  const qgraph::Type& type(NodeId id) const {
    return graph_.nodes[static_cast<std::size_t>(id)].output;
  }

  void fill(core::Tensor<std::int8_t>& weight, std::vector<std::int32_t>& bias, int outputs) {
    for (auto& w : weight.values) w = static_cast<std::int8_t>(between(kLargestWeight));
    for (int o = 0; o < outputs; ++o) bias.push_back(between(2000));
  }

  int between(int largest) {
    return static_cast<int>(random_() % static_cast<std::uint32_t>(2 * largest + 1)) - largest;
  }

  NodeId add(const std::string& name, const std::string& stage, std::vector<NodeId> inputs,
             qgraph::Operation operation, const qgraph::Type& output) {
    qgraph::Node node;
    node.name = name;
    node.stage = stage;
    node.inputs = std::move(inputs);
    node.operation = std::move(operation);
    node.output = output;
    graph_.nodes.push_back(std::move(node));
    return graph_.output();
  }

  bool wide_;
  std::string stage_ = "stem";
  std::mt19937 random_{1};
  qgraph::QGraph graph_;
};

}  // namespace

qgraph::QGraph conv2_x(const ResNetShape& shape) {
  Builder builder({shape.width, shape.image, shape.image}, Element::kUint8, shape.wide_residual);
  builder.stage(0, 0, shape.blocks.front(), shape.width, 1);
  return std::move(builder).finish();
}

qgraph::QGraph whole_network(const ResNetShape& shape) {
  Builder builder({3, shape.image, shape.image}, Element::kInt8, shape.wide_residual);
  NodeId x = builder.convolution("conv1", 0, shape.width, 3, 1, Element::kUint8);
  for (std::size_t s = 0; s < shape.blocks.size(); ++s) {
    x = builder.stage(static_cast<int>(s), x, shape.blocks[s], shape.width << s, s == 0 ? 1 : 2);
  }
  builder.classifier(x);
  return std::move(builder).finish();
}

qgraph::QGraph convolution(int inputs, int outputs, int kernel, int stride, int size) {
  Builder builder({inputs, size, size}, Element::kUint8, false);
  builder.convolution("convolution", 0, outputs, kernel, stride, Element::kUint8);
  return std::move(builder).finish();
}

std::int64_t macs(const qgraph::QGraph& graph) {
  std::int64_t total = 0;
  for (const qgraph::Node& node : graph.nodes) {
    const std::int64_t pixels = std::int64_t{node.output.shape.height} * node.output.shape.width;
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) {
      total += pixels * static_cast<std::int64_t>(conv->weight.values.size());
    } else if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) {
      total += static_cast<std::int64_t>(linear->weight.values.size());
    }
  }
  return total;
}

}  // namespace shiftwise::bench
