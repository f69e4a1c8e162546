// SPDX-License-Identifier: Apache-2.0
// What is no ResNet, and which tensor says so.
#include <gtest/gtest.h>

#include <functional>

#include "core/diagnostic.h"
#include "model/load.h"
#include "model/sketch.h"

namespace shiftwise::model {
namespace {

using core::Fault;
using tests::draw;
using tests::Sketch;
using Ints = std::vector<int>;

std::string refusal(Checkpoint checkpoint, const Overrides& overrides = {},
                    Fault fault = Fault::kData) {
  try {
    build(std::move(checkpoint), overrides);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, fault) << error.what();
    if (fault == Fault::kData) {
      EXPECT_NE(error.diagnostic().where.find("sketch.pt"), std::string::npos) << error.what();
    }
    return error.what();
  }
  return "nothing was refused";
}

/// What is refused after `change` to an ordinary network.
std::string refusal_after(const std::function<void(Checkpoint&)>& change,
                          const Sketch& sketch = {}) {
  Checkpoint checkpoint = draw(sketch);
  change(checkpoint);
  return refusal(std::move(checkpoint));
}

void expect_says(const std::string& message, std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "no '" << part << "' in:\n" << message;
  }
}

TEST(BuildRefuses, EveryTensorThatIsMissingByItsName) {
  const std::vector<Checkpoint> networks{
      draw({.depths = {2, 1, 1, 1}}),
      draw({.widths = {16, 32, 64, 128}, .bottleneck = true, .torchvision = true}),
      draw({.depths = {2, 1, 1}, .widths = {4, 8, 16}, .strides = {1, 2, 2}, .projections = false}),
      tests::draw_split({2, 1, 1, 1})};
  for (const Checkpoint& whole : networks) {
    EXPECT_NO_THROW(build(whole));
    for (const auto& [name, tensor] : whole.tensors) {
      if (name == "linear.bias" || name == "fc.bias" || name == "post.linear.bias") continue;
      Checkpoint checkpoint = whole;
      checkpoint.tensors.erase(name);
      const std::string message = refusal(checkpoint);
      EXPECT_NE(message.find("sketch.pt, tensor '" + name + "'"), std::string::npos) << message;
      EXPECT_NE(message.find("it is missing"), std::string::npos) << message;
    }
  }
}

TEST(BuildRefuses, AMissingProjectionInsteadOfTakingItForOptionA) {
  const std::string message = refusal_after([](Checkpoint& checkpoint) {
    std::erase_if(checkpoint.tensors,
                  [](const auto& entry) { return entry.first.starts_with("layer3.0.shortcut"); });
  });
  expect_says(message, {"tensor 'layer3.0.shortcut.0.weight'", "8 channels into 16"});
}

TEST(BuildRefuses, AMissingBatchNormAmongOthers) {
  const std::string message = refusal_after([](Checkpoint& checkpoint) {
    std::erase_if(checkpoint.tensors,
                  [](const auto& entry) { return entry.first.starts_with("layer1.0.bn2."); });
  });
  expect_says(message, {"tensor 'layer1.0.bn2.weight'", "it is missing"});
}

TEST(BuildRefuses, GapsBetweenBlocksAndStages) {
  const auto without = [](const std::string& prefix) {
    return refusal_after(
        [&](Checkpoint& checkpoint) {
          std::erase_if(checkpoint.tensors,
                        [&](const auto& entry) { return entry.first.starts_with(prefix); });
        },
        {.depths = {3, 1, 1, 1}});
  };
  expect_says(without("layer1.1."), {"'layer1.1'", "it is missing, but there is layer1.2"});
  expect_says(without("layer3."), {"'layer3'", "it is missing, but there is layer4"});
}

TEST(BuildRefuses, ShapesThatTheirNeighboursDoNotAskFor) {
  expect_says(
      refusal_after([](Checkpoint& c) { tests::add_conv(c, "layer1.0.conv2", 4, 5, 3); }),
      {"tensor 'layer1.0.conv2.weight'", "[4, 5, 3, 3] asks for 5 input channels", "has 4"});
  expect_says(refusal_after([](Checkpoint& c) { tests::add_norm(c, "layer2.0.bn1", 7); }),
              {"tensor 'layer2.0.bn1.weight'", "7 values for 8 channels"});
  expect_says(
      refusal_after([](Checkpoint& c) { tests::add_linear(c, "linear", 10, 31); }),
      {"tensor 'linear.weight'", "[10, 31] asks for 31 inputs, but 32 channels are pooled"});
  expect_says(
      refusal_after([](Checkpoint& c) { tests::add_conv(c, "layer2.0.shortcut.0", 9, 4, 1); }),
      {"layer2.0.shortcut"});
  expect_says(refusal_after([](Checkpoint& c) {
                c.tensors["conv1.weight"] = core::Tensor<float>({4, 3, 9});
              }),
              {"tensor 'conv1.weight'", "3 dimensions instead of 4"});
  expect_says(refusal_after([](Checkpoint& c) { tests::add_conv(c, "layer1.0.conv1", 4, 4, 2); }),
              {"tensor 'layer1.0.conv1.weight'", "no square odd kernel"});
  expect_says(refusal_after([](Checkpoint& c) {
                c.tensors["layer1.0.conv1.weight"] = core::Tensor<float>({0, 4, 3, 3});
              }),
              {"tensor 'layer1.0.conv1.weight'", "holds no values"});
}

TEST(BuildRefuses, GroupedConvolutions) {
  expect_says(refusal_after([](Checkpoint& c) { tests::add_conv(c, "layer1.0.conv2", 4, 2, 3); }),
              {"tensor 'layer1.0.conv2.weight'", "ResNeXt"});
}

TEST(BuildRefuses, NetworksForGrayPictures) {
  expect_says(refusal_after([](Checkpoint& c) { tests::add_conv(c, "conv1", 4, 1, 3); }),
              {"tensor 'conv1.weight'", "only networks for RGB pictures are supported"});
}

TEST(BuildRefuses, PreActivationNetworks) {
  const std::string message = refusal_after([](Checkpoint& checkpoint) {
    std::erase_if(checkpoint.tensors,
                  [](const auto& entry) { return entry.first.starts_with("bn1."); });
  });
  expect_says(message, {"pre-activation"});
}

TEST(BuildRefuses, TensorsThatNobodyNeeds) {
  expect_says(refusal_after([](Checkpoint& c) { tests::add_conv(c, "layer1.0.se.fc1", 1, 4, 1); }),
              {"tensor 'layer1.0.se.fc1.weight'", "shape [1, 4, 1, 1]", "squeeze-and-excitation"});
  expect_says(
      refusal_after([](Checkpoint& c) { c.tensors["\x1b[2J\xff"] = core::Tensor<float>({1}); }),
      {"\\x1b[2J\\xff"});
}

TEST(BuildRefuses, WeightsThatAreIntegers) {
  const std::string message = refusal_after([](Checkpoint& checkpoint) {
    checkpoint.tensors.erase("layer1.0.conv1.weight");
    checkpoint.skipped["layer1.0.conv1.weight"] = "I8";
  });
  expect_says(message, {"tensor 'layer1.0.conv1.weight'", "its values are I8", "float checkpoint"});
}

TEST(BuildRefuses, OtherNetworks) {
  Checkpoint checkpoint;
  checkpoint.path = "sketch.pt";
  tests::add_conv(checkpoint, "features.0", 4, 3, 3);
  expect_says(refusal(checkpoint), {"not a ResNet", "features.0.weight", "torchvision"});
  expect_says(refusal_after([](Checkpoint& c) {
                tests::add_conv(c, "layer1.0.conv3", 4, 4, 3);
                tests::add_conv(c, "layer1.0.conv4", 4, 4, 3);
              }),
              {"'layer1.0.'", "it has 4 convolutions"});
}

TEST(BuildRefuses, VariancesThatHaveNoRoot) {
  expect_says(refusal_after([](Checkpoint& c) { c.tensors["bn1.running_var"].values[1] = -1; }),
              {"where: sketch.pt, batch_norm 'bn1'", "variance -1"});
}

TEST(BuildRefuses, OverridesThatFitNoNetwork) {
  const auto usage = [](const Overrides& overrides) {
    return refusal(draw({}), overrides, Fault::kUsage);
  };
  expect_says(usage({.strides = Ints{1, 2}}), {"--strides", "2 strides for 4 stages"});
  expect_says(usage({.strides = Ints{1, 0, 2, 2}}), {"--strides", "0 is outside 1 to 8"});
  expect_says(usage({.strides = Ints{2, 2, 2, 2}}), {"--strides", "layer1.0", "only be 1, not 2"});
  expect_says(usage({.input_size = Ints{32}}), {"--input-size", "a height and a width"});
  expect_says(usage({.input_size = Ints{32, -1}}), {"--input-size", "-1 is outside"});
  expect_says(usage({.stem_stride = 0}), {"--stem-stride", "0 is outside"});
  expect_says(usage({.batch_norm_epsilon = -1.0F}), {"--bn-epsilon", "-1"});
}

}  // namespace
}  // namespace shiftwise::model
