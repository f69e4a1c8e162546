// SPDX-License-Identifier: Apache-2.0
// Float networks and images made by hand, for tests that check numbers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "graph/graph.h"

namespace shiftwise::quant {

/// Convolutions, ReLUs and adds of a one-stage network, node by node.
class TinyNetwork {
 public:
  explicit TinyNetwork(core::ImageShape input) { add("input", {}, graph::Input{input}); }

  graph::NodeId conv(const std::string& name, graph::NodeId from, core::Shape shape,
                     std::vector<float> weight, std::vector<float> bias = {}) {
    const int padding = static_cast<int>(shape[2] / 2);
    return add(name, {from},
               graph::Conv2d{.weight = {std::move(shape), std::move(weight)},
                             .bias = std::move(bias),
                             .padding = padding});
  }
  graph::NodeId relu(const std::string& name, graph::NodeId from) {
    return add(name, {from}, graph::Relu{});
  }
  graph::NodeId sum(const std::string& name, graph::NodeId a, graph::NodeId b) {
    return add(name, {a, b}, graph::Add{});
  }
  graph::NodeId add(const std::string& name, std::vector<graph::NodeId> inputs,
                    graph::Operation operation) {
    graph.nodes.push_back(
        {name, inputs.empty() ? "" : stage, std::move(inputs), std::move(operation)});
    return graph.output();
  }

  graph::Graph graph;
  std::string stage = "conv2_x";
};

/// Images whose pixels a test computes.
class MadeImages : public data::Dataset {
 public:
  MadeImages(core::ImageShape shape, std::vector<std::vector<std::uint8_t>> images)
      : shape_(shape), images_(std::move(images)) {}

  std::string describe() const override { return "images made by a test"; }
  std::int64_t size() const override { return std::ssize(images_); }
  core::ImageShape shape() const override { return shape_; }
  int label(std::int64_t) const override { return -1; }
  const std::vector<std::string>& class_names() const override { return names_; }
  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    const auto& image = images_.at(static_cast<std::size_t>(i));
    std::copy(image.begin(), image.end(), pixels.begin());
  }
  std::vector<std::filesystem::path> files() const override { return {}; }

 private:
  core::ImageShape shape_;
  std::vector<std::vector<std::uint8_t>> images_;
  std::vector<std::string> names_;
};

/// `count` images of pseudo-random pixels, always the same.
inline MadeImages noise(core::ImageShape shape, int count) {
  std::vector<std::vector<std::uint8_t>> images(static_cast<std::size_t>(count));
  std::uint32_t state = 1;
  for (auto& image : images) {
    for (std::int64_t i = 0; i < shape.elements(); ++i) {
      state = state * 1664525 + 1013904223;
      image.push_back(static_cast<std::uint8_t>(state >> 24));
    }
  }
  return {shape, std::move(images)};
}

}  // namespace shiftwise::quant
