// SPDX-License-Identifier: Apache-2.0
// THE convolution kernel, written once over 16 lanes of 32 bits. A kernel file defines the
// lanes of its instruction set in an unnamed namespace and instantiates convolve<Lanes>.
//
// Lanes has: Sums (16 int32), Weights (16 outputs x 4 channels of int8), Pixel (4 channels of
// uint8, in every lane); kPixels and kBlocks, the largest register block; and the functions
// that are used below. Nothing here may call an inline function of another header: the linker
// keeps one copy of those, possibly this one, compiled for an instruction set that other
// machines lack.
#pragma once

#include <utility>

#include "cpu/kernels.h"

#define SHIFTWISE_UNROLL _Pragma("GCC unroll 32")
// Sums stay in registers only while no call takes their address.
#define SHIFTWISE_INLINE __attribute__((always_inline)) inline

namespace shiftwise::cpu {

/// How far ahead of its use a weight is asked for: they come in order, from as far as memory.
inline constexpr int kPrefetchBytes = 2048;

/// Runs [first, last).
struct RunRange {
  int first;
  int last;
};

/// The runs of which some output of rows [y, y + rows) reads more than padding.
SHIFTWISE_INLINE RunRange inside(const Products& products, int y, int rows) {
  const int kernel = products.runs / products.runs_in_row;
  int first = products.padding - (y + rows - 1) * products.stride;
  int last = products.height + products.padding - y * products.stride;
  first = first < 0 ? 0 : first > kernel ? kernel : first;
  last = last > kernel ? kernel : last < first ? first : last;
  return {first * products.runs_in_row, last * products.runs_in_row};
}

/// The register block: Rows x Columns pixels by Blocks x 16 outputs.
template <class Lanes, int Rows, int Columns, int Blocks>
struct RegisterBlock {
  using Sums = typename Lanes::Sums;
  static constexpr int kPixels = Rows * Columns;
  Sums sums[kPixels][Blocks];

  SHIFTWISE_INLINE void set_zero() {
    SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
      SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
        sums[p][b] = Lanes::all(0);
        Lanes::separate(sums[p][b]);
      }
    }
  }

  /// bias: of the first block.
  SHIFTWISE_INLINE void set(const std::int32_t* bias) {
    SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
      const Sums start = Lanes::load(bias + b * kBlock);
      SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
        sums[p][b] = start;
        Lanes::separate(sums[p][b]);
      }
    }
  }

  SHIFTWISE_INLINE void shift_and_add(int by, const std::int32_t* bias) {
    SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
      const Sums addend = Lanes::load(bias + b * kBlock);
      SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
        sums[p][b] = Lanes::add(Lanes::shift_left(sums[p][b], Lanes::count(by)), addend);
      }
    }
  }

  /// Clip: whether to leave out what is known to be padding; `width`: outputs in a row.
  template <bool Clip>
  SHIFTWISE_INLINE void add_products(const Products& products, int y, int x, int block, int width) {
    const std::uint8_t* input = products.input + y * products.row + x * products.pixel;
    const std::ptrdiff_t stride =
        std::ptrdiff_t{products.runs} * products.groups * (kBlock * kGroup);
    RunRange range = {0, products.runs};
    if (Clip && products.padding > 0) range = inside(products, y, Rows);
    Cursor at = {nullptr,
                 products.weight + block * stride + range.first * products.groups * kBlock * kGroup,
                 stride, products.pixel, products.row};
    for (const Run* run = products.run + range.first; run != products.run + range.last; ++run) {
      at.codes = input + run->offset;
      if (!Clip) {
        multiply<0, 0>(at, products.groups);
        continue;
      }
      const int left = x == 0 ? run->left : 0;
      const int right = x + Columns == width ? run->right : 0;
      if (left > 0) multiply<1, 0>(at, left);
      multiply<0, 0>(at, products.groups - left - right);
      if (right > 0) multiply<0, 1>(at, right);
    }
  }

 private:
  struct Cursor {
    const std::uint8_t* codes;
    const std::int8_t* weight;
    std::ptrdiff_t stride;  // of weights, from block to block
    std::ptrdiff_t pixel;
    std::ptrdiff_t row;
  };

  /// Adds the products of the next `groups` groups to all columns but the `First` first and the
  /// `Last` last.
  template <int First, int Last>
  SHIFTWISE_INLINE void multiply(Cursor& at, int groups) {
    for (int g = 0; g < groups; ++g) {
      typename Lanes::Weights weights[Blocks];
      SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
        weights[b] = Lanes::load_weights(at.weight + b * at.stride);
        __builtin_prefetch(at.weight + b * at.stride + kPrefetchBytes);
      }
      SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
        if (p % Columns < First || p % Columns >= Columns - Last) continue;
        const auto code =
            Lanes::broadcast(at.codes + (p / Columns) * at.row + (p % Columns) * at.pixel);
        SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
          Lanes::multiply_add(sums[p][b], code, weights[b]);
        }
      }
      at.codes += kGroup;
      at.weight += kBlock * kGroup;
    }
  }
};

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
        extra(Lanes::all(conv.extra)),
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

  const Conv& conv;
  const Count shift;
  const Sums factor;
  const Count inner_shift;
  const Sums inner_low;
  const Sums inner_high;
  const Sums inner_factor;
  const Sums extra;
  const std::uint8_t* const skip;
  std::uint8_t* const output;
  const std::ptrdiff_t skip_pixel;
  const std::ptrdiff_t output_pixel;
  const std::ptrdiff_t skip_row;
  const std::ptrdiff_t output_row;
};

template <class Lanes, Finish kind, bool Clip, int Rows, int Columns, int Blocks>
void convolve_block(const Conv& conv, int y, int x, int block) {
  RegisterBlock<Lanes, Rows, Columns, Blocks> registers;
  const std::int32_t* bias = conv.bias + block * kBlock;
  if (conv.between == 0) {
    registers.set(bias);
  } else {
    registers.set_zero();
  }
  registers.template add_products<Clip>(conv.products[0], y, x, block, conv.width);
  if (conv.terms == 2) {
    if (conv.between != 0) registers.shift_and_add(conv.between, bias);
    registers.template add_products<Clip>(conv.products[1], y, x, block, conv.width);
  }
  const Finisher<Lanes, kind> finisher(conv, y, x, block);
  SHIFTWISE_UNROLL for (int p = 0; p < Rows * Columns; ++p) {
    const int row = p / Columns;
    const int column = p % Columns;
    finisher.store(registers.sums[p],
                   finisher.skip + row * finisher.skip_row + column * finisher.skip_pixel,
                   finisher.output + row * finisher.output_row + column * finisher.output_pixel);
  }
}

using ConvolveBlock = void (*)(const Conv&, int y, int x, int block);

/// Entry c of `list`: convolve_block for c + 1 columns.
template <class Lanes, Finish kind, bool Clip, int Rows, int Blocks, class Columns>
struct Table;
template <class Lanes, Finish kind, bool Clip, int Rows, int Blocks, int... Columns>
struct Table<Lanes, kind, Clip, Rows, Blocks, std::integer_sequence<int, Columns...>> {
  static constexpr ConvolveBlock list[] = {
      convolve_block<Lanes, kind, Clip, Rows, Columns + 1, Blocks>...};
};

/// Makes the outputs of Blocks x 16 channels. Two rows go at once where a row is so short that
/// one would leave the multipliers waiting for their own results.
template <class Lanes, Finish kind, bool Clip, int Blocks>
void convolve_strip(const Conv& conv, const Part& part, int block) {
  static constexpr int kPixels = Lanes::kPixels;
  using OneRow = Table<Lanes, kind, Clip, 1, Blocks, std::make_integer_sequence<int, kPixels>>;
  using TwoRows = Table<Lanes, kind, Clip, 2, Blocks, std::make_integer_sequence<int, kPixels / 2>>;
  const int pieces = (conv.width + kPixels - 1) / kPixels;
  for (int y = part.row; y < part.row_end;) {
    const bool two = conv.width <= kPixels / 2 && y + 1 < part.row_end;
    for (int piece = 0, x = 0; piece < pieces; ++piece) {
      const int columns = (conv.width - x) / (pieces - piece);
      (two ? TwoRows::list : OneRow::list)[columns - 1](conv, y, x, block);
      x += columns;
    }
    y += two ? 2 : 1;
  }
}

template <class Lanes, Finish kind, bool Clip>
void convolve_rows(const Conv& conv, const Part& part) {
  for (int row = part.row; row < part.row_end; row += conv.rows_at_once) {
    Part rows = part;
    rows.row = row;
    if (row + conv.rows_at_once < part.row_end) rows.row_end = row + conv.rows_at_once;
    int block = part.block;
    for (; block + Lanes::kBlocks <= part.block_end; block += Lanes::kBlocks) {
      convolve_strip<Lanes, kind, Clip, Lanes::kBlocks>(conv, rows, block);
    }
    for (; block < part.block_end; ++block) {
      convolve_strip<Lanes, Finish::kGeneral, false, 1>(conv, rows, block);
    }
  }
}

template <class Lanes, Finish kind>
void convolve_as(const Conv& conv, const Part& part) {
  if (conv.clip) {
    convolve_rows<Lanes, kind, true>(conv, part);
  } else {
    convolve_rows<Lanes, kind, false>(conv, part);
  }
}

/// Kernels::convolve. The weights of kBlocks x 16 outputs stay in the first cache while
/// rows_at_once rows pass by; these rows stay there while the outputs are gone through.
template <class Lanes>
void convolve(const Conv& conv, const Part& part) {
  switch (conv.finish) {
    case Finish::kCodes:
      return convolve_as<Lanes, Finish::kCodes>(conv, part);
    case Finish::kResidual:
      return convolve_as<Lanes, Finish::kResidual>(conv, part);
    case Finish::kPublished:
      return convolve_as<Lanes, Finish::kPublished>(conv, part);
    case Finish::kGeneral:
      return convolve_rows<Lanes, Finish::kGeneral, false>(conv, part);
  }
}

}  // namespace shiftwise::cpu
