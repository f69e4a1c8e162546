// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest-spi.h>

#include "kernels_aie2/check.h"

namespace shiftwise::tests {
namespace {

TEST(KernelBuilds, AreSeveralAndOneHasTheOtherArchitecturesShapes) {
  ASSERT_GE(kernel_builds().size(), 2U);
  EXPECT_EQ(kernel_builds().front().name, "aie2p");
}

TEST(KernelCheck, CatchesAKernelThatIsToldAnotherShift) {
  EXPECT_FATAL_FAILURE(
      {
        Call call(1, Ending::kCodes, {.pixels = 8});
        call.params.shift = 9;
        call.planted_fault = 1;
        (check<std::uint8_t, std::uint8_t, std::uint8_t>(call));
      },
      "sw_conv1x1_u8_u8");
}

TEST(KernelCheck, CatchesAccessesBeyondABuffer) {
  const Guarded<std::uint8_t> end(24, Guarded<std::uint8_t>::Flush::kEnd);
  const Guarded<std::uint8_t> begin(24, Guarded<std::uint8_t>::Flush::kBegin);
  const volatile std::uint8_t* last = &end[23];
  const volatile std::uint8_t* first = &begin[0];
  EXPECT_EQ(*last + *first, 0);
  EXPECT_DEATH((void)last[1], "");
  EXPECT_DEATH((void)first[-1], "");
}

TEST(Conv1x1Kernel, EqualsItsStatementForEveryShape) {
  std::uint32_t seed = 1;
  for (const CallShape& shape : shapes()) {
    Call call(1, Ending::kCodes, shape);
    call.params.shift = 9;
    check_all_types(call, ++seed);
  }
}

TEST(Conv3x3Kernel, EqualsItsStatementForEveryShapeAndBorder) {
  std::uint32_t seed = 100;
  for (const CallShape& shape : shapes()) {
    for (const int border : {0, 1, 2, 3}) {
      Call call(9, Ending::kCodes, shape);
      call.params.shift = 11;
      call.border = border;
      check_all_types(call, ++seed);
    }
  }
}

TEST(ConvolutionKernels, TakeEveryShiftAndRoundingMode) {
  const CallShape shape = {.pixels = 17, .in0_groups = 2, .out_groups = 2};
  for (const int rounding : {0, 1, 2, 3, 8, 9, 10, 11, 12, 13}) {
    for (const int shift : {-31, -9, -8, -3, -1, 0, 1, 2, 8, 14, 30, 31}) {
      Call call(1, Ending::kCodes, shape);
      call.params.rounding = rounding;
      call.params.shift = shift;
      check_all_types(call, 7);
    }
  }
}

TEST(ConvolutionKernels, RoundTiesAsTheModeSays) {
  for (const int taps : {1, 9}) {
    for (const int rounding : {9, 11, 12}) {
      Call call(taps, Ending::kCodes, {.pixels = 16, .in0_groups = 1, .out_groups = 2});
      call.values = Values::kSmall;  // small sums and a shift of 1 or 2: half of them are ties
      call.bias_range = 40;
      call.params.rounding = rounding;
      call.params.shift = 1;
      check_all_types(call, 3);
      call.params.shift = 2;
      check_all_types(call, 4);
    }
  }
}

TEST(ConvolutionKernels, SaturateBothWays) {
  for (const int taps : {1, 9}) {
    for (const Values values : {Values::kLowest, Values::kHighest}) {
      for (const int shift : {0, 4, 17}) {
        Call call(taps, Ending::kCodes, {.pixels = 20, .in0_groups = 8, .out_groups = 2});
        call.values = values;
        call.params.shift = shift;
        check_all_types(call);
      }
    }
  }
}

TEST(ConvolutionKernels, HaveRoomForTheHalfThatRoundingAdds) {
  Call call(1, Ending::kCodes, {.pixels = 16, .in0_groups = 1, .out_groups = 2});
  call.bias_range = 0x7f000000;
  call.params.shift = 31;
  check_all_types(call);
}

TEST(ConvolutionKernels, DoNotDependOnTheModesThatTheLastCallLeft) {
  Call call(1, Ending::kCodes, {.pixels = 8, .in0_groups = 2, .out_groups = 2});
  call.params.shift = 5;
  for (const KernelBuild& build : kernel_builds()) build.core->reset_modes();
  check_all_types(call);
}

}  // namespace
}  // namespace shiftwise::tests
