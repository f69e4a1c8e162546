// SPDX-License-Identifier: Apache-2.0
#include "quant/equalize.h"

#include <gtest/gtest.h>

#include "tiny_networks.h"

namespace shiftwise::quant {
namespace {

const graph::Conv2d& conv(const graph::Graph& graph, std::string_view name) {
  return std::get<graph::Conv2d>(
      graph.nodes[static_cast<std::size_t>(graph::find(graph, name))].operation);
}

std::vector<std::string> names(const graph::Graph& graph, const std::vector<graph::NodeId>& ids) {
  std::vector<std::string> result;
  for (const auto id : ids) result.push_back(graph.nodes[static_cast<std::size_t>(id)].name);
  return result;
}

TEST(Equalize, GivesTheBitsOfTheWorkedExample) {
  TinyNetwork net({1, 1, 1});
  const auto first =
      net.relu("relu", net.conv("first", 0, {2, 1, 1, 1}, {.5F, -4.0F}, {3.0F, .25F}));
  net.conv("second", first, {2, 2, 1, 1}, {1.0F, .125F, -.5F, .2F}, {.1F, .2F});
  const EqualizationResult result = equalize(net.graph);
  EXPECT_EQ(result.sweeps, 2);
  EXPECT_EQ(conv(net.graph, "first").weight.values, (std::vector<float>{.408248276F, -.8944273F}));
  EXPECT_EQ(conv(net.graph, "first").bias, (std::vector<float>{2.44948959F, .0559017062F}));
  EXPECT_EQ(conv(net.graph, "second").weight.values,
            (std::vector<float>{1.22474492F, .559016943F, -.612372458F, .894427121F}));
  EXPECT_EQ(conv(net.graph, "second").bias, (std::vector<float>{.1F, .2F}));
}

TEST(Equalize, LeavesADeadChannelAlone) {
  TinyNetwork net({1, 1, 1});
  const auto first =
      net.relu("relu", net.conv("first", 0, {2, 1, 1, 1}, {0.0F, 2.0F}, {0.0F, 0.0F}));
  net.conv("second", first, {1, 2, 1, 1}, {5.0F, .5F}, {0.0F});
  equalize(net.graph);
  EXPECT_EQ(conv(net.graph, "first").weight.values[0], 0.0F);
  EXPECT_EQ(conv(net.graph, "second").weight.values[0], 5.0F);
}

TEST(ShrinkFactor, FollowsTheTableOfTheFlow) {
  struct Row {
    std::vector<float> weight;
    std::vector<float> bias;
    double median;
    double mean;
    int k;
  };
  const std::vector<float> plain{1, -2, .5F, .25F};
  for (const Row& row :
       {Row{plain, {3, 1}, 2, 2.625, 2}, Row{{1, 0, .5F, .25F}, {3, .5F}, 2, 7.5e8, 5},
        Row{plain, {40, 1}, 4, 16.5, 5}, Row{plain, {40, 10}, 20, 30, 10},
        Row{plain, {80, 20}, 40, 60, 20}, Row{{.1F, -.1F, .1F, .02F}, {9, 2}, 90, 75, 20}}) {
    const ShrinkFactor factor = shrink_factor(row.weight, row.bias);
    EXPECT_EQ(factor.k, row.k);
    EXPECT_NEAR(factor.median, row.median, 1e-5 * row.median);
    EXPECT_NEAR(factor.mean, row.mean, 1e-3 * row.mean);
    EXPECT_FALSE(factor.ambiguous);
  }
}

TEST(ShrinkFactor, SaysWhenAStatisticTouchesALimit) {
  EXPECT_TRUE(shrink_factor(std::vector<float>{.3F}, std::vector<float>{9.0F}).ambiguous);
  EXPECT_FALSE(shrink_factor(std::vector<float>{.3F}, std::vector<float>{8.0F}).ambiguous);
}

/// Two identity blocks behind a projection block: conv names as in a basic ResNet.
graph::Graph stage() {
  TinyNetwork net({2, 4, 4});
  const std::vector<float> weight(4, .5F);
  const auto block = [&](const std::string& name, graph::NodeId input, bool projects) {
    auto x = net.relu(name + "relu1", net.conv(name + "conv1", input, {2, 2, 1, 1}, weight));
    x = net.conv(name + "conv2", x, {2, 2, 1, 1}, weight);
    const auto skip = projects ? net.conv(name + "shortcut", input, {2, 2, 1, 1}, weight) : input;
    return net.relu(name + "relu2", net.sum(name + "add", x, skip));
  };
  block("c.", block("b.", block("a.", 0, true), false), true);
  return net.graph;
}

TEST(FindRegions, AddsJoinTheConvolutionsOfAResidualStream) {
  const graph::Graph graph = stage();
  const auto regions = find_regions(graph);
  ASSERT_EQ(regions.size(), 4U);
  EXPECT_EQ(names(graph, regions[0].sources), (std::vector<std::string>{"a.conv1"}));
  EXPECT_EQ(names(graph, regions[1].sources),
            (std::vector<std::string>{"a.conv2", "a.shortcut", "b.conv2"}));
  EXPECT_EQ(names(graph, regions[1].sinks),
            (std::vector<std::string>{"b.conv1", "c.conv1", "c.shortcut"}));
  EXPECT_EQ(names(graph, regions[2].sources), (std::vector<std::string>{"b.conv1"}));
  EXPECT_EQ(names(graph, regions[3].sources), (std::vector<std::string>{"c.conv1"}));
}

TEST(FindRegions, WhatReachesTheInputThroughAnAddIsLeftAlone) {
  TinyNetwork net({2, 4, 4});
  const std::vector<float> weight(4, .5F);
  const auto x = net.conv("conv1", 0, {2, 2, 1, 1}, weight);
  net.conv("conv2", net.relu("relu", net.sum("add", x, 0)), {2, 2, 1, 1}, weight);
  EXPECT_TRUE(find_regions(net.graph).empty());
}

TEST(FindRegions, ZeroPaddedChannelsAreLeftAlone) {
  TinyNetwork net({2, 4, 4});
  const std::vector<float> weight(4, .5F);
  const auto x = net.relu("relu1", net.conv("conv1", 0, {2, 2, 1, 1}, weight));
  const auto padded = net.add("shortcut", {x}, graph::SubsamplePad{1, 1, 4});
  net.conv("conv2", padded, {2, 4, 1, 1}, std::vector<float>(8, .5F));
  EXPECT_TRUE(find_regions(net.graph).empty());
}

}  // namespace
}  // namespace shiftwise::quant
