// SPDX-License-Identifier: Apache-2.0
// Tables of straight lines, what published activation kernels call besides aie_api, and native
// vectors.
#include <gtest/gtest.h>
#include <lut_based_ops.h>

#include <bit>
#include <cmath>
#include <vector>

namespace {

template <typename T, unsigned N>
aie::vector<T, N> ramp(float start, float step) {
  aie::vector<T, N> v;
  for (unsigned i = 0; i < N; ++i) v[i] = T(start + step * static_cast<float>(i));
  return v;
}

/// A table as the banks hold it: runs of 16 bytes, each twice.
template <typename T>
std::vector<T> banked(const std::vector<T>& values) {
  constexpr std::size_t kRun = 16 / sizeof(T);
  std::vector<T> out;
  for (std::size_t i = 0; i < values.size(); i += kRun) {
    for (int copy = 0; copy < 2; ++copy) {
      for (std::size_t j = 0; j < kRun; ++j) out.push_back(values[i + j]);
    }
  }
  return out;
}

/// Slope and offset of eight segments, each half wide, from -2 on.
std::vector<float> segments() {
  std::vector<float> pairs;
  for (int i = 0; i < 8; ++i) {
    pairs.push_back(static_cast<float>(i - 3));
    pairs.push_back(static_cast<float>(10 * i));
  }
  return banked(pairs);
}

TEST(LinearApprox, TakesTheSegmentBelowAndStopsAtTheEnds) {
  const std::vector<float> table = segments();
  const aie::lut<4, float, bfloat16> lut(8, table.data(), table.data());
  aie::linear_approx<bfloat16, aie::lut<4, float, bfloat16>> line(lut, -1, 4, 0);
  const auto x = ramp<bfloat16, 16>(-3.0f, 0.375f);
  const aie::accum<accfloat, 16> y = line.compute(x);
  for (unsigned i = 0; i < 16; ++i) {
    const float at = float(x[i]);
    const int segment = std::min(7, std::max(0, static_cast<int>(std::floor(at * 2)) + 4));
    EXPECT_EQ(y.lane[i], static_cast<float>(segment - 3) * at + static_cast<float>(10 * segment));
  }
}

TEST(LinearApprox, OfIntegersMultipliesWhatTheShiftCutOff) {
  std::vector<int16> pairs;
  for (int16 i = 0; i < 8; ++i) pairs.insert(pairs.end(), {static_cast<int16>(i + 1), 100});
  const auto table = banked(pairs);
  const aie::lut<4, int16, int16> lut(8, table.data(), table.data());
  const aie::linear_approx<int16, aie::lut<4, int16, int16>> line(lut, 5, 4, 2);
  aie::vector<int16, 16> x;
  x[0] = -128;  // segment 0, nothing left
  x[1] = -97;   // segment 0, 31 left
  x[2] = 3;     // segment 4
  x[3] = 30000;
  const auto y = line.compute(x);
  EXPECT_EQ(y.lane[0], 400);
  EXPECT_EQ(y.lane[1], 400 + 31);
  EXPECT_EQ(y.lane[2], 400 + 5 * 3);
  EXPECT_EQ(y.lane[3], 400 + 8 * (30000 % 32));
}

TEST(LinearApprox, IsWhatTheIntrinsicsOfTheTableMakeToo) {
  const std::vector<float> table = segments();
  const auto x = ramp<bfloat16, 16>(-2.0f, 0.25f);
  v16int32 places = bfloat16_to_int(x, 5);  // 16 bytes for each segment of a half
  v32bfloat16 first;
  v32bfloat16 second;
  load_lut_2x_float(table.data() + 16, table.data() + 16, places, first, second);
  const auto offset = v16accfloat(v16float(shuffle(first, second, T32_16x2_hi)));
  const v32bfloat16 slope = shuffle(first, second, T16_16x4_lo);
  const v16accfloat y = mac_elem_16_2(slope, set_v32bfloat16(1, x), offset);
  const aie::lut<4, float, bfloat16> lut(8, table.data(), table.data());
  aie::linear_approx<bfloat16, aie::lut<4, float, bfloat16>> line(lut, -1, 4);
  const auto expected = line.compute(x);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(y.lane[i], expected.lane[i]) << i;
}

TEST(Bfloat16, GoesToIntegersDownwardsAndStopsAtTheirEnds) {
  v16bfloat16 x;
  x[0] = -0.3f;
  x[1] = 2.99f;
  x[2] = 1e30f;
  x[3] = -1e30f;
  x[4] = NAN;
  const v16int32 y = bfloat16_to_int(x, 0);
  EXPECT_EQ(y[0], -1);
  EXPECT_EQ(y[1], 2);
  EXPECT_EQ(y[2], 2147483647);
  EXPECT_EQ(y[3], -2147483647 - 1);
  EXPECT_EQ(y[4], 0);
  EXPECT_EQ(bfloat16_to_int(x, 8)[0], -77);
}

TEST(PublishedTables, TheExponentialIsAProductOfTwoTables) {
  const auto x = ramp<bfloat16, 16>(-7.75f, 1.0625f);
  const v16accfloat y = getExpBf16(x);
  for (unsigned i = 0; i < 16; ++i) {
    const double at = double(float(x[i]));
    EXPECT_NEAR(y.lane[i] / std::exp(at), 1.0, 0.009) << at;
  }
  v16bfloat16 edge;
  edge[0] = 0.0f;
  edge[1] = 100.0f;
  edge[2] = -100.0f;
  EXPECT_EQ(getExpBf16(edge).lane[0], 1.0f);
  EXPECT_EQ(getExpBf16(edge).lane[1], float(bfloat16(float(std::exp(88.0)))));
  EXPECT_EQ(getExpBf16(edge).lane[2], float(bfloat16(float(std::exp(-100.0)))));
}

TEST(PublishedTables, TheReciprocalHasSevenBits) {
  for (float x = 0.25f; x < 300.0f; x *= 1.03f) {
    EXPECT_NEAR(float(getInvBf16(x)) * x, 1.0f, 0.009f) << x;
  }
  EXPECT_EQ(float(getInvBf16(4.0f)), 0.25f);
}

TEST(PublishedTables, AFunctionIsMappedOverAllElements) {
  std::vector<bfloat16> in(48, bfloat16(1.0f));
  std::vector<bfloat16> out(48);
  lut_map_bf16(in.data(), out.data(), 48, [](v16bfloat16 v) { return getTanhBf16(v); });
  for (const bfloat16 value : out) EXPECT_EQ(float(value), float(bfloat16(std::tanh(1.0f))));
}

TEST(NativeVectors, TurnIntoOneAnotherWithTheirBits) {
  v16int32 wide;
  wide[0] = 0x00020001;
  const v32int16 narrow = v32int16(wide);
  EXPECT_EQ(narrow[0], 1);
  EXPECT_EQ(narrow[1], 2);
  EXPECT_TRUE(aie::equal(v16int32(narrow), wide));
  EXPECT_EQ(extract_v16int16(narrow, 0)[1], 2);
  EXPECT_EQ(set_v32int16(1, extract_v16int16(narrow, 0))[17], 2);
  EXPECT_EQ(insert(narrow, 1, extract_v16int16(narrow, 0))[17], 2);
  v64int8 low;
  low[63] = 5;
  v64int8 high;
  high[0] = 6;
  EXPECT_EQ(shift(low, high, 63)[1], 6);
  EXPECT_EQ(to_v16bfloat16(v16float(1.0f, 2.5f))[1], bfloat16(2.5f));
  EXPECT_EQ(aie::to_float<bfloat16>(7, 1), 3.5f);
}

TEST(NativeProducts, AddWhatLiesALaneCountApart) {
  v32int16 a;
  v32int16 b;
  a[3] = 5;
  a[19] = 7;
  b[3] = 2;
  b[19] = -1;
  EXPECT_EQ(mul_elem_16_2(a, b).lane[3], 3);
  EXPECT_EQ(mac_elem_16_2(a, b, mul_elem_16_2(a, b)).lane[3], 6);
  EXPECT_EQ(msc_elem_16_2(a, b, v16acc64()).lane[3], -3);
  EXPECT_EQ(mul_elem_32(a, b).lane[19], -7);
}

TEST(Cascade, WithoutASimulatorIsSilent) {
  put_mcd(undef_v32int32());
  EXPECT_EQ(ext_elem(get_scd_v16int32(), 3), 0);
}

}  // namespace
