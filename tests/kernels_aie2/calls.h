// SPDX-License-Identifier: Apache-2.0
// Shapes and values for one kernel call, and its comparison with the scalar statement.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "kernels_aie2/builds.h"
#include "params.h"
#include "scalar.h"

namespace shiftwise::tests {

enum class Values { kRandom, kSmall, kLowest, kHighest };

/// What a call looks like; everything else of the parameters follows from it.
struct CallShape {
  int rows = 1;
  int pixels = 8;
  int in0_groups = 1;
  int in1_groups = 0;
  int out_groups = 1;
  int stride = 1;
  int in_rows = 1;         ///< 3x3
  int gap = 0;             ///< pixels between the channel groups of every object
  int weights_before = 0;  ///< output groups of the weights that the call does not make
  int skip_groups = 1;
  int skip_stride = 1;
};

inline SwConvParams params_of(const CallShape& s, int taps) {
  SwConvParams p;
  std::memset(&p, 0x5a, sizeof p);  // words that a kernel does not read may hold anything
  p.rows = s.rows;
  p.pixels = s.pixels;
  p.out_row_stride = s.pixels;
  p.out_group_stride = s.rows * s.pixels + s.gap;
  p.stride = s.stride;
  p.in_width = s.stride == 1 ? s.pixels : 2 * s.pixels - s.pixels % 2;
  p.in_rows = taps == 9 ? s.in_rows : s.rows * s.stride;
  p.in_row_stride = p.in_width;
  p.in_group_stride = p.in_rows * p.in_width + s.gap;
  p.in0_groups = s.in0_groups;
  p.in1_groups = s.in1_groups;
  p.out_groups = s.out_groups;
  p.weight_groups = s.out_groups + 2 * s.weights_before;
  p.weight_first_group = s.weights_before;
  p.rounding = 9;
  p.skip_groups = s.skip_groups;
  p.skip_first_group = 0;
  p.skip_stride = s.skip_stride;
  p.skip_row_stride = s.pixels * s.skip_stride;
  p.skip_group_stride = s.rows * s.skip_stride * p.skip_row_stride + s.gap;
  return p;
}

inline std::string describe(const SwConvParams& p) {
  const auto* words = reinterpret_cast<const std::int32_t*>(&p);
  std::string text;
  for (int i = 0; i < 26; ++i) text += std::to_string(words[i]) + " ";
  return text;
}

/// The buffers of a call. `flush`: against which end of memory they stand.
template <typename X, typename S>
struct Buffers {
  using Flush = typename Guarded<X>::Flush;

  Guarded<X> in[3];
  Guarded<std::int8_t> weights;
  Guarded<S> skip;
  Guarded<std::int32_t> params;

  /// Objects end with their last group: the gap behind it is not there.
  static std::size_t object(int groups, int group_stride, int gap) {
    return static_cast<std::size_t>(8 * (groups * group_stride - gap));
  }

  Buffers(const SwConvParams& p, int taps, int gap, Flush flush)
      : in{make<X>(object(p.in0_groups, p.in_group_stride, gap), flush),
           make<X>(
               object(taps == 9 ? p.in0_groups : std::max(p.in1_groups, 1), p.in_group_stride, gap),
               flush),
           make<X>(object(p.in0_groups, p.in_group_stride, gap), flush)},
        weights(make<std::int8_t>(weight_bytes(p, taps), flush)),
        skip(make<S>(object(p.skip_groups, p.skip_group_stride, gap), flush)),
        params(make<std::int32_t>(SW_PARAM_WORDS, flush)) {
    std::memcpy(params.data(), &p, sizeof p);
  }

  void fill(Values values, std::uint32_t seed) {
    std::mt19937 random(seed);
    for (auto& object : in) fill_one(object, values, random);
    fill_one(skip, values, random);
    fill_one(weights, values, random);
  }

 private:
  template <typename T>
  static Guarded<T> make(std::size_t count, Flush flush) {
    return Guarded<T>(count,
                      flush == Flush::kEnd ? Guarded<T>::Flush::kEnd : Guarded<T>::Flush::kBegin);
  }

  static std::size_t weight_bytes(const SwConvParams& p, int taps) {
    const int main =
        sw_weight_bytes(p.weight_groups, p.in0_groups + (taps == 9 ? 0 : p.in1_groups), taps);
    return static_cast<std::size_t>(sw_next_part(main) +
                                    sw_weight_bytes(p.weight_groups, p.skip_groups, 1));
  }

  template <typename T>
  static void fill_one(const Guarded<T>& buffer, Values values, std::mt19937& random) {
    for (T& value : buffer) {
      switch (values) {
        case Values::kRandom:
          value = static_cast<T>(random());
          break;
        case Values::kSmall:
          value = static_cast<T>(random() % 4);
          break;
        case Values::kLowest:
          value = std::numeric_limits<T>::min();
          break;
        case Values::kHighest:
          value = std::numeric_limits<T>::max();
          break;
      }
    }
  }

 public:
  /// Biases are int32: as random bytes they would not leave room for the sums.
  void fill_biases(const SwConvParams& p, int taps, std::int32_t range, std::uint32_t seed) {
    std::mt19937 random(seed);
    const int groups = p.in0_groups + (taps == 9 ? 0 : p.in1_groups);
    std::int8_t* second =
        weights.data() + sw_next_part(sw_weight_bytes(p.weight_groups, groups, taps));
    fill_bias(weights.data() + p.weight_groups * groups * taps * 64, p, range, random);
    fill_bias(second + p.weight_groups * p.skip_groups * 64, p, range, random);
  }

 private:
  static void fill_bias(std::int8_t* to, const SwConvParams& p, std::int32_t range,
                        std::mt19937& random) {
    for (int o = 0; o < 8 * p.weight_groups; ++o) {
      const auto value = static_cast<std::int32_t>(
          static_cast<std::int64_t>(random() % (2U * static_cast<std::uint32_t>(range) + 1)) -
          range);
      std::memcpy(to + 4 * o, &value, 4);
    }
  }
};

/// Bytes of an output object, all of which a kernel is compared in: gaps must stay untouched.
inline std::size_t output_values(const SwConvParams& p, int gap) {
  return static_cast<std::size_t>(8 * (p.out_groups * p.out_group_stride - gap));
}

template <typename T>
const char* letter() {
  return std::is_signed_v<T> ? "i8" : "u8";
}

}  // namespace shiftwise::tests
