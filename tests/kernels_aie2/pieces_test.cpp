// SPDX-License-Identifier: Apache-2.0
// Accumulate and finish as separate calls, with sums in memory between them.
#include "kernels_aie2/check.h"

namespace shiftwise::tests {
namespace {

using Flush = Guarded<std::int32_t>::Flush;

std::size_t sum_values(const SwConvParams& p) {
  return static_cast<std::size_t>(8 * p.out_groups * p.rows * p.pixels);
}

/// One sums kernel in every build, from `start`.
template <typename X>
void check_sums(const Call& call, int start) {
  using BufferFlush = typename Guarded<X>::Flush;
  namespace scalar = sw::scalar;
  for (const bool at_end : {true, false}) {
    Buffers<X, X> b(call.params, call.taps, call.shape.gap,
                    at_end ? BufferFlush::kEnd : BufferFlush::kBegin);
    b.fill(call.values, 5);
    b.fill_biases(call.params, call.taps, call.bias_range, 6);
    std::vector<std::int32_t> earlier(sum_values(call.params));
    std::mt19937 random(7);
    for (std::int32_t& sum : earlier) sum = static_cast<std::int32_t>(random() % 20001) - 10000;

    std::vector<std::int32_t> expected = earlier;
    if (call.taps == 1) {
      scalar::sums(
          scalar::Conv1x1<X>{b.in[0].data(), b.in[1].data(), b.weights.data(), call.params},
          expected.data(), call.params, start);
    } else {
      scalar::sums(scalar::Conv3x3<X>{b.in[0].data(), b.in[1].data(), b.in[2].data(),
                                      b.weights.data(), call.params, call.border},
                   expected.data(), call.params, start);
    }
    for (const KernelBuild& build : kernel_builds()) {
      Guarded<std::int32_t> sums(earlier.size(), at_end ? Flush::kEnd : Flush::kBegin);
      std::copy(earlier.begin(), earlier.end(), sums.begin());
      std::vector<const void*> pointers = {b.in[0].data(), b.in[1].data()};
      if (call.taps == 9) pointers.push_back(b.in[2].data());
      pointers.insert(pointers.end(), {b.weights.data(), sums.data(), b.params.data()});
      std::vector<std::int32_t> scalars;
      if (call.taps == 9) scalars.push_back(call.border);
      scalars.push_back(start);
      build.call(
          std::string(call.taps == 1 ? "sw_conv1x1_sums_" : "sw_conv3x3_sums_") + letter<X>(),
          pointers, scalars);
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), sums.begin()))
          << build.name << ", start " << start << ", words " << describe(call.params);
    }
  }
}

TEST(SumsKernels, BeginWithTheBiasWithEarlierSumsOrWithShiftedOnes) {
  for (const int taps : {1, 9}) {
    for (const CallShape& shape : shapes()) {
      for (const int start : {SW_START_BIAS, SW_START_SUMS, SW_START_SHIFTED}) {
        Call call(taps, Ending::kCodes, shape);
        call.params.main_left = 3;
        call.border = shape.pixels % 4;
        check_sums<std::uint8_t>(call, start);
        check_sums<std::int8_t>(call, start);
      }
    }
  }
}

template <typename S, typename Y>
void check_finish(const CallShape& shape, const SwConvParams& p, bool skip) {
  using SkipFlush = typename Guarded<S>::Flush;
  Buffers<S, S> b(p, 1, shape.gap, SkipFlush::kEnd);
  b.fill(Values::kRandom, 8);
  Guarded<std::int32_t> sums(sum_values(p), Flush::kEnd);
  std::mt19937 random(9);
  for (std::int32_t& sum : sums) sum = static_cast<std::int32_t>(random() % 200001) - 100000;
  std::vector<Y> expected(output_values(p, shape.gap), 77);
  if (skip) {
    sw::scalar::finish_skip(sums.data(), b.skip.data(), expected.data(), p);
  } else {
    sw::scalar::finish(sums.data(), expected.data(), p);
  }
  for (const KernelBuild& build : kernel_builds()) {
    Guarded<Y> out(expected.size(), Guarded<Y>::Flush::kEnd);
    for (Y& value : out) value = 77;
    if (skip) {
      build.call(std::string("sw_finish_skip_") + letter<S>() + "_" + letter<Y>(),
                 {sums.data(), b.skip.data(), out.data(), b.params.data()});
    } else {
      build.call(std::string("sw_finish_") + letter<Y>(),
                 {sums.data(), out.data(), b.params.data()});
    }
    ASSERT_TRUE(std::equal(expected.begin(), expected.end(), out.begin()))
        << build.name << ", words " << describe(p);
  }
}

TEST(FinishKernels, MakeCodesOfSumsWithAndWithoutASkip) {
  for (const CallShape& shape : shapes()) {
    for (const int residual : {SW_RESIDUAL_PUBLISHED, SW_RESIDUAL_WIDE}) {
      SwConvParams p = params_of(shape, 1);
      p.shift = 10;
      p.residual = residual;
      p.main_left = 0;
      p.skip_left = residual == SW_RESIDUAL_WIDE ? 8 : 1;
      p.sum_shift = residual == SW_RESIDUAL_WIDE ? 9 : 1;
      for (const bool skip : {false, true}) {
        check_finish<std::uint8_t, std::uint8_t>(shape, p, skip);
        check_finish<std::int8_t, std::uint8_t>(shape, p, skip);
        check_finish<std::uint8_t, std::int8_t>(shape, p, skip);
        check_finish<std::int8_t, std::int8_t>(shape, p, skip);
      }
    }
  }
}

/// 4 groups of input channels at once, and as chunks of 1 and 3.
TEST(Pieces, OfChunksMakeTheSameCodesAsTheWholeConvolution) {
  const CallShape whole_shape = {.pixels = 19, .in0_groups = 4, .out_groups = 2};
  SwConvParams whole = params_of(whole_shape, 1);
  whole.shift = 10;
  Buffers<std::uint8_t, std::uint8_t> b(whole, 1, 0, Guarded<std::uint8_t>::Flush::kEnd);
  b.fill(Values::kRandom, 11);
  b.fill_biases(whole, 1, 1000, 12);
  for (const KernelBuild& build : kernel_builds()) {
    std::vector<std::uint8_t> expected(output_values(whole, 0));
    build.call("sw_conv1x1_u8_u8", {b.in[0].data(), b.in[1].data(), b.weights.data(),
                                    expected.data(), b.params.data()});

    std::vector<std::int32_t> sums(sum_values(whole));
    std::vector<std::uint8_t> codes(expected.size());
    int done = 0;
    for (const int groups : {1, 3}) {
      SwConvParams chunk = whole;
      chunk.in0_groups = groups;
      std::vector<std::int8_t> weights;
      for (int o = 0; o < 2; ++o) {
        const std::int8_t* from = b.weights.data() + (o * 4 + done) * 64;
        weights.insert(weights.end(), from, from + groups * 64);
      }
      const std::int8_t* bias = b.weights.data() + 2 * 4 * 64;
      weights.insert(weights.end(), bias, bias + 64);
      const std::uint8_t* in = b.in[0].data() + done * 19 * 8;
      build.call("sw_conv1x1_sums_u8", {in, in, weights.data(), sums.data(), &chunk},
                 {done == 0 ? SW_START_BIAS : SW_START_SUMS});
      done += groups;
    }
    build.call("sw_finish_u8", {sums.data(), codes.data(), b.params.data()});
    EXPECT_EQ(codes, expected) << build.name;
  }
}

}  // namespace
}  // namespace shiftwise::tests
