// SPDX-License-Identifier: Apache-2.0
#include "quant/quantize.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "qgraph/qgraph_json.h"
#include "tiny_networks.h"

namespace shiftwise::quant {
namespace {

/// stem, one bottleneck with a projection, one stage more, pool and classifier.
graph::Graph network(float stem_bias = .2F) {
  TinyNetwork net({3, 6, 6});
  const auto weights = [](std::size_t count, int seed) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<float>(
                      static_cast<int>((i * 37 + static_cast<std::size_t>(seed)) % 41) - 20) /
                  60;
    }
    return values;
  };
  net.stage = "stem";
  auto x = net.relu("relu", net.conv("conv1", 0, {4, 3, 3, 3}, weights(108, 1),
                                     std::vector<float>(4, stem_bias)));
  for (const std::string stage : {"conv2_x", "conv3_x"}) {
    net.stage = stage;
    const std::string p = stage + ".";
    auto y = net.relu(p + "relu1", net.conv(p + "conv1", x, {4, 4, 1, 1}, weights(16, 2)));
    y = net.relu(p + "relu2", net.conv(p + "conv2", y, {4, 4, 3, 3}, weights(144, 3)));
    y = net.conv(p + "conv3", y, {4, 4, 1, 1}, weights(16, 4));
    const auto skip = net.conv(p + "shortcut", x, {4, 4, 1, 1}, weights(16, 5));
    x = net.relu(p + "relu3", net.sum(p + "add", y, skip));
  }
  net.stage = "classifier";
  x = net.add("avgpool", {x}, graph::GlobalAveragePool{});
  net.add("linear", {x}, graph::Linear{.weight = {{5, 4}, weights(20, 6)}, .bias = weights(5, 7)});
  return net.graph;
}

const core::ImageShape kShape{3, 6, 6};

Result run(const graph::Graph& graph, const Options& options, int images = 70) {
  return quantize(graph, noise(kShape, images), {}, options, core::silent_progress());
}

TEST(Quantize, GivesTheSameNetworkForAnyNumberOfThreads) {
  for (const Preset preset : {Preset::kSeed, Preset::kAccurate}) {
    std::vector<std::string> texts;
    std::vector<std::vector<std::int32_t>> biases;
    for (const int threads : {1, 2, 3}) {
      core::set_thread_limit(threads);
      const Result result = run(network(), {.preset = preset, .offload = "all"});
      texts.push_back(qgraph::to_json(result.network).dump());
      biases.push_back(std::get<qgraph::Conv2d>(result.network.nodes[1].operation).bias);
    }
    core::set_thread_limit(0);
    EXPECT_EQ(texts[0], texts[1]);
    EXPECT_EQ(texts[0], texts[2]);
    EXPECT_EQ(biases[0], biases[2]);
  }
}

TEST(Quantize, EveryChoiceOfStagesMakesAValidNetwork) {
  for (const char* offload :
       {"conv2_x", "conv3_x", "conv2_x,conv3_x", "stem,conv2_x", "conv3_x,classifier", "all"}) {
    for (const Preset preset : {Preset::kSeed, Preset::kAccurate}) {
      const Result result = run(network(), {.preset = preset, .offload = offload});
      EXPECT_NO_THROW(qgraph::verify(result.network)) << offload;
      EXPECT_GT(result.output_sqnr_db, 15) << offload;
    }
  }
}

TEST(Quantize, TheAccuratePresetIsUnsignedWideAndNeverShiftsLeft) {
  const Result result = run(network(), {.offload = "conv2_x,conv3_x"});
  EXPECT_EQ(result.network.input_type().element, qgraph::Element::kUint8);
  for (const LayerReport& layer : result.layers) {
    EXPECT_GE(layer.shift, 0) << layer.name;
    EXPECT_EQ(layer.refusal, "");
  }
  const auto& nodes = result.network.nodes;
  const auto wide = [](const qgraph::Node& node) {
    return node.output.element == qgraph::Element::kInt32;
  };
  EXPECT_EQ(std::ranges::count_if(nodes, wide), 4);  // conv3 and projection of two blocks
}

TEST(Quantize, TheSeedPresetTakesItsInputSignedAndRoundsBothBranches) {
  const Result result = run(network(), {.preset = Preset::kSeed});
  EXPECT_EQ(result.network.input_type().element, qgraph::Element::kInt8);
  for (const auto& node : result.network.nodes) {
    EXPECT_NE(node.output.element, qgraph::Element::kInt32) << node.name;
  }
}

TEST(Quantize, TheAccuratePresetIsAtLeastOneDecibelBetter) {
  for (const char* offload : {"conv2_x", "conv2_x,conv3_x", "all"}) {
    const Result seed = run(network(), {.preset = Preset::kSeed, .offload = offload});
    const Result accurate = run(network(), {.offload = offload});
    EXPECT_GE(accurate.output_sqnr_db, seed.output_sqnr_db + 1) << offload;
  }
}

TEST(Quantize, ALeftShiftIsReportedWithItsLayer) {
  // Both operands of the add are large and cancel, so the sum wants a finer exponent than
  // they have: the seed's flow asks the hardware for a left shift.
  TinyNetwork net({3, 6, 6});
  const auto x = net.relu("relu0", net.conv("stem", 0, {1, 3, 1, 1}, {.1F, .1F, .1F}, {.5F}));
  const auto a = net.conv("up", x, {1, 1, 1, 1}, {8.0F}, {0.0F});
  const auto b = net.conv("down", x, {1, 1, 1, 1}, {-7.9F}, {0.0F});
  net.relu("relu", net.sum("add", a, b));
  const Result result = run(net.graph, {.preset = Preset::kSeed});
  const LayerReport& add = result.layers.back();
  EXPECT_LT(add.shift, 0);
  EXPECT_NE(add.refusal.find("the SRS unit has no left shift"), std::string::npos);
}

TEST(Quantize, AnExponentThatCouldFlipIsReported) {
  // Weights of exactly 1: log2 of the threshold is an integer.
  TinyNetwork net({3, 6, 6});
  net.relu("relu", net.conv("conv", 0, {1, 3, 1, 1}, {1.0F, .3F, .2F}, {.1F}));
  const Result result = run(net.graph, {.preset = Preset::kSeed});
  const auto names_conv = [](const std::string& text) { return text.starts_with("conv: "); };
  EXPECT_EQ(std::ranges::count_if(result.warnings, names_conv), 1);
}

TEST(Quantize, OnlyLayersUpToTheEndOfThePartAreRun) {
  // Layers behind the part that would overflow to infinity do not matter.
  graph::Graph graph = network();
  for (auto& node : graph.nodes) {
    if (node.name != "conv3_x.conv1" && node.name != "conv3_x.conv2") continue;
    std::ranges::fill(std::get<graph::Conv2d>(node.operation).weight.values, 3e38F);
  }
  EXPECT_NO_THROW(run(graph, {.offload = "conv2_x"}));
  EXPECT_THROW(run(graph, {.offload = "conv3_x"}), core::Error);
}

TEST(Quantize, ADeadLayerHasNoScaleInTheSeedFlowAndOneInTheAccurateOne) {
  const graph::Graph dead = network(-1000.0F);
  try {
    run(dead, {.preset = Preset::kSeed, .offload = "stem,conv2_x"});
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().where, "layer 'relu'");
  }
  EXPECT_NO_THROW(run(dead, {.offload = "stem,conv2_x"}));
}

TEST(Quantize, ABlockThatAddsNothingYetIsNoObstacle) {
  // Training often starts with a gain of zero in the last batch norm of a block.
  for (const float gain : {0.0F, 1e-6F}) {
    graph::Graph graph = network();
    for (auto& node : graph.nodes) {
      if (node.name != "conv2_x.conv3") continue;
      for (float& w : std::get<graph::Conv2d>(node.operation).weight.values) w *= gain;
    }
    const Result result = run(graph, {.offload = "all"});
    EXPECT_GT(result.output_sqnr_db, 25) << gain;
  }
}

TEST(Quantize, RefusesAnEmptyCalibrationSet) {
  EXPECT_THROW(run(network(), {}, 0), core::Error);
  EXPECT_THROW(run(network(), {.calibration_images = 0}), core::Error);
}

TEST(Quantize, RefusesImagesOfAnotherSize) {
  try {
    quantize(network(), noise({3, 6, 7}, 4), {}, {}, core::silent_progress());
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().why, "they are 3x6x7, the network takes 3x6x6");
  }
}

TEST(Quantize, RefusesUnknownAndSeparatedStages) {
  EXPECT_THROW(run(network(), {.offload = "conv9_x"}), core::Error);
  EXPECT_THROW(run(network(), {.offload = "stem,conv3_x"}), core::Error);
}

TEST(Quantize, CalibratesOnTheFirstImagesOnly) {
  const Result few = run(network(), {.calibration_images = 5}, 5);
  const Result of_many = run(network(), {.calibration_images = 5}, 70);
  EXPECT_EQ(few.calibration_images, 5);
  EXPECT_EQ(qgraph::to_json(few.network).dump(), qgraph::to_json(of_many.network).dump());
}

}  // namespace
}  // namespace shiftwise::quant
