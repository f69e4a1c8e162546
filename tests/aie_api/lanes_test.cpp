// SPDX-License-Identifier: Apache-2.0
// Lane-wise functions, lane movements, masks, memory: each against the sentence that defines it.
#include <gtest/gtest.h>

#include <aie_api/aie.hpp>

namespace {

template <typename T, unsigned N>
aie::vector<T, N> counting(int start = 0) {
  aie::vector<T, N> v;
  for (unsigned i = 0; i < N; ++i) v[i] = static_cast<T>(start + static_cast<int>(i));
  return v;
}

TEST(HostLanes, IntegersWrapWhereTheyAreAddedSubtractedAndNegated) {
  const auto a = aie::broadcast<int8, 32>(100);
  EXPECT_EQ(aie::add(a, a)[7], static_cast<int8>(200));
  EXPECT_EQ(aie::sub(aie::neg(a), a)[7], static_cast<int8>(-200));
  EXPECT_EQ(aie::neg(aie::broadcast<int8, 32>(-128))[0], -128);
  EXPECT_EQ(aie::abs(aie::broadcast<int8, 32>(-128))[0], -128);
  EXPECT_EQ(aie::abs(aie::broadcast<int16, 32>(-7))[0], 7);
  EXPECT_EQ(aie::add(a, int8{3})[0], 103);
  EXPECT_EQ(aie::saturating_add(a, a)[0], 127);
  EXPECT_EQ(aie::saturating_sub(aie::broadcast<uint8, 16>(3), uint8{9})[0], 0);
}

TEST(HostLanes, MinimumMaximumAndTheirReductionsFollowTheType) {
  const auto v = counting<int8, 64>(-32);
  EXPECT_EQ(aie::reduce_max(v), 31);
  EXPECT_EQ(aie::reduce_min(v), -32);
  EXPECT_EQ(aie::reduce_add(v), -32);
  EXPECT_EQ(aie::max(v, int8{0})[0], 0);
  EXPECT_EQ(aie::min(v, int8{0})[63], 0);
  EXPECT_EQ(aie::reduce_max(v.cast_to<uint8>()), 255);
  EXPECT_EQ(aie::reduce_add_v(v, aie::neg(v))[1], 32);
  EXPECT_EQ(aie::maxdiff(v, int8{30})[63], 1);
  EXPECT_EQ(aie::maxdiff(v, int8{30})[0], 0);
}

TEST(HostLanes, ProductsGoIntoAccumulatorsOfTheRightSize) {
  const auto a = aie::broadcast<uint8, 32>(255);
  const auto b = aie::broadcast<int8, 32>(-128);
  auto acc = aie::mul(a, b);
  static_assert(std::is_same_v<decltype(acc), aie::accum<acc32, 32>>);
  EXPECT_EQ(acc.lane[5], -255 * 128);
  acc = aie::mac(acc, a, int8{2});
  EXPECT_EQ(acc.lane[5], -255 * 126);
  acc = aie::msc(acc, a, b);
  EXPECT_EQ(acc.lane[5], 255 * 2);
  EXPECT_EQ(aie::negmul(a, b).lane[0], 255 * 128);
  const auto wide = aie::mul(aie::broadcast<int32, 16>(1 << 30), int32{1 << 20});
  static_assert(std::is_same_v<decltype(wide), const aie::accum<acc64, 16>>);
  EXPECT_EQ(wide.lane[0], int64_t{1} << 50);
  EXPECT_EQ(aie::mul<acc64>(a, b).lane[0], -255 * 128);
}

TEST(HostLanes, AccumulatorsTakeVectorsAndOtherAccumulators) {
  aie::accum<acc32, 32> acc;
  acc.from_vector(counting<int8, 32>(-16), 3);
  EXPECT_EQ(acc.lane[0], -128);
  acc = aie::add(acc, counting<uint8, 32>(224));
  EXPECT_EQ(acc.lane[31], 15 * 8 + 255);
  acc = aie::sub(acc, acc);
  EXPECT_EQ(acc.lane[31], 0);
  acc = aie::add(acc, 9);
  EXPECT_EQ(aie::neg(acc).lane[1], -9);
  const aie::accum<acc64, 16> wide = aie::accum<acc48, 16>(counting<int32, 16>(1), 4);
  EXPECT_EQ(wide.lane[15], 256);
}

TEST(HostLanes, AccumulateMultipliesEachVectorWithItsCoefficient) {
  const aie::vector<int16, 8> coefficients(2, -3, 5);
  const auto x = counting<uint8, 32>(0);
  const auto y = counting<uint8, 32>(10);
  EXPECT_EQ(aie::accumulate<32>(coefficients, 0, x, y).lane[4], 2 * 4 - 3 * 14);
  const auto acc = aie::accum<acc32, 32>(aie::broadcast<int16, 32>(100), 0);
  EXPECT_EQ(aie::accumulate<32>(acc, coefficients, 1, x, y).lane[4], 100 - 3 * 4 + 5 * 14);
}

TEST(HostLanes, ShiftsMoveLanesAndFillTheRest) {
  const auto v = counting<uint8, 32>(0);
  const auto fill = counting<uint8, 32>(100);
  for (unsigned n = 0; n <= 32; ++n) {
    const auto up = aie::shuffle_up_fill(v, fill, n);
    const auto down = aie::shuffle_down_fill(v, fill, n);
    for (unsigned i = 0; i < 32; ++i) {
      ASSERT_EQ(up[i], i < n ? 100 + i + 32 - n : i - n);
      ASSERT_EQ(down[i], i < 32 - n ? i + n : 100 + i - (32 - n));
      ASSERT_EQ(aie::shuffle_up_rotate(v, n)[i], (i + 32 - n) % 32);
      ASSERT_EQ(aie::shuffle_down_rotate(v, n)[i], (i + n) % 32);
      ASSERT_EQ(aie::shuffle_up_replicate(v, n)[i], i < n ? 0 : i - n);
      ASSERT_EQ(aie::shuffle_down_replicate(v, n)[i], i + n > 31 ? 31 : i + n);
      if (i >= n) {
        ASSERT_EQ(aie::shuffle_up(v, n)[i], i - n);
      }
      if (i + n < 32) {
        ASSERT_EQ(aie::shuffle_down(v, n)[i], i + n);
      }
    }
  }
  EXPECT_EQ(shift_bytes(counting<int32, 16>(), counting<int32, 16>(50), 60U)[1], 50);
}

TEST(HostLanes, FiltersAndInterleavingUndoEachOther) {
  const auto a = counting<int8, 32>(0);
  const auto b = counting<int8, 32>(64);
  for (const unsigned chunk : {1U, 2U, 8U, 16U}) {
    const auto [low, high] = aie::interleave_zip(a, b, chunk);
    EXPECT_EQ(low[chunk], 64);
    const auto [x, y] = aie::interleave_unzip(low, high, chunk);
    EXPECT_TRUE(aie::equal(x, a));
    EXPECT_TRUE(aie::equal(y, b));
    EXPECT_EQ(aie::filter_odd(a, chunk)[0], static_cast<int>(chunk));
    EXPECT_EQ(aie::filter_even(a, chunk)[chunk % 16],
              chunk == 16 ? 0 : static_cast<int>(2 * chunk));
  }
}

TEST(HostLanes, TransposeTakesRowsAndColumns) {
  const auto v = counting<int16, 32>();
  const auto t = aie::transpose(v, 4, 8);  // 4 rows of 8
  for (unsigned r = 0; r < 4; ++r) {
    for (unsigned c = 0; c < 8; ++c) ASSERT_EQ(t[c * 4 + r], v[r * 8 + c]);
  }
  EXPECT_TRUE(aie::equal(aie::transpose(t, 8, 4), v));
  EXPECT_EQ(aie::reverse(v)[0], 31);
}

TEST(HostLanes, PartsAreTakenOutAndPutIn) {
  auto v = counting<uint8, 64>();
  EXPECT_EQ(v.extract<16>(3)[0], 48);
  v.insert<16>(0, aie::broadcast<uint8, 16>(9));
  EXPECT_EQ(v[15], 9);
  EXPECT_EQ(v[16], 16);
  const auto four =
      aie::concat(v.extract<16>(0), v.extract<16>(1), v.extract<16>(2), v.extract<16>(3));
  EXPECT_TRUE(aie::equal(four, v));
  EXPECT_EQ(v.extract<8>(7).grow<32>(1)[8], 56);
  EXPECT_EQ(v.extract<8>(7).grow<32>(1)[0], 0);
  EXPECT_EQ(v.cast_to<uint16>()[8], 0x1110);
  EXPECT_EQ(v.push(200)[0], 200);
  EXPECT_EQ(v[1], 9);
  const aie::accum<acc32, 16> acc(counting<int16, 16>(), 0);
  EXPECT_EQ(aie::concat(acc, acc).extract<8>(3).lane[0], 8);
}

TEST(HostLanes, UnpackKeepsValuesAndPackFollowsTheSaturationMode) {
  const auto v = counting<int8, 32>(-16);
  static_assert(std::is_same_v<decltype(aie::unpack(v)), aie::vector<int16, 32>>);
  EXPECT_EQ(aie::unpack(v)[0], -16);
  EXPECT_EQ(v.unpack_sign(false)[0], 240);
  EXPECT_TRUE(aie::equal(aie::pack(aie::unpack(v)), v));
  const auto big = aie::broadcast<int16, 32>(300);
  EXPECT_EQ(aie::pack(big)[0], 300 - 256);
  aie::set_saturation(aie::saturation_mode::saturate);
  EXPECT_EQ(aie::pack(big)[0], 127);
  aie::clear_saturation();
}

TEST(HostLanes, MasksComeFromComparisonsAndChooseLanes) {
  const auto v = counting<int8, 32>(-16);
  const auto negative = aie::lt(v, int8{0});
  EXPECT_EQ(negative.count(), 16U);
  EXPECT_EQ(negative.to_uint32(), 0xffffU);
  EXPECT_EQ((~negative).ctz(), 16U);
  EXPECT_EQ(negative.clz(), 16U);
  const auto relu = aie::select(v, int8{0}, negative);
  EXPECT_EQ(relu[0], 0);
  EXPECT_EQ(relu[31], 15);
  EXPECT_TRUE(aie::equal(relu, aie::max(v, int8{0})));
  EXPECT_TRUE((aie::ge(v, int8{0}) & negative).empty());
  EXPECT_TRUE((aie::neq(v, int8{0}) | aie::eq(v, int8{0})).full());
  EXPECT_TRUE(aie::mask<8>::from_uint32(0xaa).test(7));
  EXPECT_EQ(aie::mask<64>::from_uint64(1ULL << 40).ctz(), 40U);
  EXPECT_EQ((aie::mask<64>::from_uint64(1) << 63).clz(), 0U);
}

TEST(HostLanes, MemoryIsReadAndWrittenAtAnyAlignment) {
  int8 memory[129] = {};
  for (int i = 0; i < 129; ++i) memory[i] = static_cast<int8>(i);
  const auto v = aie::load_unaligned_v<64>(memory + 5);
  EXPECT_EQ(v[0], 5);
  EXPECT_EQ(v[63], 68);
  aie::store_v(memory + 1, v);
  EXPECT_EQ(memory[0], 0);
  EXPECT_EQ(memory[64], 68);
  EXPECT_EQ(memory[65], 65);
  EXPECT_EQ(aie::load_v(memory).size(), 64U);
  const auto odd = aie::load_v<4>(memory + 3);
  EXPECT_EQ(odd[3], memory[6]);
}

TEST(HostLanes, IteratorsWalkMemoryByVectors) {
  int16 from[64];
  int16 to[64] = {};
  for (int i = 0; i < 64; ++i) from[i] = static_cast<int16>(i);
  auto in = aie::cbegin_restrict_vector<16>(from);
  auto out = aie::begin_restrict_vector<16>(to);
  for (int i = 0; i < 4; ++i) *out++ = aie::add(*in++, int16{1});
  EXPECT_EQ(to[63], 64);
  auto circle = aie::cbegin_vector_circular<16>(from, 32);
  EXPECT_EQ((*(circle + 3))[0], 16);
  EXPECT_EQ((*--circle)[0], 16);
  auto back = aie::begin_vector<16>(to) + 2;
  EXPECT_EQ(aie::mul(*back, int16{2}).lane[0], 66);
}

TEST(HostLanes, SlidingProductsWrapAroundTheirVectors) {
  const auto data = counting<uint8, 64>();
  const aie::vector<int8, 32> taps(1, -2, 3);
  using Ops = aie::sliding_mul_xy_ops<32, 8, 1, 1, int8, uint8>;
  const auto acc = Ops::mul(taps, 0, data, 40);
  for (unsigned l = 0; l < 32; ++l) {
    const auto at = [&](unsigned i) { return static_cast<int>(data[(40 + l + i) % 64]); };
    ASSERT_EQ(acc.lane[l], at(0) - 2 * at(1) + 3 * at(2));
  }
  EXPECT_EQ(Ops::mac(acc, taps, 0, data, 40).lane[3], 2 * acc.lane[3]);
  EXPECT_EQ(Ops::negmul(taps, 0, data, 40).lane[3], -acc.lane[3]);
}

TEST(HostLanes, SlidingProductsPerChannelKeepChannelsApart) {
  const auto data = counting<uint8, 128>();
  const auto taps = counting<int8, 64>(-20);
  const auto acc = aie::sliding_mul_ch_ops<8, 8, 8, 1, 1, 1, int8, uint8>::mul(taps, 0, data, 0);
  for (unsigned l = 0; l < 64; ++l) {
    int wanted = 0;
    for (unsigned p = 0; p < 8; ++p) wanted += taps[p * 8 + l % 8] * data[(l / 8 + p) * 8 + l % 8];
    ASSERT_EQ(acc.lane[l], wanted);
  }
}

TEST(HostLanes, BitsAreCombinedAndShifted) {
  const auto v = aie::broadcast<int8, 16>(static_cast<int8>(0xf0));
  EXPECT_EQ(aie::bit_and(v, int8{0x33})[0], 0x30);
  EXPECT_EQ(aie::bit_or(v, int8{1})[0], static_cast<int8>(0xf1));
  EXPECT_EQ(aie::bit_xor(v, v)[0], 0);
  EXPECT_EQ(aie::bit_not(v)[0], 0x0f);
  EXPECT_EQ(aie::downshift(v, 2)[0], -4);
  EXPECT_EQ(aie::logical_downshift(v, 2)[0], 0x3c);
  EXPECT_EQ(aie::upshift(v, 2)[0], static_cast<int8>(0xc0));
}

TEST(HostLanes, ShuffleModesAreTransposesOfBothOperands) {
  const auto a = counting<uint8, 64>(0);
  const auto b = counting<uint8, 64>(64);
  EXPECT_EQ(shuffle(a, b, T8_2x64_lo)[1], 64);
  EXPECT_EQ(shuffle(a, b, T8_2x64_hi)[0], 32);
  EXPECT_TRUE(
      aie::equal(shuffle(shuffle(a, b, T8_2x64_lo), shuffle(a, b, T8_2x64_hi), T8_64x2_lo), a));
  EXPECT_TRUE(aie::equal(shuffle(a, T8_8x8), aie::transpose(a, 8, 8)));
  const auto [low, high] = aie::interleave_zip(a.cast_to<int32>(), b.cast_to<int32>(), 1);
  EXPECT_TRUE(aie::equal(shuffle(a.cast_to<int32>(), b.cast_to<int32>(), T32_2x16_hi), high));
  EXPECT_EQ(bor(a, b)[3], 67);
}

TEST(HostLanes, TablesAreReadFromRunsThatAreThereTwice) {
  uint16 banks[64];
  for (unsigned i = 0; i < 64; ++i) banks[i] = static_cast<uint16>(100 + i / 16 * 8 + i % 8);
  using Table = aie::lut<4, uint16, uint16>;
  const Table table(32, banks, banks);
  const aie::parallel_lookup<uint8, Table, aie::lut_oor_policy::truncate> wraps(table, 1);
  const aie::parallel_lookup<int8, Table> stops(table, 0, 16);
  EXPECT_EQ(wraps.fetch(aie::vector<uint8, 16>(uint8{20}, uint8{63}, uint8{64}))[0], 110);
  EXPECT_EQ(wraps.fetch(aie::vector<uint8, 16>(uint8{20}, uint8{63}, uint8{64}))[1], 131);
  EXPECT_EQ(wraps.fetch(aie::vector<uint8, 16>(uint8{20}, uint8{63}, uint8{64}))[2], 100);
  EXPECT_EQ(stops.fetch(aie::vector<int8, 16>(int8{-100}, int8{-16}, int8{90}))[0], 100);
  EXPECT_EQ(stops.fetch(aie::vector<int8, 16>(int8{-100}, int8{-16}, int8{90}))[2], 131);
}

TEST(HostLanes, SourcesForTheArrayFindTheirWords) {
  v64uint8 raw = aie::broadcast<uint8, 64>(3);
  v64uint8* restrict pointer = &raw;
  for (int i = 0; i < 1; ++i) chess_prepare_for_pipelining chess_loop_range(1, ) {
      *pointer = aie::add(*pointer, raw);
    }
  EXPECT_EQ(raw[63], 6);
  event0();
  event1();
  EXPECT_EQ(get_coreid(), 0);
  EXPECT_EQ(float(bfloat16(1.0f) + bfloat16(0.5f)), 1.5f);
  EXPECT_EQ(bfloat16(1.00390625f).bits, 0x3f80);  // a tie, to even
}

}  // namespace
