// SPDX-License-Identifier: Apache-2.0
// The two 16-bit float formats of checkpoints, converted bit by bit (exact both ways where
// the value exists in both).
#pragma once

#include <bit>
#include <cstdint>

namespace shiftwise::core {

/// IEEE binary16 -> binary32; exact, NaN stays NaN. Without branches, so that loops over it
/// become vector code.
constexpr float float_from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t magnitude = std::uint32_t{half & 0x7fffu} << 13;
  // The exponent's bias grows from 15 to 127; the product makes subnormals normal on the way.
  const float finite = std::bit_cast<float>(magnitude) * 0x1p112f;
  const std::uint32_t special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;  // infinity, NaN
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(finite) | special | sign);
}

/// bfloat16 -> binary32: the upper half of the bits.
constexpr float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// The binary16 that converts back to exactly `value`, if there is one: true and `half` set.
/// NaN has none.
constexpr bool exact_half(float value, std::uint16_t& half) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint16_t sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
  const int exponent = static_cast<int>(bits >> 23 & 0xffu) - 127;
  const std::uint32_t fraction = bits & 0x7fffffu;
  if (exponent == 128) {
    half = sign | 0x7c00u;
    return fraction == 0;
  }
  if (exponent > 15) return false;
  if (exponent >= -14) {
    half = static_cast<std::uint16_t>(sign | (exponent + 15) << 10 | fraction >> 13);
    return (fraction & 0x1fffu) == 0;
  }
  half = sign;
  if ((bits & 0x7fffffffu) == 0) return true;
  if (exponent < -24) return false;
  const std::uint32_t significand = fraction | 0x800000u;
  const int drop = -exponent - 1;  // subnormal: the unit is 2^-24
  half = static_cast<std::uint16_t>(sign | significand >> drop);
  return (significand & ((1u << drop) - 1)) == 0;
}

}  // namespace shiftwise::core
