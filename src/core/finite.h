// SPDX-License-Identifier: Apache-2.0
// A look at many floats at once.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

namespace shiftwise::core {

/// The bits of the largest magnitude, 0 for no values. Magnitudes of floats compare like
/// their bits without the sign, so the loop becomes vector instructions; infinity is larger
/// than every number, and NaN than infinity.
inline std::uint32_t largest_magnitude_bits(std::span<const float> values) {
  std::int32_t largest = 0;
  for (const float value : values) {
    largest = std::max(largest, std::bit_cast<std::int32_t>(value) & 0x7fffffff);
  }
  return static_cast<std::uint32_t>(largest);
}

inline bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kInfinity = 0x7f800000;
  return largest_magnitude_bits(values) < kInfinity;
}

}  // namespace shiftwise::core
