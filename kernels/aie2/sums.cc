// SPDX-License-Identifier: Apache-2.0
// Accumulate alone: a chunk of input channels is added to int32 sums in memory.
#include "blocks.h"

namespace sw {

template <typename Main>
SW_INLINE void run_sums(const Main& main, const FromBias& bias, int32* sums, const SwConvParams& p,
                        int start) {
  const StoredSums stored = {sums, bias, p.rows, p.pixels, p.main_left, start};
  run(p, Recipe<StoredSums, Main, StoredSums>{stored, main, stored});
}

}  // namespace sw

#define SW_SUMS(x, X)                                                                              \
  extern "C" void SW_SYMBOL(sw_conv1x1_sums_##x)(const X* in0, const X* in1, const int8* weights,  \
                                                 int32* sums, const int32* params, int32 start) {  \
    const SwConvParams p = sw::read_params(params);                                                \
    sw::run_sums(sw::conv1x1(p, in0, in1, weights),                                                \
                 sw::bias_of(p, weights, p.in0_groups + p.in1_groups, 1), sums, p, start);         \
  }                                                                                                \
  extern "C" void SW_SYMBOL(sw_conv3x3_sums_##x)(const X* before, const X* middle, const X* after, \
                                                 const int8* weights, int32* sums,                 \
                                                 const int32* params, int32 border, int32 start) { \
    const SwConvParams p = sw::read_params(params);                                                \
    sw::run_sums(sw::conv3x3(p, before, middle, after, weights, border),                           \
                 sw::bias_of(p, weights, p.in0_groups, 9), sums, p, start);                        \
  }

SW_SUMS(u8, uint8)
SW_SUMS(i8, int8)
