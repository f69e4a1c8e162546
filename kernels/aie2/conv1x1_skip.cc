// SPDX-License-Identifier: Apache-2.0
// 1x1 convolution, then the residual with the codes of a skip.
#include "blocks.h"

namespace sw {

template <typename S, typename Y>
SW_INLINE void run_conv1x1_skip(const uint8* in0, const uint8* in1, const int8* weights,
                                const S* skip, Y* out, const SwConvParams& p) {
  const FromBias bias = bias_of(p, weights, p.in0_groups + p.in1_groups, 1);
  run(p, Recipe<FromBias, Conv1x1<uint8>, AddSkip<S, Y>>{
             bias, conv1x1(p, in0, in1, weights), {output(p, out), skip, p}});
}

}  // namespace sw

#define SW_CONV1X1_SKIP(s, S, y, Y)                                                           \
  extern "C" void SW_SYMBOL(sw_conv1x1_skip_u8_##s##_##y)(const uint8* in0, const uint8* in1, \
                                                          const int8* weights, const S* skip, \
                                                          Y* out, const int32* params) {      \
    sw::run_conv1x1_skip(in0, in1, weights, skip, out, sw::read_params(params));              \
  }

SW_FOR_TYPES(SW_CONV1X1_SKIP)
