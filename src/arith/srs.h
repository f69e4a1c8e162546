// SPDX-License-Identifier: Apache-2.0
// THE integer arithmetic of the project: shift, round, saturate. Scalar, constexpr, meant to
// be read. Every fast path is proven equal to these few functions; nothing redefines them.
#pragma once

#include <cstdint>
#include <limits>

#include "core/units.h"

namespace shiftwise::arith {

/// Rounding modes of the AIE2 SRS unit; the value is the hardware's code. With
/// q = floor(x / 2^s), r = x - q * 2^s and h = 2^(s-1), the result is q or, in the case
/// beside each mode, q + 1 (docs/numerics.md, eq. 4).
enum class Rounding {
  kFloor = 0,           ///< never; the state of a core after reset
  kCeil = 1,            ///< r != 0
  kSymmetricFloor = 2,  ///< r != 0 and x < 0 (toward zero)
  kSymmetricCeil = 3,   ///< r != 0 and x >= 0 (away from zero)
  kNegativeInf = 8,     ///< r > h (half down)
  kPositiveInf = 9,     ///< r >= h (half up): equals (x + h) >> s; the project's default
  kSymmetricZero = 10,  ///< r > h, or r == h and x < 0 (half toward zero)
  kSymmetricInf = 11,   ///< r > h, or r == h and x >= 0 (half away from zero)
  kConvEven = 12,       ///< r > h, or r == h and q odd (half to even: PyTorch, Brevitas)
  kConvOdd = 13,        ///< r > h, or r == h and q even
};

/// What happens to a value outside the output type (eq. 5); the value is the hardware's code.
enum class Saturation {
  kNone = 0,       ///< keep the low bits; the state of a core after reset
  kSaturate = 1,   ///< clamp to the type's range; the project's default
  kSymmetric = 3,  ///< clamp, and the signed minimum is -(2^(n-1) - 1)
};

/// The largest right shift that the SRS unit takes.
inline constexpr int kLargestShift = 31;

/// floor(x / 2^s) plus 0 or 1 after `mode`, for 0 <= s <= 62 (eq. 4). s = 0 returns x.
constexpr std::int64_t round_shift(std::int64_t x, core::Shift shift,
                                   Rounding mode = Rounding::kPositiveInf) {
  const int s = shift.value;
  if (s == 0) return x;
  const std::int64_t q = x >> s;
  const std::int64_t r = x - (q << s);
  const std::int64_t h = std::int64_t{1} << (s - 1);
  bool up = false;
  switch (mode) {
    case Rounding::kFloor:
      up = false;
      break;
    case Rounding::kCeil:
      up = r != 0;
      break;
    case Rounding::kSymmetricFloor:
      up = r != 0 && x < 0;
      break;
    case Rounding::kSymmetricCeil:
      up = r != 0 && x >= 0;
      break;
    case Rounding::kNegativeInf:
      up = r > h;
      break;
    case Rounding::kPositiveInf:
      up = r >= h;
      break;
    case Rounding::kSymmetricZero:
      up = r > h || (r == h && x < 0);
      break;
    case Rounding::kSymmetricInf:
      up = r > h || (r == h && x >= 0);
      break;
    case Rounding::kConvEven:
      up = r > h || (r == h && (q & 1) != 0);
      break;
    case Rounding::kConvOdd:
      up = r > h || (r == h && (q & 1) == 0);
      break;
  }
  return q + (up ? 1 : 0);
}

/// `x` brought into the range of T (eq. 5).
template <typename T>
constexpr T saturate(std::int64_t x, Saturation mode = Saturation::kSaturate) {
  if (mode == Saturation::kNone) return static_cast<T>(x);
  std::int64_t low = std::numeric_limits<T>::min();
  const std::int64_t high = std::numeric_limits<T>::max();
  if (mode == Saturation::kSymmetric && low < 0) low = -high;
  return static_cast<T>(x < low ? low : x > high ? high : x);
}

/// Shift, round, saturate: what one SRS instruction does to a lane, for
/// 0 <= s <= kLargestShift (eq. 6).
template <typename T>
constexpr T srs(std::int64_t x, core::Shift shift, Rounding rounding = Rounding::kPositiveInf,
                Saturation saturation = Saturation::kSaturate) {
  return saturate<T>(round_shift(x, shift, rounding), saturation);
}

/// srs() that also takes a negative shift: an exact shift to the left, then saturation
/// (eq. 7). The hardware has no such shift; the `seed` preset can ask for one. Left shifts
/// down to -31 of a 32-bit accumulator are exact in 64 bits.
template <typename T>
constexpr T requantize(std::int64_t x, core::Shift shift,
                       Rounding rounding = Rounding::kPositiveInf) {
  if (shift.value < 0) return saturate<T>(x * (std::int64_t{1} << -shift.value));
  return srs<T>(x, shift, rounding);
}

/// Whether x lies exactly between two results: the only inputs on which the modes that
/// round to nearest differ.
constexpr bool is_tie(std::int64_t x, core::Shift shift) {
  if (shift.value <= 0) return false;
  const std::int64_t unit = std::int64_t{1} << shift.value;
  return (x & (unit - 1)) == unit / 2;
}

/// The sum of two integers with their own exponents, exact, at the smaller of the two
/// (eq. 8): a * 2^(ea - e) + b * 2^(eb - e). Serves the published residual (8-bit operands)
/// and the wide one (accumulators).
constexpr std::int64_t aligned_sum(std::int64_t a, core::Exponent ea, std::int64_t b,
                                   core::Exponent eb) {
  const int e = ea < eb ? ea.value : eb.value;
  return a * (std::int64_t{1} << (ea.value - e)) + b * (std::int64_t{1} << (eb.value - e));
}

/// How a global average divides by `area` (eq. 9): a plain shift where the area is a power
/// of two, else a multiplication by round(2^16 / area) and 16 bits more shift.
struct AverageDivisor {
  std::int64_t multiplier = 1;
  core::Shift shift;
};

constexpr AverageDivisor average_divisor(std::int64_t area) {
  if ((area & (area - 1)) == 0) {
    int log2 = 0;
    while ((std::int64_t{1} << log2) < area) ++log2;
    return {1, {log2}};
  }
  return {((std::int64_t{1} << 16) + area / 2) / area, {16}};
}

}  // namespace shiftwise::arith
