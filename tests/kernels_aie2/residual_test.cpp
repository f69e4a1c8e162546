// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "kernels_aie2/check.h"

namespace shiftwise::tests {
namespace {

/// The published residual at common exponents, and the wide one, with either branch to the left.
std::vector<SwConvParams> residuals(const SwConvParams& base, int shift) {
  std::vector<SwConvParams> list;
  for (const auto [residual, main_left, skip_left, sum_shift] :
       {std::array{1, 0, 0, 1}, std::array{1, 2, 0, 3}, std::array{1, 0, 4, 4},
        std::array{1, 0, 0, 0}, std::array{1, 0, 0, -2}, std::array{2, 0, 0, 9},
        std::array{2, 0, 5, 9}, std::array{2, 3, 0, 12}}) {
    SwConvParams p = base;
    p.residual = residual;
    p.main_left = main_left;
    p.skip_left = skip_left;
    p.sum_shift = sum_shift;
    p.shift = shift;
    p.skip_shift = 8;
    list.push_back(p);
  }
  return list;
}

void check_residuals(Call call, int shift, std::uint32_t seed) {
  for (const SwConvParams& p : residuals(call.params, shift)) {
    call.params = p;
    check_all_types(call, ++seed);
  }
}

TEST(Conv1x1SkipKernel, EqualsItsStatementForEveryShapeAndResidual) {
  std::uint32_t seed = 1000;
  for (const CallShape& shape : shapes()) {
    check_residuals(Call(1, Ending::kSkip, shape), 9, seed += 20);
  }
}

TEST(Conv1x1ProjectKernel, EqualsItsStatementForEveryShapeAndResidual) {
  std::uint32_t seed = 2000;
  for (CallShape shape : shapes()) {
    check_residuals(Call(1, Ending::kProject, shape), 9, seed += 20);
    shape.skip_stride = 2;
    check_residuals(Call(1, Ending::kProject, shape), 9, seed += 20);
  }
}

TEST(Conv3x3SkipKernel, EqualsItsStatementForEveryShapeAndResidual) {
  std::uint32_t seed = 3000;
  for (const CallShape& shape : shapes()) {
    Call call(9, Ending::kSkip, shape);
    call.border = static_cast<int>(seed / 20 % 4);
    check_residuals(call, 11, seed += 20);
  }
}

TEST(Conv3x3ProjectKernel, EqualsItsStatementForEveryShapeAndResidual) {
  std::uint32_t seed = 4000;
  for (CallShape shape : shapes()) {
    Call call(9, Ending::kProject, shape);
    call.border = static_cast<int>(seed / 20 % 4);
    check_residuals(call, 11, seed += 20);
    shape.skip_stride = 2;
    check_residuals(Call(9, Ending::kProject, shape), 11, seed += 20);
  }
}

TEST(SkipKernels, AddZeroChannelsWhereTheSkipHasNone) {
  for (const int taps : {1, 9}) {
    for (const int first : {-2, -1, 1, 3}) {
      CallShape shape = {.pixels = 16, .in0_groups = 2, .out_groups = 4, .skip_groups = 3};
      for (const int stride : {1, 2}) {
        shape.skip_stride = stride;
        Call call(taps, Ending::kSkip, shape);
        call.params.skip_first_group = first;
        check_residuals(call, 10, 50);
      }
    }
  }
}

TEST(ResidualKernels, SaturateBothWays) {
  for (const int taps : {1, 9}) {
    for (const Ending ending : {Ending::kSkip, Ending::kProject}) {
      for (const Values values : {Values::kLowest, Values::kHighest}) {
        Call call(taps, ending, {.pixels = 20, .in0_groups = 4, .out_groups = 2, .skip_groups = 2});
        call.values = values;
        check_residuals(call, 4, 60);
      }
    }
  }
}

}  // namespace
}  // namespace shiftwise::tests
