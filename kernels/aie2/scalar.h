// SPDX-License-Identifier: Apache-2.0
// What the kernels mean, one output at a time: the norm that tests hold them to. For hosts only;
// the arithmetic is that of src/arith. Names are those of the kernels' symbols without types.
#pragma once

#include <cstdint>

#include "arith/srs.h"
#include "params.h"

namespace sw::scalar {

using shiftwise::arith::Rounding;

template <typename Y>
Y requantized(std::int64_t sum, std::int32_t shift, const SwConvParams& p) {
  return shiftwise::arith::requantize<Y>(sum, {shift}, static_cast<Rounding>(p.rounding));
}

/// A weight of output channel o, input channel i; taps of a 3x3 row by row.
inline std::int32_t weight(const std::int8_t* weights, int in_groups, int taps, int o, int i,
                           int tap) {
  return weights[((((o / 8) * in_groups + i / 8) * taps + tap) * 8 + i % 8) * 8 + o % 8];
}

inline std::int32_t bias(const std::int8_t* weights, int out_groups, int in_groups, int taps,
                         int o) {
  return reinterpret_cast<const std::int32_t*>(weights + out_groups * in_groups * taps * 64)[o];
}

/// One place of an output, and the channel's number within the weights.
struct At {
  int y;
  int x;
  int o;
  int weight_o;
};

/// f(at) for every output of a call.
template <typename F>
void for_each_output(const SwConvParams& p, F&& f) {
  for (int o = 0; o < 8 * p.out_groups; ++o) {
    for (int y = 0; y < p.rows; ++y) {
      for (int x = 0; x < p.pixels; ++x) f(At{y, x, o, o + 8 * p.weight_first_group});
    }
  }
}

inline int out_index(const SwConvParams& p, const At& at) {
  return ((at.o / 8) * p.out_group_stride + at.y * p.out_row_stride + at.x) * 8 + at.o % 8;
}

inline int sum_index(const SwConvParams& p, const At& at) {
  return (((at.o / 8) * p.rows + at.y) * p.pixels + at.x) * 8 + at.o % 8;
}

template <typename X>
struct Conv1x1 {
  const X* in0;
  const X* in1;
  const std::int8_t* weights;
  SwConvParams p;

  int groups() const { return p.in0_groups + p.in1_groups; }

  std::int32_t products(const At& at) const {
    std::int32_t sum = 0;
    for (int i = 0; i < 8 * groups(); ++i) {
      const bool second = i >= 8 * p.in0_groups;
      // Indexing the conditional itself is what GCC 12 with -fsanitize=undefined gets wrong.
      const X* in = second ? in1 : in0;
      const int group = second ? i / 8 - p.in0_groups : i / 8;
      const int pixel =
          group * p.in_group_stride + at.y * p.stride * p.in_row_stride + at.x * p.stride;
      sum += weight(weights, groups(), 1, at.weight_o, i, 0) * in[8 * pixel + i % 8];
    }
    return sum;
  }

  std::int32_t bias(const At& at) const {
    return scalar::bias(weights, p.weight_groups, groups(), 1, at.weight_o);
  }
};

template <typename X>
struct Conv3x3 {
  const X* before;
  const X* middle;
  const X* after;
  const std::int8_t* weights;
  SwConvParams p;
  int border;

  std::int32_t products(const At& at) const {
    std::int32_t sum = 0;
    for (int ky = 0; ky < 3; ++ky) {
      const int row = at.y * p.stride + ky - 1;
      if (row < 0 && (border & SW_BORDER_TOP) != 0) continue;
      if (row >= p.in_rows && (border & SW_BORDER_BOTTOM) != 0) continue;
      const X* object = row < 0 ? before : row >= p.in_rows ? after : middle;
      const int inside = (row + p.in_rows) % p.in_rows;
      for (int kx = 0; kx < 3; ++kx) {
        const int column = at.x * p.stride + kx - 1;
        if (column < 0 || column >= p.in_width) continue;
        for (int i = 0; i < 8 * p.in0_groups; ++i) {
          const int pixel = (i / 8) * p.in_group_stride + inside * p.in_row_stride + column;
          sum += weight(weights, p.in0_groups, 9, at.weight_o, i, 3 * ky + kx) *
                 object[8 * pixel + i % 8];
        }
      }
    }
    return sum;
  }

  std::int32_t bias(const At& at) const {
    return scalar::bias(weights, p.weight_groups, p.in0_groups, 9, at.weight_o);
  }
};

/// The 1x1 convolution of a projected skip, as the parameters of a call describe it.
template <typename S>
Conv1x1<S> projection(const S* skip, const std::int8_t* weights, int main_groups, int taps,
                      const SwConvParams& p) {
  SwConvParams own = p;
  own.in0_groups = p.skip_groups;
  own.in1_groups = 0;
  own.in_group_stride = p.skip_group_stride;
  own.in_row_stride = p.skip_row_stride;
  own.stride = p.skip_stride;
  return {skip, skip, weights + sw_next_part(sw_weight_bytes(p.weight_groups, main_groups, taps)),
          own};
}

/// An identity's code; zero channels where the skip has none.
template <typename S>
std::int32_t skip_code(const S* skip, const SwConvParams& p, const At& at) {
  const int group = at.o / 8 + p.skip_first_group;
  if (group < 0 || group >= p.skip_groups) return 0;
  return skip[8 * (group * p.skip_group_stride + at.y * p.skip_stride * p.skip_row_stride +
                   at.x * p.skip_stride) +
              at.o % 8];
}

/// docs/numerics.md, eq. 8, for operands that are aligned by left shifts.
template <typename Y>
Y residual(std::int64_t main, std::int64_t skip, const SwConvParams& p) {
  const std::int64_t m =
      p.residual == SW_RESIDUAL_WIDE ? main : requantized<std::int8_t>(main, p.shift, p);
  return requantized<Y>(
      m * (std::int64_t{1} << p.main_left) + skip * (std::int64_t{1} << p.skip_left), p.sum_shift,
      p);
}

template <typename Conv, typename Y>
void codes(const Conv& conv, Y* out, const SwConvParams& p) {
  for_each_output(p, [&](const At& at) {
    out[out_index(p, at)] = requantized<Y>(conv.bias(at) + conv.products(at), p.shift, p);
  });
}

template <typename Conv, typename S, typename Y>
void codes_with_skip(const Conv& conv, const S* skip, Y* out, const SwConvParams& p) {
  for_each_output(p, [&](const At& at) {
    out[out_index(p, at)] =
        residual<Y>(conv.bias(at) + conv.products(at), skip_code(skip, p, at), p);
  });
}

template <typename Conv, typename S, typename Y>
void codes_with_projection(const Conv& conv, const Conv1x1<S>& skip, Y* out,
                           const SwConvParams& p) {
  for_each_output(p, [&](const At& at) {
    const std::int32_t projected = skip.bias(at) + skip.products(at);
    out[out_index(p, at)] = residual<Y>(conv.bias(at) + conv.products(at),
                                        p.residual == SW_RESIDUAL_WIDE
                                            ? projected
                                            : requantized<std::int8_t>(projected, p.skip_shift, p),
                                        p);
  });
}

template <typename Conv>
void sums(const Conv& conv, std::int32_t* sums, const SwConvParams& p, int start) {
  for_each_output(p, [&](const At& at) {
    std::int32_t& sum = sums[sum_index(p, at)];
    const std::int32_t begin = start == SW_START_BIAS   ? conv.bias(at)
                               : start == SW_START_SUMS ? sum
                                                        : sum * (1 << p.main_left) + conv.bias(at);
    sum = begin + conv.products(at);
  });
}

template <typename Y>
void finish(const std::int32_t* sums, Y* out, const SwConvParams& p) {
  for_each_output(p, [&](const At& at) {
    out[out_index(p, at)] = requantized<Y>(sums[sum_index(p, at)], p.shift, p);
  });
}

template <typename S, typename Y>
void finish_skip(const std::int32_t* sums, const S* skip, Y* out, const SwConvParams& p) {
  for_each_output(p, [&](const At& at) {
    out[out_index(p, at)] = residual<Y>(sums[sum_index(p, at)], skip_code(skip, p, at), p);
  });
}

}  // namespace sw::scalar
