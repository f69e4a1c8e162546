// SPDX-License-Identifier: Apache-2.0
#include "dialect/floats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "dialect/integers.h"

namespace shiftwise::dialect {
namespace {

/// The shape of a float of 16 bits.
struct Half {
  int mantissa;
  int bias;
};
constexpr Half half(Format format) { return format == Format::kF16 ? Half{10, 15} : Half{7, 127}; }

double decode_half(Half shape, std::uint32_t bits) {
  const int exponent_bits = 15 - shape.mantissa;
  const std::uint32_t mantissa = bits & ((1U << shape.mantissa) - 1);
  const auto exponent = static_cast<int>(bits >> shape.mantissa & ((1U << exponent_bits) - 1));
  double value = 0;
  if (exponent == (1 << exponent_bits) - 1) {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  } else {
    const bool normal = exponent != 0;
    value = std::ldexp(mantissa + (normal ? std::ldexp(1.0, shape.mantissa) : 0.0),
                       std::max(exponent, 1) - shape.bias - shape.mantissa);
  }
  return (bits & 0x8000U) != 0 ? -value : value;
}

std::uint32_t encode_half(Half shape, double value) {
  const std::uint32_t sign = std::signbit(value) ? 0x8000U : 0U;
  const int most = (1 << (15 - shape.mantissa)) - 1;  // the exponent of infinities
  const std::uint32_t infinity = static_cast<std::uint32_t>(most) << shape.mantissa;
  if (std::isnan(value)) return sign | infinity | 1U << (shape.mantissa - 1);
  if (std::isinf(value)) return sign | infinity;
  if (value == 0) return sign;
  int exponent = 0;
  std::frexp(value, &exponent);  // |value| is 0.5 to 1 times 2^exponent
  const int lowest = 1 - shape.bias;
  const int unit = std::max(exponent - 1, lowest) - shape.mantissa;
  // Units in the last place; a carry into the next exponent adds up by itself.
  const double units = std::nearbyint(std::ldexp(std::fabs(value), -unit));
  const auto count = static_cast<std::uint32_t>(units);
  const std::uint32_t base = exponent - 1 < lowest
                                 ? 0U
                                 : static_cast<std::uint32_t>(exponent - 1 + shape.bias - 1)
                                       << shape.mantissa;
  return sign | std::min(base + count, infinity);
}

template <typename T>
T apply(Opcode opcode, T a, T b) {
  switch (opcode) {
    case Opcode::kAddF:
      return a + b;
    case Opcode::kSubF:
      return a - b;
    case Opcode::kMulF:
      return a * b;
    case Opcode::kDivF:
      return a / b;
    case Opcode::kRemF:
      return std::fmod(a, b);
    case Opcode::kMinF:
    case Opcode::kMaxF: {
      if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
      if (a == b) return (opcode == Opcode::kMinF) == std::signbit(a) ? a : b;  // zeros differ
      return (opcode == Opcode::kMinF) == (a < b) ? a : b;
    }
    case Opcode::kMinNumF:
      return std::fmin(a, b);
    case Opcode::kMaxNumF:
      return std::fmax(a, b);
    default:
      return -a;
  }
}

}  // namespace

int bits_of(Format format) {
  return format == Format::kF64 ? 64 : format == Format::kF32 ? 32 : 16;
}

double decode(Format format, std::int64_t bits) {
  switch (format) {
    case Format::kF64:
      return std::bit_cast<double>(bits);
    case Format::kF32:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    default:
      return decode_half(half(format), static_cast<std::uint32_t>(bits) & 0xFFFFU);
  }
}

std::int64_t encode(Format format, double value) {
  switch (format) {
    case Format::kF64:
      return std::bit_cast<std::int64_t>(value);
    case Format::kF32:
      return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    default:
      return encode_half(half(format), value);
  }
}

std::int64_t evaluate(Opcode opcode, Format format, std::int64_t a, std::int64_t b) {
  const double x = decode(format, a);
  const double y = decode(format, b);
  if (format == Format::kF64) return encode(format, apply(opcode, x, y));
  return encode(format, apply(opcode, static_cast<float>(x), static_cast<float>(y)));
}

bool compare_floats(std::int64_t predicate, double a, double b) {
  const bool unordered = std::isnan(a) || std::isnan(b);
  constexpr std::int64_t kUnordered = 8;  // from there on, no number answers yes
  if (predicate == 0 || predicate == 15) return predicate == 15;
  if (unordered) return predicate >= kUnordered;
  switch (predicate % kUnordered + (predicate >= kUnordered ? 1 : 0)) {
    case 1:
      return a == b;
    case 2:
      return a > b;
    case 3:
      return a >= b;
    case 4:
      return a < b;
    case 5:
      return a <= b;
    case 6:
      return a != b;
    default:
      return predicate < kUnordered;  // ord and uno
  }
}

std::int64_t to_integer(double value, int bits, bool is_unsigned) {
  if (std::isnan(value)) return 0;
  const double cut = std::trunc(value);
  const double high = std::ldexp(1.0, is_unsigned ? bits : bits - 1);  // the first that is beyond
  const double low = is_unsigned ? 0 : -high;
  if (cut < low) return is_unsigned ? 0 : sign_extend(std::int64_t{1} << (bits - 1), bits);
  if (cut >= high) {
    return is_unsigned ? -1 : static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
  }
  if (is_unsigned) {
    return sign_extend(static_cast<std::int64_t>(static_cast<std::uint64_t>(cut)), bits);
  }
  return static_cast<std::int64_t>(cut);
}

}  // namespace shiftwise::dialect
