// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/networks.h"
#include "graph/print.h"
#include "graph/refusal.h"

namespace shiftwise::graph {
namespace {

TEST(Find, KnowsEveryNode) {
  const Graph graph = small_resnet();
  for (NodeId id = 0; id <= graph.output(); ++id) {
    EXPECT_EQ(find(graph, graph.nodes[static_cast<std::size_t>(id)].name), id);
  }
}

TEST(Find, SuggestsNearNames) {
  EXPECT_TRUE(says(refusal([] { find(small_resnet(), "layer1.0.con1"); }),
                   "did you mean 'layer1.0.conv1'"));
}

TEST(Consumers, ListEachReaderOnce) {
  Network net({4, 2, 2});
  net.add("twice", 0, 0);
  EXPECT_EQ(consumers(net.graph), (std::vector<std::vector<NodeId>>{{1}, {}}));
}

TEST(Kind, IsTheWordForEachOperation) {
  std::vector<std::string_view> kinds;
  for (const Operation& op :
       {Operation(Input{}), Operation(Conv2d{}), Operation(BatchNorm{}), Operation(Relu{}),
        Operation(Add{}), Operation(MaxPool{}), Operation(SubsamplePad{}),
        Operation(GlobalAveragePool{}), Operation(Linear{})}) {
    kinds.push_back(kind(op));
  }
  EXPECT_EQ(kinds, (std::vector<std::string_view>{"input", "conv2d", "batch_norm", "relu", "add",
                                                  "max_pool", "subsample_pad",
                                                  "global_average_pool", "linear"}));
}

TEST(Verify, InfersShapesOfOddImages) {
  const Graph graph = small_resnet({3, 17, 14});
  const std::vector<core::ImageShape> shapes = verify(graph);
  const auto shape = [&](const char* name) {
    return shapes[static_cast<std::size_t>(find(graph, name))];
  };
  EXPECT_EQ(shape("conv1"), (core::ImageShape{20, 9, 7}));
  EXPECT_EQ(shape("maxpool"), (core::ImageShape{20, 5, 4}));
  EXPECT_EQ(shape("layer2.0.conv1"), (core::ImageShape{32, 3, 2}));
  EXPECT_EQ(shape("layer2.0.shortcut"), (core::ImageShape{32, 3, 2}));
  EXPECT_EQ(shape("avgpool"), (core::ImageShape{32, 1, 1}));
  EXPECT_EQ(shape("fc"), (core::ImageShape{10, 1, 1}));
}

/// small_resnet() with one node spoilt.
template <typename Spoil>
std::string refused(const char* name, Spoil spoil) {
  Graph graph = small_resnet();
  spoil(graph.nodes[static_cast<std::size_t>(find(graph, name))]);
  return refusal([&] { verify(graph); });
}

TEST(Verify, AcceptsTheSoundNetwork) {
  EXPECT_EQ(refused("fc", [](Node&) {}), "accepted");
}

TEST(Verify, RefusesAnEmptyNetwork) {
  EXPECT_TRUE(says(refusal([] { verify({}); }), "no nodes"));
}

TEST(Verify, RefusesWrongOrder) {
  EXPECT_TRUE(says(refused("layer1.0.conv1", [](Node& node) { node.inputs[0] = 30; }),
                   "reads node 30, which is not before it"));
  EXPECT_TRUE(
      says(refused("layer1.0.conv1", [](Node& node) { node.inputs[0] = -1; }), "reads node -1"));
}

TEST(Verify, RefusesWrongArity) {
  EXPECT_TRUE(says(refused("layer1.0.add", [](Node& node) { node.inputs.pop_back(); }),
                   "it has 1 inputs where 2 are needed"));
  EXPECT_TRUE(says(refused("relu", [](Node& node) { node.inputs.push_back(0); }),
                   "it has 2 inputs where 1 are needed"));
}

TEST(Verify, RefusesASecondInputAndAMissingOne) {
  EXPECT_TRUE(says(refused("relu", [](Node& node) { node.operation = Input{{1, 1, 1}}; }),
                   "no other, must be the input"));
  EXPECT_TRUE(
      says(refused("input", [](Node& node) { node.operation = Relu{}; }), "must be the input"));
}

TEST(Verify, RefusesNamesThatAreTaken) {
  EXPECT_TRUE(says(refused("relu", [](Node& node) { node.name = "conv1"; }),
                   "relu 'conv1'\n  why:   another node has the same name"));
  EXPECT_TRUE(says(refused("relu", [](Node& node) { node.name.clear(); }), "has no name"));
}

TEST(Verify, RefusesParametersOfTheWrongShape) {
  EXPECT_TRUE(says(refused("layer1.0.conv1",
                           [](Node& node) {
                             std::get<Conv2d>(node.operation).weight =
                                 core::Tensor<float>({8, 19, 1, 1});
                           }),
                   "takes 19 channels but its input has 20"));
  EXPECT_TRUE(says(refused("layer1.0.conv1",
                           [](Node& node) {
                             std::get<Conv2d>(node.operation).weight =
                                 core::Tensor<float>({8, 20, 1, 2});
                           }),
                   "1x2 is not square"));
  EXPECT_TRUE(
      says(refused("layer1.0.conv1",
                   [](Node& node) { std::get<Conv2d>(node.operation).weight.values.pop_back(); }),
           "[8, 20, 1, 1] holds 159 values"));
  EXPECT_TRUE(says(
      refused("layer1.0.conv1",
              [](Node& node) { std::get<Conv2d>(node.operation).weight.shape = {0, 20, 1, 1}; }),
      "has the shape [0, 20, 1, 1]"));
  EXPECT_TRUE(says(refused("layer1.0.conv1",
                           [](Node& node) { std::get<Conv2d>(node.operation).bias.resize(7); }),
                   "its bias has 7 values for 8 channels"));
  EXPECT_TRUE(
      says(refused("bn1", [](Node& node) { std::get<BatchNorm>(node.operation).mean.resize(3); }),
           "its running mean has 3 values for 20 channels"));
  EXPECT_TRUE(says(refused("fc",
                           [](Node& node) {
                             std::get<Linear>(node.operation).weight =
                                 core::Tensor<float>({10, 32, 1});
                           }),
                   "must have 2 dimensions"));
}

TEST(Verify, RefusesParametersThatAreNotFinite) {
  EXPECT_TRUE(
      says(refused("layer1.0.conv1",
                   [](Node& node) { std::get<Conv2d>(node.operation).weight.values[5] = NAN; }),
           "conv2d 'layer1.0.conv1'\n  why:   its weight holds nan at index 5"));
  EXPECT_TRUE(
      says(refused("fc", [](Node& node) { std::get<Linear>(node.operation).bias[9] = -INFINITY; }),
           "its bias holds -inf at index 9"));
  EXPECT_TRUE(says(
      refused("bn1", [](Node& node) { std::get<BatchNorm>(node.operation).variance[0] = -1.0F; }),
      "variance -1"));
}

TEST(InferShapes, IsVerifyWithoutALookAtValues) {
  Graph graph = small_resnet();
  const std::vector<core::ImageShape> shapes = verify(graph);
  std::get<Linear>(graph.nodes.back().operation).bias[0] = NAN;
  EXPECT_NE(refusal([&] { verify(graph); }), "accepted");
  EXPECT_EQ(infer_shapes(graph), shapes);
  std::get<Linear>(graph.nodes.back().operation).bias.pop_back();
  EXPECT_NE(refusal([&] { infer_shapes(graph); }), "accepted");
}

TEST(Verify, RefusesWindowsThatDoNotFit) {
  EXPECT_TRUE(says(refusal([] {
                     Network net({3, 2, 9});
                     net.append("pool", {-1}, MaxPool{.kernel = 3, .stride = 1, .padding = 0});
                     verify(net.graph);
                   }),
                   "a 3x3 window does not fit an input of 3x2x9"));
  EXPECT_TRUE(
      says(refused("maxpool", [](Node& node) { std::get<MaxPool>(node.operation).padding = 2; }),
           "its padding is 2, outside 0 to 1"));
  EXPECT_TRUE(
      says(refused("conv1", [](Node& node) { std::get<Conv2d>(node.operation).stride = 0; }),
           "its stride is 0"));
}

TEST(Verify, RefusesUnequalSums) {
  EXPECT_TRUE(says(refused("layer2.0.shortcut",
                           [](Node& node) { std::get<SubsamplePad>(node.operation).stride = 1; }),
                   "it adds 32x3x2 and 32x5x4"));
  EXPECT_TRUE(
      says(refused("layer2.0.shortcut",
                   [](Node& node) { std::get<SubsamplePad>(node.operation).channels_before = 9; }),
           "channels before is 9, outside 0 to 8"));
}

TEST(Verify, RefusesActivationsOfGibibytes) {
  EXPECT_TRUE(says(refusal([] {
                     Network net({1 << 20, 1 << 10, 1});
                     verify(net.graph);
                   }),
                   "is larger than 268435456 values"));
}

TEST(Stages, AreListedInOrder) {
  EXPECT_EQ(stages(small_resnet()),
            (std::vector<std::string>{"stem", "conv2_x", "conv3_x", "classifier"}));
}

TEST(FindStages, GivesTheNodesOfOneOrSeveral) {
  const Graph graph = small_resnet();
  const Range one = find_stages(graph, "conv2_x");
  EXPECT_EQ(one.first, find(graph, "layer1.0.conv1"));
  EXPECT_EQ(one.last, find(graph, "layer1.1.relu"));
  const Range two = find_stages(graph, "conv2_x,conv3_x");
  EXPECT_EQ(two.first, one.first);
  EXPECT_EQ(two.last, find(graph, "layer2.0.relu"));
  const Range all = find_stages(graph, "all");
  EXPECT_EQ(all.first, 1);
  EXPECT_EQ(all.last, graph.output());
}

TEST(FindStages, RefusesUnknownAndScatteredStages) {
  const Graph graph = small_resnet();
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, "conv2x"); }),
                   "its stages are stem, conv2_x, conv3_x, classifier", "did you mean 'conv2_x'"));
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, "conv2_x,classifier"); }),
                   "'conv3_x' (layer2.0.conv1) lies between them"));
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, ""); }), "no stage ''"));
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, "conv2_x,"); }), "no stage ''"));
}

TEST(FindStages, RefusesStagesThatAreNotCutOffByOneValue) {
  Graph graph = small_resnet();
  graph.nodes[static_cast<std::size_t>(find(graph, "layer1.0.conv2"))].stage = "half";
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, "half"); }), "accepted"));
  graph = small_resnet();
  graph.nodes[static_cast<std::size_t>(find(graph, "layer1.0.shortcut.0"))].stage = "half";
  EXPECT_TRUE(says(refusal([&] { find_stages(graph, "half"); }),
                   "'layer1.0.shortcut.0' reads 'maxpool' across its border"));
}

TEST(Slice, IsANetworkOfItsOwn) {
  const Graph graph = small_resnet();
  const Graph part = slice(graph, find_stages(graph, "conv2_x"));
  EXPECT_EQ(part.nodes[0].name, "maxpool");
  EXPECT_EQ(part.input_shape(), (core::ImageShape{20, 5, 4}));
  EXPECT_EQ(part.nodes.back().name, "layer1.1.relu");
  EXPECT_EQ(verify(part).back(), (core::ImageShape{24, 5, 4}));
}

TEST(Slice, OfNothingIsAnInput) {
  const Graph graph = small_resnet();
  const NodeId end = graph.output() + 1;
  EXPECT_EQ(slice(graph, {1, 0}).nodes.size(), 1U);
  EXPECT_EQ(slice(graph, {1, 0}).input_shape(), graph.input_shape());
  EXPECT_EQ(slice(graph, {end, end - 1}).input_shape(), (core::ImageShape{10, 1, 1}));
}

TEST(Macs, CountMultiplications) {
  const Graph graph = small_resnet();
  const std::vector<std::int64_t> count = macs(graph);
  EXPECT_EQ(count[static_cast<std::size_t>(find(graph, "conv1"))], 9 * 7 * 20 * 3 * 49);
  EXPECT_EQ(count[static_cast<std::size_t>(find(graph, "fc"))], 320);
  EXPECT_EQ(count[static_cast<std::size_t>(find(graph, "relu"))], 0);
}

TEST(Print, GivesEachNodeALine) {
  const std::string text = print(small_resnet());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'),
            static_cast<std::ptrdiff_t>(small_resnet().nodes.size()));
  EXPECT_TRUE(says(text, "3 -> 20, 7x7, stride 2, padding 3"));
  EXPECT_TRUE(says(text, "-> 32, stride 2, 4 zero channels before"));
  EXPECT_TRUE(says(text, "20x5x4"));
}

}  // namespace
}  // namespace shiftwise::graph
