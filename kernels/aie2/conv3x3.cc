// SPDX-License-Identifier: Apache-2.0
// 3x3 convolution with a border of zeros, stride 1 or 2.
#include "blocks.h"

namespace sw {

template <typename X, typename Y>
SW_INLINE void run_conv3x3(const Conv3x3<X>& main, const int8* weights, Y* out,
                           const SwConvParams& p) {
  run(p, Recipe<FromBias, Conv3x3<X>, ToCodes<Y>>{
             bias_of(p, weights, p.in0_groups, 9), main, {output(p, out), p.shift}});
}

}  // namespace sw

#define SW_CONV3X3(x, X, y, Y)                                                                 \
  extern "C" void SW_SYMBOL(sw_conv3x3_##x##_##y)(const X* before, const X* middle,            \
                                                  const X* after, const int8* weights, Y* out, \
                                                  const int32* params, int32 border) {         \
    const SwConvParams p = sw::read_params(params);                                            \
    sw::run_conv3x3(sw::conv3x3(p, before, middle, after, weights, border), weights, out, p);  \
  }

SW_FOR_TYPES(SW_CONV3X3)
