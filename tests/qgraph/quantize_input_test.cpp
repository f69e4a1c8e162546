// SPDX-License-Identifier: Apache-2.0
#include "qgraph/quantize_input.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <vector>

namespace shiftwise::qgraph {
namespace {

std::vector<int> codes_of(Element element, int exponent, const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size());
  quantize_input({element, {exponent}, {1, 1, static_cast<int>(values.size())}}, values, bytes);
  std::vector<int> codes;
  for (const std::byte byte : bytes) {
    codes.push_back(element == Element::kInt8 ? static_cast<int>(static_cast<std::int8_t>(byte))
                                              : static_cast<int>(byte));
  }
  return codes;
}

TEST(QuantizeInput, RoundsHalfToEvenAndClips) {
  EXPECT_EQ(codes_of(Element::kUint8, -6, {-1.0F, .0078125F, .0234375F, .0390625F, 3.99F, 5.0F}),
            (std::vector<int>{0, 0, 2, 2, 255, 255}));
  EXPECT_EQ(codes_of(Element::kInt8, -5, {.4F, 1.0F, -9.0F, 9.0F}),
            (std::vector<int>{13, 32, -128, 127}));
}

TEST(QuantizeInput, IsDefinedForInfinityAndNan) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(codes_of(Element::kInt8, -5,
                     {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}),
            (std::vector<int>{127, -128, 0}));
}

TEST(Dequantize, IsTheCodeTimesThePowerOfTwo) {
  const std::array<std::int32_t, 2> logits{-3, 1 << 20};
  std::array<std::byte, 8> bytes{};
  std::memcpy(bytes.data(), logits.data(), bytes.size());
  std::array<float, 2> values{};
  dequantize({Element::kInt32, {-10}, {2, 1, 1}}, bytes, values);
  EXPECT_EQ(values[0], -3.0F / 1024);
  EXPECT_EQ(values[1], 1024.0F);
  const std::array<std::byte, 2> small{std::byte{0x80}, std::byte{0xff}};
  dequantize({Element::kInt8, {-7}, {2, 1, 1}}, small, values);
  EXPECT_EQ(values[0], -1.0F);
  dequantize({Element::kUint8, {-7}, {2, 1, 1}}, small, values);
  EXPECT_EQ(values[0], 1.0F);
}

}  // namespace
}  // namespace shiftwise::qgraph
