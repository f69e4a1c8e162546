// SPDX-License-Identifier: Apache-2.0
// 1x1 convolution: out = codes(bias + sum over channels of w * x). Arguments: params.h.
#include "blocks.h"

namespace sw {

template <typename X, typename Y>
SW_INLINE void run_conv1x1(const X* in0, const X* in1, const int8* weights, Y* out,
                           const SwConvParams& p) {
  const FromBias bias = bias_of(p, weights, p.in0_groups + p.in1_groups, 1);
  run(p, Recipe<FromBias, Conv1x1<X>, ToCodes<Y>>{
             bias, conv1x1(p, in0, in1, weights), {output(p, out), p.shift}});
}

}  // namespace sw

#define SW_CONV1X1(x, X, y, Y)                                                                     \
  extern "C" void SW_SYMBOL(sw_conv1x1_##x##_##y)(const X* in0, const X* in1, const int8* weights, \
                                                  Y* out, const int32* params) {                   \
    sw::run_conv1x1(in0, in1, weights, out, sw::read_params(params));                              \
  }

SW_FOR_TYPES(SW_CONV1X1)
