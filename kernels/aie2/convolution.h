// SPDX-License-Identifier: Apache-2.0
// Accumulate: what a convolution adds to the sums of one block. Sums go in and come out as
// values and stay in accumulator registers for the whole of the loops.
#pragma once

#include "tile.h"

namespace sw {

template <int kG, int kT>
struct Block {
  Sums sums[kG][kT];
};

template <typename T, int kG, int kT>
SW_INLINE void load(Product<T> (&product)[kG][kT], const Block<kG, kT>& block) {
  SW_UNROLL for (int g = 0; g < kG; ++g) {
    SW_UNROLL for (int t = 0; t < kT; ++t) product[g][t] = block.sums[g][t];
  }
}

template <typename T, int kG, int kT>
SW_INLINE void save(const Product<T> (&product)[kG][kT], Block<kG, kT>& block) {
  SW_UNROLL for (int g = 0; g < kG; ++g) {
    SW_UNROLL for (int t = 0; t < kT; ++t) block.sums[g][t] = product[g][t].to_accum();
  }
}

/// One 8x8 of weights with each tile of codes.
template <typename T, int kT>
SW_INLINE void multiply(Product<T> (&product)[kT], const Codes<T> (&codes)[kT], const int8* w) {
  const aie::vector<int8, 64> weights = aie::load_v<64>(w);
  SW_UNROLL for (int t = 0; t < kT; ++t) product[t].mac(codes[t], weights);
}

/// A 1x1 convolution over the channel groups of in0, then of in1.
template <typename T>
struct Conv1x1 {
  const T* in0;
  const T* in1;
  const int8* weights;
  int in0_groups;
  int in1_groups;
  int group_stride;
  int row_stride;
  int stride;
  int pixels;  ///< of an output row

  bool fast() const {
    return stride == 1 && aligned(group_stride) && aligned(row_stride) && aligned(in0) &&
           aligned(in1);
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void add(Block<kG, kT>& block, const Place& at) const {
    const int in_groups = in0_groups + in1_groups;
    const int row = at.y * stride * row_stride;
    const int offset = 8 * (row + (kFast ? at.x : 0));
    const T* from = in0 + offset;
    const int8* w = weights + at.group * in_groups * 64;
    Product<T> product[kG][kT];
    load(product, block);
    SW_AT_LEAST_ONCE
    for (int i = 0; i < in_groups; ++i) {
      Codes<T> codes[kT];
      SW_UNROLL for (int t = 0; t < kT; ++t) {
        if constexpr (kFast) {
          codes[t] = aie::load_v<kLanes>(from + t * kLanes);
        } else {
          codes[t] = load_clipped(from, at.x * stride, stride, (pixels - 1) * stride + 1);
        }
      }
      SW_UNROLL for (int g = 0; g < kG; ++g) {
        multiply(product[g], codes, w + g * in_groups * 64);
      }
      w += 64;
      from = i + 1 == in0_groups ? in1 + offset : from + 8 * group_stride;
    }
    save(product, block);
  }
};

/// Stands beside a row where there is no pixel: one aligned tile of zeros.
template <typename T>
struct Outside {
  alignas(64) static constexpr T kZeros[kLanes] = {};
};

/// A 3x3 convolution with one pixel of zeros around the image. Its input is three objects of
/// in_rows rows each.
template <typename T>
struct Conv3x3 {
  const T* before;
  const T* middle;
  const T* after;
  const int8* weights;
  int in_groups;
  int in_rows;
  int in_width;
  int group_stride;
  int row_stride;
  int stride;
  int border;

  bool fast() const {
    return stride == 1 && aligned(group_stride) && aligned(row_stride) && aligned(in_width) &&
           aligned(before) && aligned(middle) && aligned(after);
  }

  /// Row `y` of `middle`, or where it lies in its neighbours; null where there is none.
  SW_INLINE const T* line(int y) const {
    if (y < 0) {
      return (border & SW_BORDER_TOP) != 0 ? nullptr : before + 8 * (y + in_rows) * row_stride;
    }
    if (y >= in_rows) {
      return (border & SW_BORDER_BOTTOM) != 0 ? nullptr : after + 8 * (y - in_rows) * row_stride;
    }
    return middle + 8 * y * row_stride;
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void add(Block<kG, kT>& block, const Place& at) const {
    Product<T> product[kG][kT];
    load(product, block);
    for (int ky = 0; ky < 3; ++ky) {
      const T* row = line(at.y * stride + ky - 1);
      if (row == nullptr) continue;
      const int8* w = weights + (at.group * in_groups * 9 + 3 * ky) * 64;
      if constexpr (kFast) {
        add_fast(product, row, w, at.x);
      } else {
        add_anywhere(product, row, w, at.x);
      }
    }
    save(product, block);
  }

 private:
  /// One row of taps. The tiles to the left and right of the block lend it one pixel each;
  /// outside of the image they are a tile of zeros that the pointer does not move away from.
  template <int kG, int kT>
  SW_INLINE void add_fast(Product<T> (&product)[kG][kT], const T* row, const int8* w, int x) const {
    const T* from = row + 8 * x;
    const bool has_left = x > 0;
    const bool has_right = x + kT * kPixels < in_width;
    const T* left = has_left ? from - kLanes : Outside<T>::kZeros;
    const T* right = has_right ? from + kT * kLanes : Outside<T>::kZeros;
    const int step = 8 * group_stride;
    const int left_step = has_left ? step : 0;
    const int right_step = has_right ? step : 0;
    SW_AT_LEAST_ONCE
    for (int i = 0; i < in_groups; ++i) {
      Codes<T> tile[kT + 2];  // with its neighbours
      tile[0] = aie::load_v<kLanes>(left);
      SW_UNROLL for (int t = 0; t < kT; ++t) {
        tile[t + 1] = aie::load_v<kLanes>(from + t * kLanes);
      }
      tile[kT + 1] = aie::load_v<kLanes>(right);
      Codes<T> codes[3][kT];
      SW_UNROLL for (int t = 0; t < kT; ++t) {
        codes[0][t] = aie::shuffle_down_fill(tile[t], tile[t + 1], kLanes - 8);
        codes[1][t] = tile[t + 1];
        codes[2][t] = aie::shuffle_down_fill(tile[t + 1], tile[t + 2], 8);
      }
      multiply_row(product, codes, w);
      w += 9 * 64;
      from += step;
      left += left_step;
      right += right_step;
    }
  }

  /// The same for one tile with any stride, width and alignment.
  template <int kG>
  SW_INLINE void add_anywhere(Product<T> (&product)[kG][1], const T* row, const int8* w,
                              int x) const {
    const int first = x * stride - 1;
    SW_AT_LEAST_ONCE
    for (int i = 0; i < in_groups; ++i) {
      Codes<T> codes[3][1];
      SW_UNROLL for (int kx = 0; kx < 3; ++kx) {
        codes[kx][0] = load_clipped(row, first + kx, stride, in_width);
      }
      multiply_row(product, codes, w);
      w += 9 * 64;
      row += 8 * group_stride;
    }
  }

  /// The three taps of a row, each of its output groups.
  template <int kG, int kT>
  SW_INLINE void multiply_row(Product<T> (&product)[kG][kT], const Codes<T> (&codes)[3][kT],
                              const int8* w) const {
    SW_UNROLL for (int kx = 0; kx < 3; ++kx) {
      SW_UNROLL for (int g = 0; g < kG; ++g) {
        multiply(product[g], codes[kx], w + (g * in_groups * 9 + kx) * 64);
      }
    }
  }
};

}  // namespace sw
