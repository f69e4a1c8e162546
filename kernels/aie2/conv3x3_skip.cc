// SPDX-License-Identifier: Apache-2.0
// 3x3 convolution, then the residual with the codes of a skip: the end of a basic block.
#include "blocks.h"

namespace sw {

template <typename S, typename Y>
SW_INLINE void run_conv3x3_skip(const Conv3x3<uint8>& main, const int8* weights, const S* skip,
                                Y* out, const SwConvParams& p) {
  run(p, Recipe<FromBias, Conv3x3<uint8>, AddSkip<S, Y>>{
             bias_of(p, weights, p.in0_groups, 9), main, {output(p, out), skip, p}});
}

}  // namespace sw

#define SW_CONV3X3_SKIP(s, S, y, Y)                                                             \
  extern "C" void SW_SYMBOL(sw_conv3x3_skip_u8_##s##_##y)(                                      \
      const uint8* before, const uint8* middle, const uint8* after, const int8* weights,        \
      const S* skip, Y* out, const int32* params, int32 border) {                               \
    const SwConvParams p = sw::read_params(params);                                             \
    sw::run_conv3x3_skip(sw::conv3x3(p, before, middle, after, weights, border), weights, skip, \
                         out, p);                                                               \
  }

SW_FOR_TYPES(SW_CONV3X3_SKIP)
