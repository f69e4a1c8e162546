// SPDX-License-Identifier: Apache-2.0
// The residual whose skip is a 1x1 convolution of its own, with weights behind the main ones.
#pragma once

#include "blocks.h"

namespace sw {

/// Published: the projection's int8 codes wait in registers while the main branch is summed.
/// Wide: one set of sums. The branch that moves to the left comes first, its sums are shifted,
/// and the other's are added on top.
template <typename Main, typename S, typename Y>
struct Projected {
  Main main;
  Conv1x1<S> skip;
  FromBias main_bias;
  FromBias skip_bias;
  Output<Y> output;
  SwConvParams p;

  bool fast() const { return main.fast() && skip.fast() && output.fast(); }

  template <bool kFast, int kG, int kT>
  SW_INLINE void block(const Place& at) const {
    const bool wide = p.residual == SW_RESIDUAL_WIDE;
    const bool main_first = wide && p.main_left > 0;
    Block<kG, kT> block;
    Codes<int8> skip_codes[kG][kT];
    (main_first ? main_bias : skip_bias).template begin<kFast>(block, at);
    SW_ONE_COPY for (int step = 0; step < 2; ++step) {
      if (main_first == (step == 0)) {
        main.template add<kFast>(block, at);
      } else {
        skip.template add<kFast>(block, at);
      }
      if (step == 0) {
        SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
          const Sums second = (main_first ? skip_bias : main_bias).sums(at.group + g);
          SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
            Sums& sums = block.sums[g][t];
            if (wide) {
              sums = aie::add(shifted_left(sums, main_first ? p.main_left : p.skip_left), second);
            } else {
              skip_codes[g][t] = requantized<int8>(sums, p.skip_shift);
              sums = second;
            }
          }
        }
      }
    }
    SW_UNROLL_ON_CORE for (int g = 0; g < kG; ++g) {
      SW_UNROLL_ON_CORE for (int t = 0; t < kT; ++t) {
        Sums sum = block.sums[g][t];
        if (!wide) {
          sum = aie::add(Sums(requantized<int8>(sum, p.shift), p.main_left),
                         Sums(skip_codes[g][t], p.skip_left));
        }
        output.template store<kFast>(requantized<Y>(sum, p.sum_shift), at, g, t);
      }
    }
  }
};

/// `skip_weights`: where the projection's weights begin.
template <typename S>
SW_INLINE Conv1x1<S> projection(const SwConvParams& p, const S* skip, const int8* skip_weights) {
  return {skip,
          skip,
          skip_weights + p.weight_first_group * p.skip_groups * 64,
          p.skip_groups,
          0,
          p.skip_group_stride,
          p.skip_row_stride,
          p.skip_stride,
          p.pixels};
}

template <typename Main, typename S, typename Y>
SW_INLINE void run_projected(const SwConvParams& p, const Main& main, const int8* weights,
                             int main_groups, int taps, const S* skip, Y* out) {
  const int8* skip_weights =
      weights + sw_next_part(sw_weight_bytes(p.weight_groups, main_groups, taps));
  run(p, Projected<Main, S, Y>{main, projection(p, skip, skip_weights),
                               bias_of(p, weights, main_groups, taps),
                               bias_of(p, skip_weights, p.skip_groups, 1), output(p, out), p});
}

}  // namespace sw
