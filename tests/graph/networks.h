// SPDX-License-Identifier: Apache-2.0
// Small networks with random parameters.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::graph {

/// The same numbers for the same seed on every machine.
inline std::vector<float> noise(std::int64_t count, unsigned seed, float scale = 1.0F,
                                float offset = 0.0F) {
  std::mt19937 random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) {
    value = offset + scale * (static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F);
  }
  return values;
}

/// Appends nodes; each call returns the new node's id and reads `from` (the last node where
/// it is left out). Names are checked by nobody but verify().
class Network {
 public:
  explicit Network(core::ImageShape input) { append("input", {}, Input{input}); }

  void stage(std::string name) { stage_ = std::move(name); }
  NodeId last() const { return graph.output(); }

  NodeId conv(const std::string& name, int inputs, int outputs, int kernel, int stride = 1,
              bool bias = false, NodeId from = -1) {
    core::Tensor<float> weight({outputs, inputs, kernel, kernel});
    const auto count = static_cast<std::int64_t>(weight.values.size());
    weight.values = noise(count, ++seed_, 2.0F / static_cast<float>(inputs * kernel));
    std::vector<float> biases;
    if (bias) biases = noise(outputs, ++seed_);
    return append(name, {from}, Conv2d{std::move(weight), biases, stride, kernel / 2});
  }
  NodeId batch_norm(const std::string& name, int channels, NodeId from = -1) {
    return append(name, {from},
                  BatchNorm{.gamma = noise(channels, ++seed_, 0.5F, 1.0F),
                            .beta = noise(channels, ++seed_),
                            .mean = noise(channels, ++seed_),
                            .variance = noise(channels, ++seed_, 0.5F, 1.0F)});
  }
  NodeId relu(const std::string& name, NodeId from = -1) { return append(name, {from}, Relu{}); }
  NodeId add(const std::string& name, NodeId main, NodeId skip) {
    return append(name, {main, skip}, Add{});
  }
  NodeId linear(const std::string& name, int inputs, int outputs, bool bias = true) {
    core::Tensor<float> weight({outputs, inputs}, noise(inputs * outputs, ++seed_, 0.1F));
    std::vector<float> biases;
    if (bias) biases = noise(outputs, ++seed_);
    return append(name, {-1}, Linear{std::move(weight), biases});
  }
  NodeId append(const std::string& name, std::vector<NodeId> inputs, Operation operation) {
    for (NodeId& input : inputs) {
      if (input < 0) input = last();
    }
    graph.nodes.push_back({name, stage_, std::move(inputs), std::move(operation)});
    return last();
  }

  Graph graph;

 private:
  std::string stage_;
  unsigned seed_ = 0;
};

/// Stem with a max pool, a projection block, an identity block, an option-A block, pool and
/// classifier. Batch norms everywhere.
inline Graph small_resnet(core::ImageShape input = {3, 17, 14}) {
  Network net(input);
  net.stage("stem");
  net.conv("conv1", input.channels, 20, 7, 2);
  net.batch_norm("bn1", 20);
  net.relu("relu");
  net.append("maxpool", {-1}, MaxPool{});
  net.stage("conv2_x");
  NodeId block = net.last();
  net.conv("layer1.0.conv1", 20, 8, 1);
  net.batch_norm("layer1.0.bn1", 8);
  net.relu("layer1.0.relu1");
  net.conv("layer1.0.conv2", 8, 24, 3);
  const NodeId main = net.batch_norm("layer1.0.bn2", 24);
  net.conv("layer1.0.shortcut.0", 20, 24, 1, 1, false, block);
  net.add("layer1.0.add", main, net.batch_norm("layer1.0.shortcut.1", 24));
  block = net.relu("layer1.0.relu");
  net.conv("layer1.1.conv1", 24, 24, 3);
  net.batch_norm("layer1.1.bn1", 24);
  net.add("layer1.1.add", net.last(), block);
  block = net.relu("layer1.1.relu");
  net.stage("conv3_x");
  net.conv("layer2.0.conv1", 24, 32, 3, 2);
  const NodeId strided = net.batch_norm("layer2.0.bn1", 32);
  net.append("layer2.0.shortcut", {block}, SubsamplePad{2, 4, 32});
  net.add("layer2.0.add", strided, net.last());
  net.relu("layer2.0.relu");
  net.stage("classifier");
  net.append("avgpool", {-1}, GlobalAveragePool{});
  net.linear("fc", 32, 10);
  return net.graph;
}

}  // namespace shiftwise::graph
