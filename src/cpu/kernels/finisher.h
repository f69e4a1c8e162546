// SPDX-License-Identifier: Apache-2.0
// The end of a sum: rounding, residual, saturation, over the lanes of convolve.h.
#pragma once

#include "cpu/kernels/register_block.h"

namespace shiftwise::cpu {

/// From sums to stored results. Holds what struct Conv says about it in registers.
template <class Lanes, Finish kind>
struct Finisher {
  using Sums = typename Lanes::Sums;
  using Count = typename Lanes::Count;
  static constexpr bool kGeneral = kind == Finish::kGeneral;

  SHIFTWISE_INLINE Finisher(const Conv& conv_in, int y, int x, int block)
      : conv(conv_in),
        shift(Lanes::count(conv.shift)),
        factor(Lanes::all(std::int32_t{1} << (kGeneral ? 0 : conv.skip_lead))),
        inner_shift(Lanes::count(conv.inner_shift)),
        inner_low(Lanes::all(conv.inner_low)),
        inner_high(Lanes::all(conv.inner_high)),
        inner_factor(Lanes::all(std::int32_t{1} << (kGeneral ? 0 : conv.inner_lead))),
        inner_lead(Lanes::count(conv.inner_lead)),
        extra(Lanes::all(conv.extra)),
        skip_lead(Lanes::count(conv.skip_lead)),
        skip(conv.skip + y * conv.skip_row + x * conv.skip_pixel + block * kBlock),
        output(conv.output + y * conv.output_row + x * conv.output_pixel +
               block * (kGeneral && conv.int32 ? kBlock * 4 : kBlock)),
        skip_pixel(conv.skip_pixel),
        output_pixel(conv.output_pixel),
        skip_row(conv.skip_row),
        output_row(conv.output_row) {}

  /// round(v, s) of struct Conv.
  SHIFTWISE_INLINE static Sums rounded(Sums v, int s, bool to_even) {
    const Count by = Lanes::count(s);
    if (to_even && s > 0) {
      const Sums half = Lanes::all((std::int32_t{1} << (s - 1)) - 1);
      v = Lanes::add(v, Lanes::add(half, Lanes::low_bit(Lanes::shift_right(v, by))));
    }
    return Lanes::shift_right(v, by);
  }

  /// A sum just before its last shift. codes: the stored skip of its outputs.
  SHIFTWISE_INLINE Sums before_shift(Sums v, const std::uint8_t* codes) const {
    if (kind == Finish::kPublished) {
      v = Lanes::clamp(Lanes::shift_right(v, inner_shift), inner_low, inner_high);
      v = Lanes::add_scaled(extra, v, inner_factor);
    }
    if (kind == Finish::kResidual || kind == Finish::kPublished) {
      return Lanes::add_scaled(v, Lanes::load_codes(codes), factor);
    }
    if (!kGeneral) return v;
    if (conv.inner) {
      v = rounded(v, conv.inner_shift, conv.to_even);
      v = Lanes::clamp(v, inner_low, inner_high);
      v = Lanes::add(Lanes::shift_left(v, Lanes::count(conv.inner_lead)), extra);
    }
    if (conv.skip != nullptr) {
      v = Lanes::add(v, Lanes::shift_left(Lanes::load_codes(codes), Lanes::count(conv.skip_lead)));
    }
    return v;
  }

  /// The outputs of `Blocks` x 16 channels of one pixel, whose stored skip is at `codes`.
  template <int Blocks>
  SHIFTWISE_INLINE void store(const Sums (&sums)[Blocks], const std::uint8_t* codes,
                              std::uint8_t* to) const {
    Sums v[Blocks];
    SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
      v[b] = before_shift(sums[b], codes + b * kBlock);
      if (kGeneral && conv.int32) {
        Lanes::store(reinterpret_cast<std::int32_t*>(to) + b * kBlock, v[b]);
      } else {
        v[b] = kGeneral ? rounded(v[b], conv.shift, conv.to_even) : Lanes::shift_right(v[b], shift);
      }
    }
    if (!(kGeneral && conv.int32)) Lanes::store_codes(to, v);
  }

  /// The outputs of four interleaved blocks of one pixel.
  SHIFTWISE_INLINE void store_interleaved(const Sums (&sums)[kInterleaved],
                                          const std::uint8_t* codes, std::uint8_t* to) const {
    Sums v[kInterleaved];
    SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
      v[b] = sums[b];
      if (kind == Finish::kPublished) {
        v[b] = Lanes::clamp(Lanes::shift_right(v[b], inner_shift), inner_low, inner_high);
        v[b] = Lanes::add(Lanes::shift_left(v[b], inner_lead), extra);
      }
    }
    if (kind != Finish::kCodes) Lanes::add_shifted(v, codes, skip_lead);
    SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
      v[b] = Lanes::shift_right(v[b], shift);
    }
    Lanes::store_interleaved(to, v);
  }

  const Conv& conv;
  const Count shift;
  const Sums factor;
  const Count inner_shift;
  const Sums inner_low;
  const Sums inner_high;
  const Sums inner_factor;
  const Count inner_lead;
  const Sums extra;
  const Count skip_lead;
  const std::uint8_t* const skip;
  std::uint8_t* const output;
  const std::ptrdiff_t skip_pixel;
  const std::ptrdiff_t output_pixel;
  const std::ptrdiff_t skip_row;
  const std::ptrdiff_t output_row;
};

}  // namespace shiftwise::cpu
