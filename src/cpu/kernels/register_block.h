// SPDX-License-Identifier: Apache-2.0
// The innermost loops of a convolution: sums in registers, over the lanes of convolve.h.
#pragma once

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
    Cursor at = start(products, y, x, block);
    const std::uint8_t* input = at.codes;
    RunRange range = {0, products.runs};
    if (Clip && products.padding > 0) range = inside(products, y, Rows);
    at.weight += std::ptrdiff_t{range.first} * products.groups * (kBlock * kGroup);
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

  /// Where the products of a pixel are.
  struct Cursor {
    const std::uint8_t* codes;
    const std::int8_t* weight;
    std::ptrdiff_t stride;  // of weights, from block to block
    std::ptrdiff_t pixel;
    std::ptrdiff_t row;
  };

  SHIFTWISE_INLINE static Cursor start(const Products& products, int y, int x, int block) {
    const std::ptrdiff_t stride =
        std::ptrdiff_t{products.runs} * products.groups * (kBlock * kGroup);
    return {products.input + y * products.row + x * products.pixel,
            products.weight + block * stride, stride, products.pixel, products.row};
  }

  /// Adds the products of the next `groups` groups to all columns but the `First` first and the
  /// `Last` last.
  template <int First, int Last>
  SHIFTWISE_INLINE void multiply(Cursor& at, int groups) {
    for (int g = 0; g < groups; ++g) {
      typename Lanes::Weights weights[Blocks];
      SHIFTWISE_UNROLL for (int b = 0; b < Blocks; ++b) {
        weights[b] = Lanes::load_weights(at.weight + b * at.stride);
        Lanes::hold(weights[b]);
        if (Blocks != kInterleaved) __builtin_prefetch(at.weight + b * at.stride + kPrefetchBytes);
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

}  // namespace shiftwise::cpu
