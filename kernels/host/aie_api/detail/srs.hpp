// SPDX-License-Identifier: Apache-2.0
// Shift, round, saturate for whole accumulators, exact in every mode. The norm is
// src/arith/srs.h (docs/numerics.md, eq. 4 to 7); tests/aie_api proves that this equals it.
#pragma once

#include "types.hpp"

namespace aie {

enum class rounding_mode : unsigned {
  floor = rnd_floor,
  ceil = rnd_ceil,
  symmetric_floor = rnd_sym_floor,
  symmetric_ceil = rnd_sym_ceil,
  negative_inf = rnd_neg_inf,
  positive_inf = rnd_pos_inf,
  symmetric_zero = rnd_sym_zero,
  symmetric_inf = rnd_sym_inf,
  conv_even = rnd_conv_even,
  conv_odd = rnd_conv_odd
};

enum class saturation_mode : unsigned { none = 0, truncate = 1, saturate = 1, symmetric = 3 };

inline void set_rounding(rounding_mode mode) { ::set_rnd(static_cast<unsigned>(mode)); }
inline rounding_mode get_rounding() { return static_cast<rounding_mode>(::get_rnd()); }
inline rounding_mode swap_rounding(rounding_mode mode) {
  const rounding_mode old = get_rounding();
  set_rounding(mode);
  return old;
}
inline void clear_rounding() { set_rounding(rounding_mode::floor); }
inline void set_saturation(saturation_mode mode) { ::set_satmode(static_cast<unsigned>(mode)); }
inline saturation_mode get_saturation() { return static_cast<saturation_mode>(::get_satmode()); }
inline saturation_mode swap_saturation(saturation_mode mode) {
  const saturation_mode old = get_saturation();
  set_saturation(mode);
  return old;
}
inline void clear_saturation() { set_saturation(saturation_mode::none); }

namespace detail {

/// What is known of the bits that a shift drops. The four bits together index a row of
/// kRoundsUp.
inline constexpr unsigned kOdd = 1;       ///< the quotient is odd
inline constexpr unsigned kNegative = 2;  ///< the value is negative
inline constexpr unsigned kRest = 4;      ///< something is below the highest dropped bit
inline constexpr unsigned kHalf = 8;      ///< the highest dropped bit is set

constexpr bool rounds_up(unsigned mode, unsigned state) {
  const bool half = (state & kHalf) != 0;
  const bool rest = (state & kRest) != 0;
  const bool negative = (state & kNegative) != 0;
  const bool odd = (state & kOdd) != 0;
  const bool above = half && rest;
  const bool tie = half && !rest;
  const bool inexact = half || rest;
  switch (mode) {
    case rnd_ceil:
      return inexact;
    case rnd_sym_floor:
      return inexact && negative;
    case rnd_sym_ceil:
      return inexact && !negative;
    case rnd_neg_inf:
      return above;
    case rnd_pos_inf:
      return half;
    case rnd_sym_zero:
      return above || (tie && negative);
    case rnd_sym_inf:
      return above || (tie && !negative);
    case rnd_conv_even:
      return above || (tie && odd);
    case rnd_conv_odd:
      return above || (tie && !odd);
    default:
      return false;
  }
}

struct RoundsUp {
  uint32_t rows[16];
};
constexpr RoundsUp make_rounds_up() {
  RoundsUp table{};
  for (unsigned mode = 0; mode < 16; ++mode) {
    for (unsigned state = 0; state < 16; ++state) {
      table.rows[mode] |= rounds_up(mode, state) ? 1U << state : 0U;
    }
  }
  return table;
}
inline constexpr RoundsUp kRoundsUp = make_rounds_up();

/// The range that a saturation mode allows, as values of the accumulator's type L. Without
/// saturation that is all of L, and the conversion keeps the low bits.
template <typename T, typename L>
struct Range {
  L low;
  L high;
  __aie_inline explicit Range(unsigned mode)
      : low(std::numeric_limits<L>::min()), high(std::numeric_limits<L>::max()) {
    if (mode == 0) return;
    if constexpr (sizeof(T) < sizeof(L) ||
                  (sizeof(T) == sizeof(L) && std::is_signed_v<T> && std::is_signed_v<L>)) {
      low = static_cast<L>(std::numeric_limits<T>::min());
      high = static_cast<L>(std::numeric_limits<T>::max());
    } else if constexpr (std::is_unsigned_v<T>) {
      low = 0;
    }
    if (std::is_signed_v<T> && mode == 3) {
      if (static_cast<int64_t>(low) < -static_cast<int64_t>(std::numeric_limits<T>::max())) {
        low = static_cast<L>(-static_cast<int64_t>(std::numeric_limits<T>::max()));
      }
    }
  }
  __aie_inline T clamp(L x) const {
    x = x < low ? low : x;
    x = x > high ? high : x;
    return static_cast<T>(x);
  }
};

/// One lane in any mode; 0 <= shift < bits of L.
template <typename L>
__aie_inline L round_lane(L x, int shift, uint32_t ups) {
  using U = std::make_unsigned_t<L>;
  if (shift == 0) return x;
  const L q = x >> shift;
  const U half = static_cast<U>(x) >> (shift - 1) & 1;
  const U rest = (static_cast<U>(x) & ((U{1} << (shift - 1)) - 1)) != 0;
  const uint32_t state = static_cast<uint32_t>(half << 3 | rest << 2 | static_cast<U>(x < 0) << 1 |
                                               (static_cast<U>(q) & 1));
  return q + static_cast<L>(ups >> state & 1);
}

/// Left shifts (by -shift) and shifts beyond the lane's width go through 64 bits.
template <typename T, typename L>
__attribute__((noinline)) void srs_wide(const L* in, T* out, unsigned n, int shift, unsigned mode,
                                        unsigned saturation) {
  const Range<T, int64_t> range(saturation);
  const uint32_t ups = kRoundsUp.rows[mode & 15];
  for (unsigned i = 0; i < n; ++i) {
    const int64_t x = in[i];
    if (shift < 0) {
      const __int128 wide = static_cast<__int128>(x) << (shift < -62 ? 62 : -shift);
      const __int128 clamped = wide < range.low ? range.low : wide > range.high ? range.high : wide;
      out[i] = saturation == 0 ? static_cast<T>(wide) : static_cast<T>(clamped);
    } else {
      out[i] = range.clamp(round_lane(x, shift > 63 ? 63 : shift, ups));
    }
  }
}

template <typename T, typename L>
__attribute__((noinline)) void srs_any_mode(const L* __restrict in, T* __restrict out, unsigned n,
                                            int shift, unsigned mode, unsigned saturation) {
  const Range<T, L> range(saturation);
  const uint32_t ups = kRoundsUp.rows[mode & 15];
  for (unsigned i = 0; i < n; ++i) out[i] = range.clamp(round_lane(in[i], shift, ups));
}

/// N lanes of an integer accumulator to T, after the core's modes.
template <typename T, unsigned N, typename L>
__aie_inline void srs(const L* in, T* out, int shift) {
  const unsigned mode = core->rounding;
  const unsigned saturation = core->saturation;
  if (static_cast<unsigned>(shift) >= 8 * sizeof(L)) {
    srs_wide<T>(in, out, N, shift, mode, saturation);
  } else if (mode == rnd_pos_inf) {
    // Half up is the quotient plus the highest dropped bit; it cannot overflow.
    const Range<T, L> range(saturation);
    const int below = shift == 0 ? 0 : shift - 1;
    const L bit = shift == 0 ? 0 : 1;
    for (unsigned i = 0; i < N; ++i) {
      out[i] = range.clamp(static_cast<L>((in[i] >> shift) + (in[i] >> below & bit)));
    }
  } else {
    srs_any_mode<T>(in, out, N, shift, mode, saturation);
  }
}

/// Float to bfloat16 after the core's rounding mode: the modes act on the value, so the
/// magnitude of a negative number is rounded the other way.
inline bfloat16 round_to_bfloat16(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return bfloat16(value);
  const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
  const uint32_t ups = kRoundsUp.rows[core->rounding & 15];
  uint32_t q = magnitude >> 16;
  const uint32_t r = magnitude & 0xffff;
  if (sign == 0) {
    const uint32_t state = (r >= 0x8000 ? kHalf : 0) | ((r & 0x7fff) != 0 ? kRest : 0) | (q & 1);
    q += ups >> state & 1;
  } else if (r != 0) {
    const uint32_t state =
        (r <= 0x8000 ? kHalf : 0) | (r != 0x8000 ? kRest : 0) | kNegative | (~q & 1);
    q += 1 - (ups >> state & 1);
  }
  return bfloat16::from_bits(static_cast<uint16_t>(sign | q));
}

}  // namespace detail
}  // namespace aie
