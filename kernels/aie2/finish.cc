// SPDX-License-Identifier: Apache-2.0
// Finish alone: int32 sums in memory become codes, with or without a skip.
#include "blocks.h"

namespace sw {

/// Adds nothing: the sums are complete.
struct NoConvolution {
  bool fast() const { return true; }
  template <bool kFast, int kG, int kT>
  SW_INLINE void add(Block<kG, kT>&, const Place&) const {}
};

template <typename Finish>
SW_INLINE void run_finish(const int32* sums, const Finish& finish, const SwConvParams& p) {
  const StoredSums stored = {
      const_cast<int32*>(sums), {nullptr}, p.rows, p.pixels, 0, SW_START_SUMS};
  run(p, Recipe<StoredSums, NoConvolution, Finish>{stored, {}, finish});
}

}  // namespace sw

#define SW_FINISH(y, Y)                                                                      \
  extern "C" void SW_SYMBOL(sw_finish_##y)(const int32* sums, Y* out, const int32* params) { \
    const SwConvParams p = sw::read_params(params);                                          \
    sw::run_finish(sums, sw::ToCodes<Y>{sw::output(p, out), p.shift}, p);                    \
  }
#define SW_FINISH_SKIP(s, S, y, Y)                                                              \
  extern "C" void SW_SYMBOL(sw_finish_skip_##s##_##y)(const int32* sums, const S* skip, Y* out, \
                                                      const int32* params) {                    \
    const SwConvParams p = sw::read_params(params);                                             \
    sw::run_finish(sums, sw::AddSkip<S, Y>{sw::output(p, out), skip, p}, p);                    \
  }

SW_FINISH(u8, uint8)
SW_FINISH(i8, int8)
SW_FOR_TYPES(SW_FINISH_SKIP)
