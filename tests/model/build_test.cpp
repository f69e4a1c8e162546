// SPDX-License-Identifier: Apache-2.0
// What names and shapes say about a network.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "model/load.h"
#include "model/sketch.h"

namespace shiftwise::model {
namespace {

using tests::draw;
using tests::Sketch;
using Ints = std::vector<int>;
using Names = std::vector<std::string>;

Names names_of_stage(const graph::Graph& network, const std::string& stage) {
  Names names;
  for (const graph::Node& node : network.nodes) {
    if (node.stage == stage) names.push_back(node.name);
  }
  return names;
}

template <typename Operation>
const Operation& operation(const graph::Graph& network, const std::string& name) {
  return std::get<Operation>(
      network.nodes[static_cast<std::size_t>(graph::find(network, name))].operation);
}

bool notes_mention(const Description& description, const std::string& words) {
  return std::any_of(
      description.notes.begin(), description.notes.end(),
      [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

TEST(Build, ACifarBottleneckIsRecognized) {
  const Model model =
      build(draw({.depths = {3, 4, 6, 3}, .widths = {16, 32, 64, 128}, .bottleneck = true}));
  const Description& d = model.description;
  EXPECT_EQ(d.family, "CIFAR ResNet-50");
  EXPECT_EQ(d.block, "bottleneck");
  EXPECT_EQ(d.stem, "3x3 stride 1");
  EXPECT_EQ(d.shortcut, "projection");
  EXPECT_EQ(d.naming, "CIFAR");
  EXPECT_EQ(d.depths, (Ints{3, 4, 6, 3}));
  EXPECT_EQ(d.widths, (Ints{16, 32, 64, 128}));
  EXPECT_EQ(d.strides, (Ints{1, 2, 2, 2}));
  EXPECT_EQ(d.classes, 10);
  EXPECT_TRUE(d.notes.empty());
  EXPECT_EQ(graph::stages(model.network),
            (Names{"stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "classifier"}));
  EXPECT_EQ(model.network.input_shape(), (core::ImageShape{3, 32, 32}));
}

TEST(Build, ATorchvisionNetworkHasTheImagenetStem) {
  const Model model =
      build(draw({.depths = {2, 2, 2, 2}, .torchvision = true, .stem_kernel = 7, .classes = 1000}));
  EXPECT_EQ(model.description.family, "ImageNet ResNet-18");
  EXPECT_EQ(model.description.stem, "7x7 stride 2 + max pool");
  EXPECT_EQ(model.description.naming, "torchvision");
  EXPECT_EQ(model.description.classes, 1000);
  EXPECT_EQ(names_of_stage(model.network, "stem"), (Names{"conv1", "bn1", "relu", "maxpool"}));
  EXPECT_EQ(model.network.input_shape(), (core::ImageShape{3, 224, 224}));
  EXPECT_EQ(operation<graph::Conv2d>(model.network, "conv1").padding, 3);
  EXPECT_EQ(graph::verify(model.network)[4], (core::ImageShape{4, 56, 56}));
}

TEST(Build, TorchvisionNamesOverASmallStemAreNoted) {
  const Model model = build(draw({.torchvision = true}));
  EXPECT_EQ(model.description.stem, "3x3 stride 1");
  EXPECT_TRUE(notes_mention(model.description, "3x3 stem"));
}

TEST(Build, ABlockIsItsMainBranchThenItsShortcutThenTheSum) {
  const Model basic = build(draw({.depths = {2, 1, 1, 1}}));
  EXPECT_EQ(
      names_of_stage(basic.network, "conv2_x"),
      (Names{"layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu1", "layer1.0.conv2", "layer1.0.bn2",
             "layer1.0.add", "layer1.0.relu2", "layer1.1.conv1", "layer1.1.bn1", "layer1.1.relu1",
             "layer1.1.conv2", "layer1.1.bn2", "layer1.1.add", "layer1.1.relu2"}));
  const Model bottleneck =
      build(draw({.widths = {16, 32, 64, 128}, .bottleneck = true, .torchvision = true}));
  EXPECT_EQ(
      names_of_stage(bottleneck.network, "conv3_x"),
      (Names{"layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu1", "layer2.0.conv2", "layer2.0.bn2",
             "layer2.0.relu2", "layer2.0.conv3", "layer2.0.bn3", "layer2.0.downsample.0",
             "layer2.0.downsample.1", "layer2.0.add", "layer2.0.relu3"}));
  EXPECT_EQ(names_of_stage(bottleneck.network, "classifier"), (Names{"avgpool", "fc"}));
}

TEST(Build, TheSumTakesTheMainBranchFirst) {
  const graph::Graph network = build(draw({})).network;
  const auto inputs = [&](const std::string& name) {
    Names result;
    for (const graph::NodeId id :
         network.nodes[static_cast<std::size_t>(graph::find(network, name))].inputs) {
      result.push_back(network.nodes[static_cast<std::size_t>(id)].name);
    }
    return result;
  };
  EXPECT_EQ(inputs("layer1.0.add"), (Names{"layer1.0.bn2", "relu"}));
  EXPECT_EQ(inputs("layer2.0.add"), (Names{"layer2.0.bn2", "layer2.0.shortcut.1"}));
}

TEST(Build, TheStrideSitsOnTheFirst3x3) {
  const graph::Graph basic = build(draw({})).network;
  EXPECT_EQ(operation<graph::Conv2d>(basic, "layer2.0.conv1").stride, 2);
  EXPECT_EQ(operation<graph::Conv2d>(basic, "layer2.0.conv2").stride, 1);
  EXPECT_EQ(operation<graph::Conv2d>(basic, "layer2.0.shortcut.0").stride, 2);
  const graph::Graph bottleneck =
      build(draw({.widths = {16, 32, 64, 128}, .bottleneck = true})).network;
  EXPECT_EQ(operation<graph::Conv2d>(bottleneck, "layer2.0.conv1").stride, 1);
  EXPECT_EQ(operation<graph::Conv2d>(bottleneck, "layer2.0.conv2").stride, 2);
  EXPECT_EQ(operation<graph::Conv2d>(bottleneck, "layer2.0.conv3").stride, 1);
  EXPECT_EQ(operation<graph::Conv2d>(bottleneck, "layer2.0.conv2").padding, 1);
  EXPECT_EQ(operation<graph::Conv2d>(bottleneck, "layer2.0.conv1").padding, 0);
}

TEST(Build, OptionAOfEveryDepthHasNoParametersInItsShortcuts) {
  for (const int blocks : {3, 9, 18}) {
    const Model model = build(draw({.depths = {blocks, blocks, blocks},
                                    .widths = {4, 8, 16},
                                    .strides = {1, 2, 2},
                                    .projections = false}));
    EXPECT_EQ(model.description.family, "CIFAR ResNet-" + std::to_string(6 * blocks + 2));
    EXPECT_EQ(model.description.shortcut, "option A");
    EXPECT_EQ(model.description.strides, (Ints{1, 2, 2}));
    EXPECT_TRUE(model.description.notes.empty());
    const auto& shortcut = operation<graph::SubsamplePad>(model.network, "layer3.0.shortcut");
    EXPECT_EQ(shortcut.stride, 2);
    EXPECT_EQ(shortcut.channels_before, 4);
    EXPECT_EQ(shortcut.outputs, 16);
  }
}

TEST(Build, ThePublishedSplitKeepsItsNamesAndStride1) {
  const Model model = build(tests::draw_split({3, 2, 1, 1}));
  const Description& d = model.description;
  EXPECT_EQ(d.naming, "published split");
  EXPECT_EQ(d.depths, (Ints{3, 2, 1, 1}));
  EXPECT_EQ(d.strides, (Ints{1, 1, 1, 1}));
  EXPECT_TRUE(notes_mention(d, "--strides 1,2,2,2"));
  EXPECT_EQ(names_of_stage(model.network, "stem"),
            (Names{"first.conv1", "first.bn1", "first.relu"}));
  const Names conv2_x = names_of_stage(model.network, "conv2_x");
  EXPECT_EQ(
      Names(conv2_x.begin(), conv2_x.begin() + 8),
      (Names{"aie.layer1.conv1", "aie.layer1.relu1", "aie.layer1.conv2", "aie.layer1.relu2",
             "aie.layer1.conv3", "aie.layer1.shortcut.0", "aie.layer1.add", "aie.layer1.relu3"}));
  EXPECT_EQ(names_of_stage(model.network, "conv3_x").front(), "post.layer2.0.conv1");
  EXPECT_EQ(names_of_stage(model.network, "classifier"), (Names{"post.avgpool", "post.linear"}));

  const Model usual = build(tests::draw_split({3, 2, 1, 1}), {.strides = Ints{1, 2, 2, 2}});
  EXPECT_EQ(usual.description.strides, (Ints{1, 2, 2, 2}));
  EXPECT_TRUE(usual.description.notes.empty());
}

/// The same network as the repositories name it whose blocks are one Sequential.
Checkpoint renamed_sequential(const Checkpoint& from) {
  static const std::regex kBlock(R"(layer(\d)\.(\d+)\.(conv|bn)(\d)\.)");
  static const std::regex kShortcut(R"(layer(\d)\.)");
  Checkpoint result;
  for (const auto& [name, tensor] : from.tensors) {
    std::string renamed = std::regex_replace(name, std::regex("^linear"), "fc");
    renamed = std::regex_replace(renamed, std::regex("^conv1"), "conv1.0");
    renamed = std::regex_replace(renamed, std::regex("^bn1"), "conv1.1");
    std::smatch match;
    if (std::regex_search(name, match, kBlock)) {
      const int place = 3 * (std::stoi(match[4]) - 1) + (match[3] == "bn" ? 1 : 0);
      renamed = "conv" + std::to_string(std::stoi(match[1]) + 1) + "_x." + match[2].str() +
                ".residual_function." + std::to_string(place) + "." + match.suffix().str();
    } else if (std::regex_search(name, match, kShortcut)) {
      renamed = "conv" + std::to_string(std::stoi(match[1]) + 1) + "_x." + match.suffix().str();
    }
    result.tensors[renamed] = tensor;
  }
  return result;
}

TEST(Build, BlocksWrittenAsOneSequentialAreTheSameNetwork) {
  for (const bool bottleneck : {false, true}) {
    const Checkpoint plain = draw({.widths = {16, 32, 64, 128}, .bottleneck = bottleneck});
    const Model expected = build(plain);
    const Model model = build(renamed_sequential(plain));
    EXPECT_EQ(model.description.naming, "sequential");
    EXPECT_EQ(model.description.family, expected.description.family);
    EXPECT_EQ(model.description.strides, expected.description.strides);
    ASSERT_EQ(model.network.nodes.size(), expected.network.nodes.size());
    for (std::size_t i = 0; i < model.network.nodes.size(); ++i) {
      EXPECT_EQ(graph::kind(model.network.nodes[i].operation),
                graph::kind(expected.network.nodes[i].operation));
      EXPECT_EQ(model.network.nodes[i].inputs, expected.network.nodes[i].inputs);
    }
  }
}

TEST(Build, ShortcutsTellStridesThatAreNotTheUsualOnes) {
  const Sketch sketch{.widths = {8, 8, 16, 16}, .strides = {2, 1, 2, 2}};
  const Model model = build(draw(sketch));
  EXPECT_EQ(model.description.strides, (Ints{2, 1, 2, 2}));
  EXPECT_EQ(model.description.shortcut, "projection");
  EXPECT_TRUE(notes_mention(model.description, "2,1,2,2"));
  const Model given = build(draw(sketch), {.strides = Ints{2, 1, 1, 2}});
  EXPECT_EQ(given.description.strides, (Ints{2, 1, 1, 2}));
  EXPECT_TRUE(given.description.notes.empty());
}

TEST(Build, WithoutAnyShortcutWorkTheExtentsAreKept) {
  const Model model = build(draw({.widths = {8, 8, 8, 8}, .projections = false}));
  EXPECT_EQ(model.description.shortcut, "none");
  EXPECT_EQ(model.description.strides, (Ints{1, 1, 1, 1}));
  const Model halved =
      build(draw({.widths = {8, 8, 8, 8}, .projections = false}), {.strides = Ints{1, 2, 2, 2}});
  EXPECT_EQ(halved.description.shortcut, "option A");
}

TEST(Build, OverridesReplaceWhatWasInferred) {
  const Model model = build(draw({.stem_kernel = 7}), {.strides = Ints{1, 2, 1, 2},
                                                       .input_size = Ints{48, 40},
                                                       .stem_stride = 1,
                                                       .stem_pool = false,
                                                       .batch_norm_epsilon = 0.001F});
  EXPECT_EQ(model.description.stem, "7x7 stride 1");
  EXPECT_EQ(model.description.strides, (Ints{1, 2, 1, 2}));
  EXPECT_EQ(model.network.input_shape(), (core::ImageShape{3, 48, 40}));
  EXPECT_EQ(operation<graph::BatchNorm>(model.network, "layer3.0.bn2").epsilon, 0.001F);
}

TEST(Build, ParametersAreCountedAsPyTorchDoes) {
  const Model model = build(draw({.depths = {1}, .widths = {2}, .strides = {1}, .classes = 5}));
  EXPECT_EQ(model.description.parameters, 2 * 3 * 9 + 4 + 2 * (2 * 2 * 9 + 4) + (5 * 2 + 5));
}

TEST(Build, TensorsMoveIntoTheNetwork) {
  Checkpoint checkpoint = draw({});
  const float* values = checkpoint.tensors.at("layer1.0.conv1.weight").values.data();
  const Model model = build(std::move(checkpoint));
  EXPECT_EQ(operation<graph::Conv2d>(model.network, "layer1.0.conv1").weight.values.data(), values);
}

TEST(Build, FoldedNetworksHaveNoBatchNorms) {
  Checkpoint checkpoint = draw({});
  std::erase_if(checkpoint.tensors, [](const auto& entry) {
    return entry.first.find("bn") != std::string::npos ||
           entry.first.find("shortcut.1") != std::string::npos;
  });
  checkpoint.tensors["layer1.0.conv1.bias"] = core::Tensor<float>({4});
  const graph::Graph network = build(std::move(checkpoint)).network;
  EXPECT_EQ(operation<graph::Conv2d>(network, "layer1.0.conv1").bias.size(), 4u);
  EXPECT_TRUE(operation<graph::Conv2d>(network, "layer1.0.conv2").bias.empty());
  EXPECT_TRUE(std::none_of(network.nodes.begin(), network.nodes.end(), [](const graph::Node& node) {
    return std::holds_alternative<graph::BatchNorm>(node.operation);
  }));
}

TEST(Build, MetadataThatFitsIsTakenAndTheRestIsNoted) {
  Checkpoint checkpoint = draw({.classes = 2});
  checkpoint.metadata = {{"mean", "0.5,0.25,0"}, {"std", "1,2,0.5"}, {"classes", "cat,dog"}};
  const Description good = build(checkpoint).description;
  EXPECT_EQ(good.mean, (std::array<float, 3>{0.5F, 0.25F, 0}));
  EXPECT_EQ(good.std, (std::array<float, 3>{1, 2, 0.5F}));
  EXPECT_EQ(good.class_names, (Names{"cat", "dog"}));
  EXPECT_TRUE(good.notes.empty());

  checkpoint.metadata = {{"mean", "0.5"}, {"std", "1,0,1"}, {"classes", "cat"}};
  const Description bad = build(checkpoint).description;
  EXPECT_FALSE(bad.mean.has_value());
  EXPECT_FALSE(bad.std.has_value());
  EXPECT_TRUE(bad.class_names.empty());
  EXPECT_EQ(bad.notes.size(), 3u);
}

}  // namespace
}  // namespace shiftwise::model
