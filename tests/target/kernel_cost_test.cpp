// SPDX-License-Identifier: Apache-2.0
#include "target/kernel_cost.h"

#include <gtest/gtest.h>
#include <params.h>

#include <cstring>
#include <vector>

namespace shiftwise::target {
namespace {

std::vector<std::int32_t> words_of(const SwConvParams& p) {
  std::vector<std::int32_t> words(SW_PARAM_WORDS);
  std::memcpy(words.data(), &p, sizeof p);
  return words;
}

/// One dense row of 32 pixels.
SwConvParams row(int in_groups, int out_groups) {
  SwConvParams p = {};
  p.rows = 1;
  p.pixels = 32;
  p.out_group_stride = 32;
  p.out_row_stride = 32;
  p.stride = 1;
  p.in_group_stride = 32;
  p.in_row_stride = 32;
  p.in_width = 32;
  p.in_rows = 1;
  p.in0_groups = in_groups;
  p.out_groups = out_groups;
  p.weight_groups = out_groups;
  p.skip_groups = out_groups;
  p.skip_stride = 1;
  p.skip_group_stride = 32;
  p.skip_row_stride = 32;
  return p;
}

std::int64_t own(Architecture architecture, const char* symbol, const SwConvParams& p,
                 std::vector<std::int32_t> scalars = {}) {
  const auto words = words_of(p);
  return own_kernel_cycles(architecture, symbol, words, scalars).value().cycles;
}

std::int64_t published(const char* symbol, bool int8_output, std::vector<std::int32_t> scalars,
                       PublishedKernels sources, Architecture architecture = Architecture::kAie2) {
  return published_kernel_cycles(architecture, symbol, int8_output, scalars, sources)
      .value()
      .cycles;
}

TEST(PublishedKernelCost, IsTheMeasuredOneForTheMeasuredShapes) {
  constexpr auto kOld = PublishedKernels::kOld;
  constexpr auto kTuned = PublishedKernels::kTuned;
  EXPECT_EQ(published("conv2dk1_ui8", false, {32, 64, 64, 8}, kOld), 9968);
  EXPECT_EQ(published("conv2dk1_ui8", false, {32, 64, 64, 8}, kTuned), 801);
  EXPECT_EQ(published("conv2dk1_i8", true, {32, 64, 64, 8}, kOld), 871);
  EXPECT_EQ(published("conv2dk1_i8", true, {32, 64, 64, 8}, kTuned, Architecture::kAie2p), 504);
  EXPECT_EQ(published("conv2dk3_ui8", false, {32, 64, 64, 3, 3, 1, 8, 0}, kOld), 29127);
  EXPECT_EQ(published("conv2dk3_ui8", false, {32, 64, 64, 3, 3, 1, 8, 0}, kTuned), 6978);
  EXPECT_EQ(published("conv2dk1_skip_i8", false, {32, 128, 64, 8, 1}, kTuned), 1331);
  EXPECT_EQ(published("conv2dk1_skip_init_i8", false, {32, 64, 64, 32, 8, 1, 8}, kTuned), 1348);
}

TEST(PublishedKernelCost, GrowsWithChannelsAsTheLoopsDo) {
  const auto tuned = [](int in, int out) {
    return published("conv2dk1_ui8", false, {32, in, out, 8}, PublishedKernels::kTuned);
  };
  EXPECT_EQ(tuned(256, 64) - tuned(64, 64), 8 * (32 - 8) * 9);
  EXPECT_EQ(tuned(64, 128), 2 * tuned(64, 64));
  EXPECT_LT(
      published("conv2dk3_ui8", false, {32, 64, 64, 3, 3, 0, 8, 0}, PublishedKernels::kTuned),
      published("conv2dk3_ui8", false, {32, 64, 64, 3, 3, 1, 8, 0}, PublishedKernels::kTuned));
}

TEST(PublishedKernelCost, IsUnknownForWhatNobodyMeasured) {
  const std::vector<std::int32_t> scalars = {32, 64, 64, 3, 3, 1, 8, 0};
  for (const auto sources : {PublishedKernels::kOld, PublishedKernels::kTuned}) {
    EXPECT_FALSE(
        published_kernel_cycles(Architecture::kAie2p, "conv2dk3_ui8", false, scalars, sources));
    EXPECT_FALSE(published_kernel_cycles(Architecture::kAie2, "matmul", false, scalars, sources));
    EXPECT_FALSE(published_kernel_cycles(Architecture::kAie2, "conv2dk3_ui8", false, {}, sources));
    EXPECT_FALSE(published_kernel_cycles(Architecture::kAie2, "conv2dk1_ui8", false,
                                         std::vector<std::int32_t>{-1, 64, 64}, sources));
  }
}

TEST(OwnKernelCost, IsNeverBelowWhatTheMultiplierCanDo) {
  for (const char* symbol :
       {"sw_conv1x1_u8_u8", "sw_conv1x1_skip_u8_u8_u8", "sw_conv1x1_project_u8_u8_u8",
        "sw_conv3x3_u8_u8", "sw_conv3x3_skip_u8_i8_u8", "sw_conv3x3_project_u8_u8_u8",
        "sw_conv1x1_sums_u8", "sw_conv3x3_sums_u8"}) {
    for (const int pixels : {1, 7, 8, 14, 32, 33}) {
      for (const int groups : {1, 2, 3, 8}) {
        SwConvParams p = row(4, groups);
        p.pixels = pixels;
        const auto words = words_of(p);
        const std::vector<std::int32_t> scalars = {0, 0};
        const auto npu1 = own_kernel_cycles(Architecture::kAie2, symbol, words, scalars).value();
        const auto npu2 = own_kernel_cycles(Architecture::kAie2p, symbol, words, scalars).value();
        EXPECT_GT(npu1.cycles * 256, npu1.macs) << symbol;
        EXPECT_GT(npu2.cycles * 512, npu2.macs) << symbol;
        EXPECT_FALSE(npu1.measured);
      }
    }
  }
}

TEST(OwnKernelCost, CountsTheProductsOfACall) {
  const auto macs = [](const char* symbol, const SwConvParams& p,
                       const std::vector<std::int32_t>& scalars) {
    return own_kernel_cycles(Architecture::kAie2, symbol, words_of(p), scalars).value().macs;
  };
  SwConvParams p = row(8, 8);
  EXPECT_EQ(macs("sw_conv1x1_u8_u8", p, {}), 32 * 64 * 64);
  EXPECT_EQ(macs("sw_conv3x3_u8_u8", p, {0}), 32 * 64 * 64 * 9);
  EXPECT_EQ(macs("sw_conv3x3_u8_u8", p, {SW_BORDER_TOP}), 32 * 64 * 64 * 6);
  p.in1_groups = 8;
  p.skip_groups = 4;
  EXPECT_EQ(macs("sw_conv1x1_project_u8_u8_u8", p, {}), 32 * 64 * (128 + 32));
}

TEST(OwnKernelCost, OfAFullRowIsNearTheTunedPublishedKernels) {
  // Loops of the same form: the analysis must not promise what nobody has reached.
  EXPECT_NEAR(static_cast<double>(own(Architecture::kAie2, "sw_conv1x1_u8_u8", row(8, 8))), 801,
              120);
  EXPECT_NEAR(static_cast<double>(own(Architecture::kAie2, "sw_conv3x3_u8_u8", row(8, 8), {0})),
              6985, 700);
}

TEST(OwnKernelCost, DoesNotDependOnATagAndRisesWhereRowsAreNotAligned) {
  const SwConvParams p = row(8, 8);
  EXPECT_EQ(own(Architecture::kAie2, "sw_conv1x1_u8_u8__b", p),
            own(Architecture::kAie2, "sw_conv1x1_u8_u8", p));
  SwConvParams odd = p;
  odd.in_group_stride = 33;
  EXPECT_GT(own(Architecture::kAie2, "sw_conv1x1_u8_u8", odd),
            2 * own(Architecture::kAie2, "sw_conv1x1_u8_u8", p));
}

TEST(OwnKernelCost, IsUnknownForOtherSymbolsAndForWordsThatDescribeNoCall) {
  const auto words = words_of(row(8, 8));
  EXPECT_FALSE(own_kernel_cycles(Architecture::kAie2, "conv2dk1_ui8", words, {}));
  EXPECT_FALSE(own_kernel_cycles(Architecture::kAie2, "sw_conv1x1_u8_u8", {}, {}));
  for (const std::int32_t bad : {-1, 0, 1 << 30}) {
    SwConvParams p = row(8, 8);
    p.pixels = bad;
    EXPECT_FALSE(own_kernel_cycles(Architecture::kAie2, "sw_conv1x1_u8_u8", words_of(p), {}));
  }
}

}  // namespace
}  // namespace shiftwise::target
