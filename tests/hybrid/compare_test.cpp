// SPDX-License-Identifier: Apache-2.0
#include "hybrid/compare.h"

#include <gtest/gtest.h>

#include "hybrid/fixture.h"

namespace shiftwise::hybrid {
namespace {

const Model& model() {
  static const Model made = small_model();
  return made;
}

/// "what [index]: expected -> got" of the first difference after a change.
template <typename Change>
std::string difference_after(const Change& change) {
  Model changed = model();
  change(changed);
  Compared compared;
  const auto found = compare_models(model(), changed, compared);
  if (!found) return "equal";
  return found->what + " " + found->index + ": " + found->expected + " -> " + found->got;
}

qgraph::Conv2d& first_convolution(Model& changed) {
  return std::get<qgraph::Conv2d>(changed.integers.nodes[1].operation);
}

TEST(CompareModels, EqualModelsAreComparedToTheLastValue) {
  Compared compared;
  EXPECT_FALSE(compare_models(model(), model(), compared).has_value());
  std::int64_t floats = 0;
  for (const graph::Node& node : model().network.nodes) {
    if (const auto* norm = std::get_if<graph::BatchNorm>(&node.operation)) {
      floats += static_cast<std::int64_t>(4 * norm->mean.size());
    }
  }
  EXPECT_GT(compared.elements, floats);
}

TEST(CompareModels, OriginsMayDiffer) {
  EXPECT_EQ(difference_after([](Model& m) { m.origin.preset = "another"; }), "equal");
}

TEST(CompareModels, NamesWhatDecidesAResultBeforeTheNumbers) {
  EXPECT_EQ(difference_after([](Model& m) { m.normalization.mean[2] = 0.75F; }).substr(0, 6),
            "mean :");
  EXPECT_EQ(difference_after([](Model& m) {
              m.integers.rounding = arith::Rounding::kConvEven;
              m.normalization = model().normalization;
            }),
            "rounding : \"positive-inf\" -> \"conv-even\"");
}

TEST(CompareModels, AnExponentComesBeforeAWeight) {
  const int exponent = model().integers.nodes[1].output.exponent.value;
  EXPECT_EQ(difference_after([](Model& m) {
              ++m.integers.nodes[1].output.exponent.value;
              ++first_convolution(m).weight.values[3];
            }),
            "exponent of layer1.0.conv1 : " + std::to_string(exponent) + " -> " +
                std::to_string(exponent + 1));
}

TEST(CompareModels, NamesTheIndexOfAWeightAndABias) {
  const auto& conv = std::get<qgraph::Conv2d>(model().integers.nodes[1].operation);
  ASSERT_EQ(conv.weight.shape, (core::Shape{8, 20, 1, 1}));
  const int weight = conv.weight.values[43];
  EXPECT_EQ(difference_after([](Model& m) { first_convolution(m).weight.values[43] ^= 1; }),
            "layer1.0.conv1.weight [2, 3, 0, 0]: " + std::to_string(weight) + " -> " +
                std::to_string(weight ^ 1));
  EXPECT_EQ(difference_after([](Model& m) { first_convolution(m).bias[5] = 123456; }),
            "layer1.0.conv1.bias [5]: " + std::to_string(conv.bias[5]) + " -> 123456");
}

TEST(CompareModels, CountsTheElementsThatDiffer) {
  Model changed = model();
  for (int i : {1, 4, 7}) first_convolution(changed).weight.values[i] ^= 1;
  Compared compared;
  EXPECT_EQ(compare_models(model(), changed, compared)->differing, 3);
}

TEST(CompareModels, SeesTheFloatPartsToo) {
  EXPECT_EQ(difference_after([](Model& m) {
              std::get<graph::Linear>(m.network.nodes.back().operation).bias[1] = 0.5F;
            }).substr(0, 18),
            "float.fc.bias [1]:");
  EXPECT_EQ(difference_after([](Model& m) {
              std::get<graph::BatchNorm>(m.network.nodes[2].operation).epsilon = 0.5F;
            }).substr(0, 16),
            "epsilon of bn1 :");
}

TEST(CompareModels, SeesLayersThatAreMissing) {
  EXPECT_EQ(difference_after([](Model& m) { m.integers.nodes.pop_back(); }).substr(0, 38),
            "number of nodes of the integer network");
  EXPECT_EQ(difference_after([](Model& m) { m.integers.nodes[1].name = "other"; }),
            "name of node 1 of the integer network : \"layer1.0.conv1\" -> \"other\"");
}

}  // namespace
}  // namespace shiftwise::hybrid
