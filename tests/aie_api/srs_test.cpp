// SPDX-License-Identifier: Apache-2.0
// Shift, round, saturate of the host's aie_api against the norm, src/arith/srs.h.
#include "arith/srs.h"

#include <gtest/gtest.h>

#include <aie_api/aie.hpp>
#include <random>

namespace {

using shiftwise::arith::Rounding;
using shiftwise::arith::Saturation;
using shiftwise::core::Shift;

constexpr unsigned kModes[] = {0, 1, 2, 3, 8, 9, 10, 11, 12, 13};
constexpr unsigned kSaturations[] = {0, 1, 3};

/// Puts the core's modes back.
struct Modes {
  Modes(unsigned rounding, unsigned saturation) {
    aie::set_rounding(static_cast<aie::rounding_mode>(rounding));
    aie::set_saturation(static_cast<aie::saturation_mode>(saturation));
  }
  ~Modes() {
    aie::clear_rounding();
    aie::clear_saturation();
  }
};

/// Values around everything that a shift by s can meet: ties, their neighbours, both signs, the
/// ends of the types and of the accumulator.
template <typename L>
std::vector<L> corners(int s) {
  std::vector<L> values = {0, std::numeric_limits<L>::min(), std::numeric_limits<L>::max()};
  const auto around = [&values](L x) {
    for (const int d : {-1, 0, 1}) {
      const auto up = static_cast<std::make_unsigned_t<L>>(x) + static_cast<unsigned>(d);
      values.push_back(static_cast<L>(up));
      values.push_back(static_cast<L>(0 - up));
    }
  };
  const int bits = 8 * sizeof(L) - 2;
  for (const int q : {0, 1, 2, 3, 126, 127, 128, 254, 255, 256, 32767, 32768, 65535}) {
    if (s > bits || (q != 0 && 32 - __builtin_clz(static_cast<unsigned>(q)) + s > bits)) continue;
    const L base = static_cast<L>(L{q} << s);
    around(base);
    if (s > 0) around(static_cast<L>(base + (L{1} << (s - 1))));
  }
  for (int i = 0; i <= bits; ++i) around(static_cast<L>(L{1} << i));
  std::mt19937_64 random(17);
  for (int i = 0; i < 40; ++i) values.push_back(static_cast<L>(random() >> (random() % 48)));
  return values;
}

/// One accumulator of 16 lanes after the other over `values`, in every mode.
template <typename T, typename Tag, typename L>
void compare(const std::vector<L>& values, int s) {
  for (const unsigned mode : kModes) {
    for (const unsigned saturation : kSaturations) {
      const Modes modes(mode, saturation);
      for (std::size_t at = 0; at < values.size(); at += 16) {
        aie::accum<Tag, 16> acc;
        for (unsigned i = 0; i < 16; ++i) acc.lane[i] = values[(at + i) % values.size()];
        const aie::vector<T, 16> got = acc.template to_vector<T>(s);
        for (unsigned i = 0; i < 16; ++i) {
          const T wanted = shiftwise::arith::saturate<T>(
              shiftwise::arith::round_shift(acc.lane[i], Shift{s}, static_cast<Rounding>(mode)),
              static_cast<Saturation>(saturation));
          ASSERT_EQ(got[i], wanted) << "x " << acc.lane[i] << " shift " << s << " rounding " << mode
                                    << " saturation " << saturation;
        }
      }
    }
  }
}

template <typename T>
void compare_all_shifts() {
  for (int s = 0; s <= 31; ++s) compare<T, acc32>(corners<int32_t>(s), s);
  for (int s = 0; s <= 62; s += s < 33 ? 1 : 7) compare<T, acc64>(corners<int64_t>(s), s);
}

TEST(HostSrs, EqualsTheNormForInt8InEveryMode) { compare_all_shifts<int8_t>(); }
TEST(HostSrs, EqualsTheNormForUint8InEveryMode) { compare_all_shifts<uint8_t>(); }
TEST(HostSrs, EqualsTheNormForInt16InEveryMode) { compare_all_shifts<int16_t>(); }
TEST(HostSrs, EqualsTheNormForUint16InEveryMode) { compare_all_shifts<uint16_t>(); }
TEST(HostSrs, EqualsTheNormForInt32InEveryMode) { compare_all_shifts<int32_t>(); }
TEST(HostSrs, EqualsTheNormForUint32InEveryMode) { compare_all_shifts<uint32_t>(); }

TEST(HostSrs, EqualsTheNormForEverySmallValue) {
  std::vector<int32_t> values;
  for (int x = -2200; x <= 2200; ++x) values.push_back(x);
  for (int s = 0; s <= 11; ++s) {
    compare<int8_t, acc32>(values, s);
    compare<uint8_t, acc32>(values, s);
  }
}

TEST(HostSrs, ANegativeShiftIsALeftShiftWithoutLoss) {
  const Modes modes(9, 1);
  for (const int x : {0, 1, -1, 3, 127, -128, 1 << 30, INT32_MIN, INT32_MAX}) {
    for (int s = -31; s < 0; ++s) {
      aie::accum<acc32, 8> acc;
      acc.lane[3] = x;
      EXPECT_EQ(acc.to_vector<int8_t>(s)[3], shiftwise::arith::requantize<int8_t>(x, Shift{s}));
      EXPECT_EQ(acc.to_vector<int32_t>(s)[3], shiftwise::arith::requantize<int32_t>(x, Shift{s}));
    }
  }
}

TEST(HostSrs, AShiftBeyondTheAccumulatorLeavesWhatRoundingMakesOfAlmostNothing) {
  const Modes modes(1, 1);  // ceil
  aie::accum<acc32, 8> acc;
  acc.lane[0] = 5;
  acc.lane[1] = -5;
  const auto out = acc.to_vector<int8_t>(40);
  EXPECT_EQ(out[0], 1);
  EXPECT_EQ(out[1], 0);
}

TEST(HostSrs, AFreshCoreFloorsAndWraps) {
  EXPECT_EQ(aie::get_rounding(), aie::rounding_mode::floor);
  EXPECT_EQ(aie::get_saturation(), aie::saturation_mode::none);
  aie::accum<acc32, 8> acc;
  acc.lane[0] = 0x1fff;
  acc.lane[1] = -1;
  EXPECT_EQ(acc.to_vector<uint8_t>(1)[0], 0xff);
  EXPECT_EQ(acc.to_vector<int8_t>(4)[1], -1);
}

TEST(HostSrs, ModesAreSwappedAndReadBackByTheirCodes) {
  EXPECT_EQ(aie::swap_rounding(aie::rounding_mode::conv_even), aie::rounding_mode::floor);
  EXPECT_EQ(get_rnd(), 12U);
  EXPECT_EQ(aie::swap_saturation(aie::saturation_mode::symmetric), aie::saturation_mode::none);
  EXPECT_EQ(get_satmode(), 3U);
  aie::clear_rounding();
  aie::clear_saturation();
  set_sat();
  EXPECT_EQ(aie::get_saturation(), aie::saturation_mode::saturate);
  clr_sat();
}

TEST(HostSrs, SignChosenAtRunTimeEqualsTheTypes) {
  const Modes modes(9, 1);
  aie::accum<acc32, 16> acc;
  for (unsigned i = 0; i < 16; ++i) acc.lane[i] = static_cast<int>(i) * 70 - 500;
  EXPECT_TRUE(aie::equal(acc.to_vector_sign<int8_t>(true, 1), acc.to_vector<int8_t>(1)));
  EXPECT_TRUE(aie::equal(acc.to_vector_sign<int8_t>(false, 1).cast_to<uint8_t>(),
                         acc.to_vector<uint8_t>(1)));
}

TEST(HostSrs, BrainFloatsAreRoundedLikeIntegersOfTheirBits) {
  std::mt19937 random(3);
  for (const unsigned mode : kModes) {
    const Modes modes(mode, 0);
    for (int i = 0; i < 2000; ++i) {
      uint32_t magnitude = random() & 0x7f7fffff;
      if (i % 3 == 0) magnitude = (magnitude & 0xffff0000) | 0x8000;  // a tie
      if (i % 7 == 0) magnitude &= 0xffff0000;
      const bool negative = i % 2 == 1;
      const uint32_t bits = magnitude | (negative ? 0x80000000 : 0);
      aie::accum<accfloat, 8> acc;
      __builtin_memcpy(&acc.lane[0], &bits, 4);
      const int64_t value = negative ? -int64_t{magnitude} : int64_t{magnitude};
      const int64_t rounded =
          shiftwise::arith::round_shift(value, Shift{16}, static_cast<Rounding>(mode));
      const uint16_t wanted =
          static_cast<uint16_t>((rounded < 0 ? -rounded : rounded) | (negative ? 0x8000 : 0));
      ASSERT_EQ(acc.to_vector<bfloat16>()[0].bits, wanted) << std::hex << bits << " mode " << mode;
    }
  }
}

}  // namespace
