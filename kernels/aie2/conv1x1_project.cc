// SPDX-License-Identifier: Apache-2.0
// 1x1 convolution, then the residual with a 1x1 convolution of the skip.
#include "projection.h"

namespace sw {

template <typename S, typename Y>
SW_INLINE void run_conv1x1_project(const uint8* in0, const uint8* in1, const int8* weights,
                                   const S* skip, Y* out, const SwConvParams& p) {
  run_projected(p, conv1x1(p, in0, in1, weights), weights, p.in0_groups + p.in1_groups, 1, skip,
                out);
}

}  // namespace sw

#define SW_CONV1X1_PROJECT(s, S, y, Y)                                                           \
  extern "C" void SW_SYMBOL(sw_conv1x1_project_u8_##s##_##y)(const uint8* in0, const uint8* in1, \
                                                             const int8* weights, const S* skip, \
                                                             Y* out, const int32* params) {      \
    sw::run_conv1x1_project(in0, in1, weights, skip, out, sw::read_params(params));              \
  }

SW_FOR_TYPES(SW_CONV1X1_PROJECT)
