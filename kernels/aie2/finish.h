// SPDX-License-Identifier: Apache-2.0
// What a block's sums begin with, and what becomes of them.
#pragma once

#include "convolution.h"

namespace sw {

/// Sums begin with the bias.
struct FromBias {
  const int32* bias;
  int step = 8;  ///< from a group to the next

  bool fast() const { return true; }

  SW_INLINE Sums sums(int group) const {
    const aie::vector<int32, 8> one = aie::load_v<8>(bias + step * group);
    const aie::accum<acc32, kPart> part(aie::concat(one, one, one, one));
    Sums sums;
    SW_UNROLL for (unsigned i = 0; i < kLanes / kPart; ++i) sums.template insert<kPart>(i, part);
    return sums;
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void begin(Block<kG, kT>& block, const Place& at) const {
    SW_UNROLL for (int g = 0; g < kG; ++g) {
      const Sums same = sums(at.group + g);
      SW_UNROLL for (int t = 0; t < kT; ++t) block.sums[g][t] = same;
    }
  }
};

/// Sums that lie in memory between two calls: [group][row][pixel][8].
struct StoredSums {
  int32* sums;
  FromBias bias;
  int rows;
  int pixels;
  int left;   ///< shift of what is read
  int start;  ///< SW_START_*

  bool fast() const { return true; }

  SW_INLINE int32* tile(const Place& at, int g, int t) const {
    return sums + 8 * (((at.group + g) * rows + at.y) * pixels + at.x + t * kPixels);
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void begin(Block<kG, kT>& block, const Place& at) const {
    if (start == SW_START_BIAS) return bias.begin<kFast>(block, at);
    SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
      SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
        const Sums earlier = read(tile(at, g, t), kFast ? kPixels : at.count);
        block.sums[g][t] = start == SW_START_SUMS
                               ? earlier
                               : aie::add(shifted_left(earlier, left), bias.sums(at.group + g));
      }
    }
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void end(const Block<kG, kT>& block, const Place& at) const {
    SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
      SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
        write(tile(at, g, t), block.sums[g][t], kFast ? kPixels : at.count);
      }
    }
  }

 private:
  static SW_INLINE_ON_CORE Sums read(const int32* from, int count) {
    Sums sums;
    SW_UNROLL for (unsigned i = 0; i < kLanes / kPart; ++i) {
      aie::vector<int32, kPart> part = aie::zeros<int32, kPart>();
      SW_UNROLL for (int k = 0; k < 4; ++k) {
        const int pixel = 4 * i + k;
        if (pixel < count) part.template insert<8>(k, aie::load_v<8>(from + 8 * pixel));
      }
      sums.template insert<kPart>(i, aie::accum<acc32, kPart>(part));
    }
    return sums;
  }

  static SW_INLINE_ON_CORE void write(int32* to, const Sums& sums, int count) {
    SW_UNROLL for (unsigned i = 0; i < kLanes / kPart; ++i) {
      const aie::vector<int32, kPart> part = sums.template extract<kPart>(i).to_vector<int32>(0);
      SW_UNROLL for (int k = 0; k < 4; ++k) {
        const int pixel = 4 * i + k;
        if (pixel < count) aie::store_v(to + 8 * pixel, part.template extract<8>(k));
      }
    }
  }
};

/// Where codes go.
template <typename Y>
struct Output {
  Y* out;
  int group_stride;
  int row_stride;

  bool fast() const { return aligned(group_stride) && aligned(row_stride) && aligned(out); }

  template <bool kFast>
  SW_INLINE void store(const Codes<Y>& codes, const Place& at, int g, int t) const {
    Y* to = out + 8 * ((at.group + g) * group_stride + at.y * row_stride + at.x + t * kPixels);
    if constexpr (kFast) {
      aie::store_v(to, codes);
    } else {
      store_pixels(to, codes, at.count);
    }
  }
};

/// A convolution's own codes.
template <typename Y>
struct ToCodes {
  Output<Y> output;
  int shift;

  bool fast() const { return output.fast(); }

  template <bool kFast, int kG, int kT>
  SW_INLINE void end(const Block<kG, kT>& block, const Place& at) const {
    SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
      SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
        output.template store<kFast>(requantized<Y>(block.sums[g][t], shift), at, g, t);
      }
    }
  }
};

/// The main branch of a residual at the common exponent (docs/numerics.md, eq. 8).
SW_INLINE Sums main_operand(const Sums& sums, const SwConvParams& p) {
  if (p.residual == SW_RESIDUAL_WIDE) return shifted_left(sums, p.main_left);
  return Sums(requantized<int8>(sums, p.shift), p.main_left);
}

/// The codes of a skip are added.
template <typename S, typename Y>
struct AddSkip {
  Output<Y> output;
  const S* skip;
  SwConvParams p;

  bool fast() const {
    return output.fast() && p.skip_stride == 1 && aligned(p.skip_group_stride) &&
           aligned(p.skip_row_stride) && aligned(skip);
  }

  template <bool kFast, int kG, int kT>
  SW_INLINE void end(const Block<kG, kT>& block, const Place& at) const {
    SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
      SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
        const Sums sum =
            aie::add(main_operand(block.sums[g][t], p), Sums(codes<kFast>(at, g, t), p.skip_left));
        output.template store<kFast>(requantized<Y>(sum, p.sum_shift), at, g, t);
      }
    }
  }

 private:
  template <bool kFast>
  SW_INLINE Codes<S> codes(const Place& at, int g, int t) const {
    const int group = at.group + g + p.skip_first_group;
    if (group < 0 || group >= p.skip_groups) return aie::zeros<S, kLanes>();
    const S* row =
        skip + 8 * (group * p.skip_group_stride + at.y * p.skip_stride * p.skip_row_stride);
    if constexpr (kFast) return aie::load_v<kLanes>(row + 8 * (at.x + t * kPixels));
    return load_clipped(row, at.x * p.skip_stride, p.skip_stride,
                        (p.pixels - 1) * p.skip_stride + 1);
  }
};

}  // namespace sw
