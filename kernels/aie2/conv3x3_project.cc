// SPDX-License-Identifier: Apache-2.0
// 3x3 convolution, then the residual with a 1x1 convolution of the skip: the end of a basic block
// that changes its size.
#include "projection.h"

#define SW_CONV3X3_PROJECT(s, S, y, Y)                                                    \
  extern "C" void SW_SYMBOL(sw_conv3x3_project_u8_##s##_##y)(                             \
      const uint8* before, const uint8* middle, const uint8* after, const int8* weights,  \
      const S* skip, Y* out, const int32* params, int32 border) {                         \
    const SwConvParams p = sw::read_params(params);                                       \
    sw::run_projected(p, sw::conv3x3(p, before, middle, after, weights, border), weights, \
                      p.in0_groups, 9, skip, out);                                        \
  }

SW_FOR_TYPES(SW_CONV3X3_PROJECT)
