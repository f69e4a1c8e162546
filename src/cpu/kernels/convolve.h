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

namespace shiftwise::cpu {

/// The register block: Rows x Columns pixels by Blocks x 16 outputs.
template <class Lanes, int Rows, int Columns, int Blocks>
struct RegisterBlock {
  using Sums = typename Lanes::Sums;
  static constexpr int kPixels = Rows * Columns;
  Sums sums[kPixels][Blocks];

  void clear() {
    SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
      SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) sums[p][b] = Lanes::zero();
    }
  }

  void shift_left(int by) {
    SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
      SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
        sums[p][b] = Lanes::shift_left(sums[p][b], by);
      }
    }
  }

  void add_products(const Products& products, int y, int x, int block) {
    const std::uint8_t* input = products.input + y * products.row + x * products.pixel;
    const std::ptrdiff_t stride =
        std::ptrdiff_t{products.runs} * products.groups * (kBlock * kGroup);
    const std::int8_t* weight = products.weight + block * stride;
    const std::ptrdiff_t pixel = products.pixel;
    const std::ptrdiff_t row = products.row;
    for (int r = 0; r < products.runs; ++r) {
      const std::uint8_t* codes = input + products.run[r];
      for (int g = 0; g < products.groups; ++g) {
        typename Lanes::Weights weights[Blocks];
        SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
          weights[b] = Lanes::load_weights(weight + b * stride);
        }
        SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
          const auto code = Lanes::broadcast(codes + (p / Columns) * row + (p % Columns) * pixel);
          SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
            Lanes::multiply_add(sums[p][b], code, weights[b]);
          }
        }
        codes += kGroup;
        weight += kBlock * kGroup;
      }
    }
  }
};

/// round(v, s) of struct Conv.
template <class Lanes>
typename Lanes::Sums rounded(typename Lanes::Sums v, int shift, bool to_even) {
  if (to_even && shift > 0) {
    const auto half = Lanes::all((std::int32_t{1} << (shift - 1)) - 1);
    v = Lanes::add(v, Lanes::add(half, Lanes::low_bit(Lanes::shift_right(v, shift))));
  }
  return Lanes::shift_right(v, shift);
}

/// From a sum of products to the stored result: pixel (y, x), outputs 16 * block ...
template <class Lanes>
void finish(const Conv& conv, typename Lanes::Sums v, typename Lanes::Sums bias, int y, int x,
            int block) {
  if (conv.lead != 0) v = Lanes::shift_left(v, conv.lead);
  v = Lanes::add(v, bias);
  if (conv.inner) {
    v = rounded<Lanes>(v, conv.inner_shift, conv.to_even);
    v = Lanes::clamp(v, conv.inner_low, conv.inner_high);
    v = Lanes::add(Lanes::shift_left(v, conv.inner_lead), Lanes::all(conv.extra));
  }
  if (conv.skip != nullptr) {
    const auto skip =
        Lanes::load_codes(conv.skip + y * conv.skip_row + x * conv.skip_pixel + block * kBlock);
    v = Lanes::add(v, Lanes::shift_left(skip, conv.skip_lead));
  }
  std::uint8_t* output = conv.output + y * conv.output_row + x * conv.output_pixel;
  if (conv.stored == Stored::kInt32) {
    Lanes::store(reinterpret_cast<std::int32_t*>(output) + block * kBlock, v);
    return;
  }
  v = rounded<Lanes>(v, conv.shift, conv.to_even);
  if (conv.stored == Stored::kUint8) {
    Lanes::store_uint8(output + block * kBlock, v);
  } else {
    Lanes::store_biased_int8(output + block * kBlock, v);
  }
}

template <class Lanes, int Rows, int Columns, int Blocks>
void convolve_block(const Conv& conv, int y, int x, int block) {
  RegisterBlock<Lanes, Rows, Columns, Blocks> registers;
  registers.clear();
  registers.add_products(conv.products[0], y, x, block);
  if (conv.terms == 2) {
    if (conv.between != 0) registers.shift_left(conv.between);
    registers.add_products(conv.products[1], y, x, block);
  }
  SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
    const auto bias = Lanes::load(conv.bias + (block + b) * kBlock);
    SHIFTWISE_UNROLL for (int p = 0; p < Rows * Columns; ++p) {
      finish<Lanes>(conv, registers.sums[p][b], bias, y + p / Columns, x + p % Columns, block + b);
    }
  }
}

using ConvolveBlock = void (*)(const Conv&, int y, int x, int block);

/// Entry c of `list`: convolve_block for c + 1 columns.
template <class Lanes, int Rows, int Blocks, class Columns>
struct Table;
template <class Lanes, int Rows, int Blocks, int... Columns>
struct Table<Lanes, Rows, Blocks, std::integer_sequence<int, Columns...>> {
  static constexpr ConvolveBlock list[] = {convolve_block<Lanes, Rows, Columns + 1, Blocks>...};
};

/// Makes the outputs of Blocks x 16 channels. Two rows go at once where a row is so short that
/// one would leave the multipliers waiting for their own results.
template <class Lanes, int Blocks>
void convolve_strip(const Conv& conv, const Part& part, int block) {
  static constexpr int kPixels = Lanes::kPixels;
  using OneRow = Table<Lanes, 1, Blocks, std::make_integer_sequence<int, kPixels>>;
  using TwoRows = Table<Lanes, 2, Blocks, std::make_integer_sequence<int, kPixels / 2>>;
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

/// Kernels::convolve. The weights of kBlocks x 16 outputs stay in the first cache while the
/// pixels pass by.
template <class Lanes>
void convolve(const Conv& conv, const Part& part) {
  int block = part.block;
  for (; block + Lanes::kBlocks <= part.block_end; block += Lanes::kBlocks) {
    convolve_strip<Lanes, Lanes::kBlocks>(conv, part, block);
  }
  for (; block < part.block_end; ++block) convolve_strip<Lanes, 1>(conv, part, block);
}

}  // namespace shiftwise::cpu
