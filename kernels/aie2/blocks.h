// SPDX-License-Identifier: Apache-2.0
// A kernel is a recipe for one block of the output, carried out for every block of a call.
#pragma once

#include "finish.h"

namespace sw {

/// Accumulate, then finish.
template <typename Start, typename Main, typename Finish>
struct Recipe {
  Start start;
  Main main;
  Finish finish;

  bool fast() const { return start.fast() && main.fast() && finish.fast(); }

  template <bool kFast, int kG, int kT>
  SW_INLINE void block(const Place& at) const {
    Block<kG, kT> block;
    start.template begin<kFast>(block, at);
    main.template add<kFast>(block, at);
    finish.template end<kFast>(block, at);
  }
};

/// Blocks of 2 x 4 tiles (kGroups x kTiles) where everything is aligned; then what is left of the
/// groups or of a row. `Kernel` has fast() and block<kFast, kG, kT>(place). Four copies of a
/// kernel's loops is what 16 KiB of program memory bear.
template <typename Kernel>
SW_INLINE void for_each_block(const SwConvParams& p, const Kernel& kernel) {
  const int fast_pixels = kernel.fast() ? p.pixels / kPixels * kPixels : 0;
  int groups = kGroups;
  for (int group = 0; group < p.out_groups; group += groups) {
    if (group + kGroups > p.out_groups) groups = 1;
    for (int y = 0; y < p.rows; ++y) {
      Place at = {group, y, 0, kPixels};
      for (; at.x + kTiles * kPixels <= fast_pixels; at.x += kTiles * kPixels) {
        if (groups == kGroups) {
          kernel.template block<true, kGroups, kTiles>(at);
        } else {
          kernel.template block<true, 1, kTiles>(at);
        }
      }
      for (; groups == kGroups && at.x < fast_pixels; at.x += kPixels) {
        kernel.template block<true, kGroups, 1>(at);
      }
      for (; at.x < p.pixels; at.x += kPixels) {
        at.count = p.pixels - at.x < kPixels ? p.pixels - at.x : kPixels;
        SW_ONE_COPY for (int g = 0; g < groups; ++g) {
          at.group = group + g;
          kernel.template block<false, 1, 1>(at);
        }
      }
    }
  }
}

/// Carries a recipe out. How a core rounds and saturates is state that calls inherit from each
/// other, so it is set first.
template <typename Kernel>
SW_INLINE void run(const SwConvParams& p, const Kernel& kernel) {
  aie::set_rounding(static_cast<aie::rounding_mode>(p.rounding));
  aie::set_saturation(aie::saturation_mode::saturate);
  for_each_block(p, kernel);
}

/// The words as the struct, copied: stores to the output then cannot change them, as far as the
/// compiler knows.
SW_INLINE SwConvParams read_params(const int32* words) {
  return *reinterpret_cast<const SwConvParams*>(words);
}

/// The pieces of a call, from its arguments.

template <typename T>
SW_INLINE Conv1x1<T> conv1x1(const SwConvParams& p, const T* in0, const T* in1,
                             const int8* weights) {
  const int groups = p.in0_groups + p.in1_groups;
  return {in0,
          in1,
          weights + p.weight_first_group * groups * 64,
          p.in0_groups,
          p.in1_groups,
          p.in_group_stride,
          p.in_row_stride,
          p.stride,
          p.pixels};
}

template <typename T>
SW_INLINE Conv3x3<T> conv3x3(const SwConvParams& p, const T* before, const T* middle,
                             const T* after, const int8* weights, int border) {
  return {before,          middle,
          after,           weights + p.weight_first_group * p.in0_groups * 9 * 64,
          p.in0_groups,    p.in_rows,
          p.in_width,      p.in_group_stride,
          p.in_row_stride, p.stride,
          border};
}

/// The bias behind the weights of a convolution with `in_groups` and `taps`.
SW_INLINE FromBias bias_of(const SwConvParams& p, const int8* weights, int in_groups, int taps) {
  const int8* bias = weights + p.weight_groups * in_groups * taps * 64;
  return {reinterpret_cast<const int32*>(bias) + 8 * p.weight_first_group};
}

template <typename Y>
SW_INLINE Output<Y> output(const SwConvParams& p, Y* out) {
  return {out, p.out_group_stride, p.out_row_stride};
}

}  // namespace sw

// The letters and types of the input and output, or skip and output, for which a kernel has entry
// points. What meets a skip has been through a ReLU: it is uint8.
#define SW_FOR_TYPES(M) \
  M(u8, uint8, u8, uint8) M(u8, uint8, i8, int8) M(i8, int8, u8, uint8) M(i8, int8, i8, int8)
