// SPDX-License-Identifier: Apache-2.0
// One kernel call in every build, held to its scalar statement.
#pragma once

#include "kernels_aie2/calls.h"

namespace shiftwise::tests {

enum class Ending { kCodes, kSkip, kProject };

/// Everything about a call that is not a type.
struct Call {
  int taps = 1;
  Ending ending = Ending::kCodes;
  CallShape shape;
  SwConvParams params;
  int border = SW_BORDER_NONE;
  Values values = Values::kRandom;
  std::int32_t bias_range = 1000;
  std::int32_t planted_fault = 0;  ///< the kernel is told a shift that is wrong by this much

  Call(int of_taps, Ending with, const CallShape& of_shape)
      : taps(of_taps), ending(with), shape(of_shape), params(params_of(of_shape, of_taps)) {}
};

template <typename X, typename S, typename Y>
void expected_codes(const Call& call, const Buffers<X, S>& b, Y* out) {
  namespace scalar = sw::scalar;
  const SwConvParams& p = call.params;
  const int main_groups = p.in0_groups + (call.taps == 9 ? 0 : p.in1_groups);
  const auto with = [&](const auto& conv) {
    switch (call.ending) {
      case Ending::kCodes:
        return scalar::codes(conv, out, p);
      case Ending::kSkip:
        return scalar::codes_with_skip(conv, b.skip.data(), out, p);
      case Ending::kProject:
        return scalar::codes_with_projection(
            conv, scalar::projection(b.skip.data(), b.weights.data(), main_groups, call.taps, p),
            out, p);
    }
  };
  if (call.taps == 1) {
    with(scalar::Conv1x1<X>{b.in[0].data(), b.in[1].data(), b.weights.data(), p});
  } else {
    with(scalar::Conv3x3<X>{b.in[0].data(), b.in[1].data(), b.in[2].data(), b.weights.data(), p,
                            call.border});
  }
}

template <typename X, typename S, typename Y>
std::string symbol_of(const Call& call) {
  std::string symbol = call.taps == 1 ? "sw_conv1x1" : "sw_conv3x3";
  if (call.ending == Ending::kSkip) symbol += "_skip";
  if (call.ending == Ending::kProject) symbol += "_project";
  symbol += std::string("_") + letter<X>();
  if (call.ending != Ending::kCodes) symbol += std::string("_") + letter<S>();
  return symbol + "_" + letter<Y>();
}

template <typename X, typename S, typename Y>
void run_kernel(const KernelBuild& build, const Call& call, const Buffers<X, S>& b, Y* out) {
  std::vector<const void*> pointers = {b.in[0].data(), b.in[1].data()};
  if (call.taps == 9) pointers.push_back(b.in[2].data());
  pointers.push_back(b.weights.data());
  if (call.ending != Ending::kCodes) pointers.push_back(b.skip.data());
  pointers.push_back(out);
  pointers.push_back(b.params.data());
  std::vector<std::int32_t> scalars;
  if (call.taps == 9) scalars.push_back(call.border);
  build.call(symbol_of<X, S, Y>(call), pointers, scalars);
}

/// Every build, both ends of memory; whole output objects are compared, gaps included.
template <typename X, typename S, typename Y>
void check(const Call& call, std::uint32_t seed = 1) {
  using Flush = typename Guarded<X>::Flush;
  const std::size_t size = output_values(call.params, call.shape.gap);
  std::vector<Y> expected(size, 77);
  for (const Flush flush : {Flush::kEnd, Flush::kBegin}) {
    Buffers<X, S> buffers(call.params, call.taps, call.shape.gap, flush);
    buffers.fill(call.values, seed);
    buffers.fill_biases(call.params, call.taps, call.bias_range, seed);
    reinterpret_cast<SwConvParams*>(buffers.params.data())->shift += call.planted_fault;
    if (flush == Flush::kEnd) expected_codes<X, S, Y>(call, buffers, expected.data());
    for (const KernelBuild& build : kernel_builds()) {
      Guarded<Y> out(size,
                     flush == Flush::kEnd ? Guarded<Y>::Flush::kEnd : Guarded<Y>::Flush::kBegin);
      for (Y& value : out) value = 77;
      run_kernel<X, S, Y>(build, call, buffers, out.data());
      for (std::size_t i = 0; i < size; ++i) {
        ASSERT_EQ(static_cast<int>(out[i]), static_cast<int>(expected[i]))
            << symbol_of<X, S, Y>(call) << " in " << build.name << " at byte " << i << ", words "
            << describe(call.params) << ", border " << call.border;
      }
    }
  }
}

/// Every combination of types for which there is an entry point.
inline void check_all_types(const Call& call, std::uint32_t seed = 1) {
  using std::int8_t;
  using std::uint8_t;
  if (call.ending == Ending::kCodes) {
    check<uint8_t, uint8_t, uint8_t>(call, seed);
    check<int8_t, uint8_t, uint8_t>(call, seed);
    check<uint8_t, uint8_t, int8_t>(call, seed);
    check<int8_t, uint8_t, int8_t>(call, seed);
  } else {
    check<uint8_t, uint8_t, uint8_t>(call, seed);
    check<uint8_t, int8_t, uint8_t>(call, seed);
    check<uint8_t, uint8_t, int8_t>(call, seed);
    check<uint8_t, int8_t, int8_t>(call, seed);
  }
}

/// The widths on which kernels go wrong, in shapes of few channels.
inline std::vector<CallShape> shapes() {
  return {
      {.pixels = 1},
      {.pixels = 1, .in0_groups = 2, .out_groups = 2},
      {.pixels = 2, .in0_groups = 3, .out_groups = 3, .skip_groups = 3},
      {.pixels = 5, .in0_groups = 2, .out_groups = 2, .skip_groups = 2},
      {.pixels = 7, .in0_groups = 2, .in1_groups = 2, .out_groups = 3, .skip_groups = 3},
      {.pixels = 8, .in0_groups = 4, .out_groups = 4, .skip_groups = 4},
      {.pixels = 14, .in0_groups = 3, .out_groups = 2, .skip_groups = 2},
      {.pixels = 16, .in0_groups = 2, .out_groups = 1, .gap = 4},
      {.pixels = 31, .in0_groups = 2, .out_groups = 2, .gap = 1, .skip_groups = 2},
      {.pixels = 32, .in0_groups = 4, .in1_groups = 4, .out_groups = 4, .skip_groups = 4},
      {.pixels = 32, .in0_groups = 3, .out_groups = 5, .weights_before = 2, .skip_groups = 5},
      {.pixels = 33, .in0_groups = 2, .out_groups = 2, .skip_groups = 2},
      {.pixels = 40, .in0_groups = 2, .out_groups = 3, .gap = 8, .skip_groups = 3},
      {.rows = 2, .pixels = 6, .in0_groups = 2, .out_groups = 2, .in_rows = 2, .skip_groups = 2},
      {.rows = 2, .pixels = 16, .in0_groups = 2, .out_groups = 2, .in_rows = 2, .skip_groups = 2},
      {.rows = 3, .pixels = 20, .in0_groups = 1, .out_groups = 2, .in_rows = 3, .skip_groups = 2},
      {.pixels = 1, .in0_groups = 2, .out_groups = 2, .stride = 2, .skip_groups = 2},
      {.pixels = 7, .in0_groups = 2, .out_groups = 2, .stride = 2, .skip_groups = 2},
      {.pixels = 16, .in0_groups = 2, .out_groups = 4, .stride = 2, .skip_groups = 4},
      {.rows = 2,
       .pixels = 9,
       .in0_groups = 2,
       .out_groups = 2,
       .stride = 2,
       .in_rows = 4,
       .skip_groups = 2},
  };
}

}  // namespace shiftwise::tests
