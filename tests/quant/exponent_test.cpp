// SPDX-License-Identifier: Apache-2.0
#include "quant/exponent.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace shiftwise::quant {
namespace {

struct QuantizedWeight {
  int exponent;
  std::vector<std::int8_t> codes;
};

QuantizedWeight quantized(const std::vector<float>& values) {
  const core::Exponent exponent = exponent_for(weight_threshold(values), 7);
  return {exponent.value, quantize_weight({{std::ssize(values)}, values}, exponent).values};
}

TEST(Exponent, OfWeightsIsThatOfTheWorkedExamples) {
  const auto ties = quantized({1, -1, .00390625F, .01171875F, -.01953125F, .3F});
  EXPECT_EQ(ties.exponent, -7);
  EXPECT_EQ(ties.codes, (std::vector<std::int8_t>{127, -128, 0, 2, -2, 38}));
  const auto above = quantized({1 + 0x1p-23F, -1, .5F});
  EXPECT_EQ(above.exponent, -6);
  EXPECT_EQ(above.codes, (std::vector<std::int8_t>{64, -64, 32}));
  const auto plain = quantized({.3F, -.7F, .001F, .005859375F});
  EXPECT_EQ(plain.exponent, -7);
  EXPECT_EQ(plain.codes, (std::vector<std::int8_t>{38, -90, 0, 1}));
}

TEST(Exponent, TheLogarithmIsRoundedBeforeTheCeiling) {
  float value = 0x1p-9F;
  value = std::nextafter(value, 1.0F);
  EXPECT_EQ(quantized({value, -0x1p-9F, 0x1p-10F}).exponent, -16);
  value = std::nextafter(std::nextafter(value, 1.0F), 1.0F);
  EXPECT_EQ(quantized({value, -0x1p-9F, 0x1p-10F}).exponent, -15);
}

TEST(Exponent, OfAnAllZeroWeightIsFinite) { EXPECT_EQ(quantized({0, 0, 0}).exponent, -40); }

TEST(Exponent, MarginIsTheDistanceOfTheLogarithmFromAnInteger) {
  EXPECT_EQ(exponent_margin(4.0F), 0.0);
  EXPECT_NEAR(exponent_margin(std::exp2(1.25F)), 0.25, 1e-6);
  EXPECT_NEAR(exponent_margin(std::exp2(-3.1F)), 0.1, 1e-6);
}

TEST(QuantizeBias, RoundsHalfToEvenAndSaturates) {
  const std::vector<double> bias{.1F, -.1F, 1.5 * 0x1p-13, 2.5 * 0x1p-13, 1e9, -3e5};
  EXPECT_EQ(quantize_bias(bias, {-14}),
            (std::vector<std::int32_t>{1638, -1638, 3, 5, std::numeric_limits<std::int32_t>::max(),
                                       std::numeric_limits<std::int32_t>::min()}));
}

}  // namespace
}  // namespace shiftwise::quant
