// SPDX-License-Identifier: Apache-2.0
// The seed preset against the real Brevitas: exponents, integer weights, integer biases and
// the codes that they produce, equal. Nothing here has a tolerance.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "brevitas_golden.h"
#include "core/hash.h"
#include "qgraph/quantize_input.h"
#include "qgraph/reference.h"
#include "quant/quantize.h"

namespace shiftwise::quant {
namespace {

/// A golden and what we make of the same network; quantized once for all tests of it.
struct Case {
  explicit Case(const std::string& name)
      : golden(name),
        result(quantize(golden.network(), CroppedImages(golden.size()), {},
                        {.preset = Preset::kSeed,
                         .offload = golden.json["offload"],
                         .rounding = arith::Rounding::kConvEven,
                         .report_images = 1},
                        core::silent_progress())) {}

  const QuantizerReport* quantizer_of(const std::string& name) const {
    for (const QuantizerReport& quantizer : result.quantizers) {
      if (quantizer.kind == "activation" &&
          std::ranges::find(quantizer.members, name) != quantizer.members.end()) {
        return &quantizer;
      }
    }
    return nullptr;
  }

  BrevitasGolden golden;
  Result result;
};

class BrevitasParity : public ::testing::TestWithParam<const char*> {
 protected:
  const Case& the_case() const {
    static std::map<std::string, Case> cases;
    return cases.try_emplace(GetParam(), GetParam()).first->second;
  }
};

/// Our logits stay accumulators; Brevitas gives them a quantizer of their own.
bool is_logits(const std::string& name) { return name == "linear" || name == "fc"; }

TEST_P(BrevitasParity, ActivationExponentsAreEqualAndSharedByTheSameTensors) {
  const auto& [golden, result] = the_case();
  std::size_t compared = 0;
  for (const auto& scale : golden.json["scales"]) {
    for (const auto& call : scale["calls"]) {
      const std::string of = call["of"];
      if (is_logits(of)) continue;
      const QuantizerReport* quantizer = the_case().quantizer_of(golden.our_name(of));
      ASSERT_NE(quantizer, nullptr) << of;
      EXPECT_EQ(quantizer->exponent.value, scale["exponent"].get<int>()) << of;
      EXPECT_EQ(quantizer->members.size(), scale["calls"].size()) << of;
      EXPECT_NEAR(quantizer->log2_threshold, scale["log2_threshold"].get<double>(), 2e-6) << of;
      ++compared;
    }
  }
  EXPECT_GE(compared, 5U);
}

TEST_P(BrevitasParity, IntegerWeightsAndBiasesAreEqual) {
  const auto& [golden, result] = the_case();
  std::size_t compared = 0;
  for (const qgraph::Node& node : result.network.nodes) {
    const auto compare = [&](const auto& layer) {
      const std::string& name = node.name;
      EXPECT_EQ(layer.weight_exponent.value, golden.json["layers"][name]["e_w"].get<int>());
      EXPECT_EQ(layer.weight, golden.tensor<std::int8_t>(name + ".weight")) << name;
      if (golden.has(name + ".bias")) {
        EXPECT_EQ(layer.bias, golden.tensor<std::int32_t>(name + ".bias").values) << name;
      } else {
        EXPECT_EQ(std::ranges::count(layer.bias, 0), std::ssize(layer.bias)) << name;
      }
      ++compared;
    };
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&node.operation)) compare(*conv);
    if (const auto* linear = std::get_if<qgraph::Linear>(&node.operation)) compare(*linear);
  }
  EXPECT_EQ(compared, golden.json["layers"].size());
}

/// Runs one image of the golden's float input and appends every node's codes to `bytes`.
void append_codes(const qgraph::QGraph& network, std::span<const float> image,
                  std::vector<std::vector<std::byte>>& bytes) {
  std::vector<std::byte> input(image.size());
  qgraph::quantize_input(network.input_type(), image, input);
  qgraph::Codes codes;
  for (const std::byte byte : input) codes.push_back(static_cast<std::int8_t>(byte));
  const auto all = qgraph::run_reference(network, codes);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::int32_t code : all[i]) bytes[i].push_back(static_cast<std::byte>(code));
  }
}

TEST_P(BrevitasParity, EveryCodeOfTwoTestImagesIsEqual) {
  const auto& [golden, result] = the_case();
  if (golden.json["input"]["stored_in"].is_null()) GTEST_SKIP() << "it holds no float input";
  const core::Tensor<float> input = golden.float_input();
  const auto image_elements =
      static_cast<std::size_t>(result.network.input_type().shape.elements());
  std::vector<std::vector<std::byte>> bytes(result.network.nodes.size());
  for (std::size_t image = 0; image < 2; ++image) {
    append_codes(result.network,
                 std::span(input.values).subspan(image * image_elements, image_elements), bytes);
  }
  std::size_t compared = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::string name = golden.name_of_codes(result.network.nodes[i].name);
    if (is_logits(name) || !golden.json["tensors"].contains(name)) continue;
    EXPECT_EQ(core::hash_bytes(core::HashKind::kSha256, bytes[i]),
              golden.json["tensors"][name]["sha256"])
        << name;
    ++compared;
  }
  EXPECT_GE(compared, 5U);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, BrevitasParity,
    ::testing::Values("resnet50-conv2_x", "resnet50-conv2_x-conv3_x", "resnet18-conv2_x",
                      "resnet18-conv2_x-conv3_x", "resnet18-conv3_x", "resnet18-all",
                      "resnet20-conv2_x", "resnet20-conv2_x-conv3_x", "resnet20-conv3_x",
                      "resnet20-all", "split-conv2_x", "split-biased-conv2_x", "bottleneck-all",
                      "bottleneck-all-24x24", "torchvision-all"),
    [](const auto& info) {
      std::string name = info.param;
      std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

}  // namespace
}  // namespace shiftwise::quant
