// SPDX-License-Identifier: Apache-2.0
// Scaling channels by what flows in them: the function stays, the rounding errors shrink.
#include "quant/balance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/executor.h"
#include "quant/importance.h"
#include "tiny_networks.h"

namespace shiftwise::quant {
namespace {

const core::ImageShape kShape{3, 6, 6};

/// Two 1x1 convolutions; the first one's second channel is a small difference of large weights.
graph::Graph uneven() {
  TinyNetwork net(kShape);
  const auto x = net.relu(
      "relu0", net.conv("stem", 0, {3, 3, 1, 1}, {1, .1F, 0, 0, 1, .1F, .1F, 0, 1}, {1, 1, 1}));
  const auto y = net.relu(
      "relu1", net.conv("conv1", x, {2, 3, 1, 1}, {.8F, .7F, .9F, .8F, -.7F, -.09F}, {0, 0}));
  net.relu("relu2", net.conv("conv2", y, {2, 2, 1, 1}, {.5F, .4F, -.3F, .5F}, {.1F, .2F}));
  return net.graph;
}

Part part_of(const graph::Graph& graph) { return {graph, {1, graph.output()}}; }

std::vector<float> outputs(const graph::Graph& network) {
  const graph::Executor executor(network, {.images_per_chunk = 2, .observed = {}});
  std::vector<float> input(static_cast<std::size_t>(2 * kShape.elements()));
  for (std::size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>(static_cast<int>(i * 29 % 64) - 32) / 32;
  }
  std::vector<float> output(static_cast<std::size_t>(2 * executor.output_shape().elements()));
  executor.run(input, 2, output);
  return output;
}

TEST(Balance, LeavesTheFunctionAsItIs) {
  const graph::Graph graph = uneven();
  Part part = part_of(graph);
  const MadeImages images = noise(kShape, 20);
  const data::Normalization normalization;
  balance(part, {images, normalization, 20}, Residual::kWide, core::silent_progress());
  EXPECT_NE(weight_of(part.node(3).operation), weight_of(graph.nodes[3].operation));
  const std::vector<float> before = outputs(graph);
  const std::vector<float> after = outputs(part.network);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 1e-5);
}

TEST(Balance, GivesSmallChannelsMoreOfTheRange) {
  Part part = part_of(uneven());
  const MadeImages images = noise(kShape, 20);
  const data::Normalization normalization;
  const CalibrationData data{images, normalization, 20};
  const auto unevenness = [&] {
    ChannelStatistics statistics(part, Residual::kWide);
    stream(part.network, statistics.observed(), data, statistics, core::silent_progress());
    const std::vector<float> peak = statistics.profiles().at(4).peak;
    return peak[0] / peak[1];
  };
  const float before = unevenness();
  balance(part, data, Residual::kWide, core::silent_progress());
  EXPECT_LT(unevenness(), before / 1.2F);
}

TEST(Balance, ALayerOfZerosStaysOne) {
  graph::Graph graph = uneven();
  auto& conv = std::get<graph::Conv2d>(graph.nodes[3].operation);
  std::ranges::fill(conv.weight.values, 0.0F);
  Part part = part_of(graph);
  const MadeImages images = noise(kShape, 20);
  const data::Normalization normalization;
  balance(part, {images, normalization, 20}, Residual::kWide, core::silent_progress());
  for (const float w : weight_of(part.node(3).operation).values) EXPECT_EQ(w, 0.0F);
  for (const float value : outputs(part.network)) EXPECT_TRUE(std::isfinite(value));
}

TEST(Balance, LeavesARegionAloneThatCarriesNothing) {
  graph::Graph graph = uneven();
  // What conv1 makes nobody reads, and what conv2 reads is always zero.
  auto& made = std::get<graph::Conv2d>(graph.nodes[3].operation);
  std::fill(made.weight.values.begin() + 3, made.weight.values.end(), 0.0F);
  made.bias = {0, -1};
  auto& read = std::get<graph::Conv2d>(graph.nodes[5].operation);
  read.weight.values[0] = read.weight.values[2] = 0;
  Part part = part_of(graph);
  const MadeImages images = noise(kShape, 20);
  const data::Normalization normalization;
  balance(part, {images, normalization, 20}, Residual::kWide, core::silent_progress());
  for (const graph::NodeId id : {3, 5}) {
    const auto at = static_cast<std::size_t>(id);
    EXPECT_EQ(weight_of(part.node(id).operation), weight_of(graph.nodes[at].operation));
  }
}

TEST(Importance, IsWhatIndependentErrorsDoToTheOutput) {
  TinyNetwork net({2, 4, 4});
  const auto x = net.conv("conv1", 0, {2, 2, 1, 1}, {1, 0, 0, 1});
  const auto y = net.conv("conv2", x, {1, 2, 1, 1}, {3, -2});
  const auto z = net.conv("conv3", x, {1, 2, 3, 3}, std::vector<float>(18, .5F));
  net.sum("add", y, z);
  const Importance importance = find_importance(part_of(net.graph), {});
  // 16 pixels of 3^2 or 2^2 and nine taps of .5^2.
  EXPECT_DOUBLE_EQ(importance.at(x)[0], 16 * (9 + 9 * .25));
  EXPECT_DOUBLE_EQ(importance.at(x)[1], 16 * (4 + 9 * .25));
  EXPECT_DOUBLE_EQ(importance.at(y)[0], 16);
}

}  // namespace
}  // namespace shiftwise::quant
