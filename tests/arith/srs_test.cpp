// SPDX-License-Identifier: Apache-2.0
#include "arith/srs.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace shiftwise::arith {
namespace {

using core::Exponent;
using core::Shift;

constexpr std::array kModes{Rounding::kFloor,          Rounding::kCeil,
                            Rounding::kSymmetricFloor, Rounding::kSymmetricCeil,
                            Rounding::kNegativeInf,    Rounding::kPositiveInf,
                            Rounding::kSymmetricZero,  Rounding::kSymmetricInf,
                            Rounding::kConvEven,       Rounding::kConvOdd};

/// The same rounding said in the language of real numbers: x / 2^s is exact in a double for
/// the values used here, and so are its floor, ceiling and nearest neighbours.
double rounded_real(double x, Rounding mode) {
  const double down = std::floor(x);
  const double up = std::ceil(x);
  const double to_nearest = x - down < up - x ? down : up;
  const bool tie = x - down == 0.5;
  const bool down_is_even = std::fmod(down, 2.0) == 0.0;
  switch (mode) {
    case Rounding::kFloor:
      return down;
    case Rounding::kCeil:
      return up;
    case Rounding::kSymmetricFloor:
      return std::trunc(x);
    case Rounding::kSymmetricCeil:
      return x < 0 ? down : up;
    case Rounding::kNegativeInf:
      return tie ? down : to_nearest;
    case Rounding::kPositiveInf:
      return tie ? up : to_nearest;
    case Rounding::kSymmetricZero:
      return tie ? std::trunc(x) : to_nearest;
    case Rounding::kSymmetricInf:
      return tie ? (x < 0 ? down : up) : to_nearest;
    case Rounding::kConvEven:
      return tie ? (down_is_even ? down : up) : to_nearest;
    case Rounding::kConvOdd:
      return tie ? (down_is_even ? up : down) : to_nearest;
  }
  return 0;
}

TEST(RoundShift, EqualsTheRealNumberDefinitionOfEveryModeExhaustively) {
  for (const Rounding mode : kModes) {
    for (int s = 1; s <= 8; ++s) {
      for (std::int64_t x = -1100; x <= 1100; ++x) {
        const double expected = rounded_real(std::ldexp(static_cast<double>(x), -s), mode);
        if (mode == Rounding::kSymmetricCeil && x < 0) continue;  // its own test below
        ASSERT_EQ(round_shift(x, Shift{s}, mode), static_cast<std::int64_t>(expected))
            << "mode " << static_cast<int>(mode) << " x " << x << " s " << s;
      }
    }
  }
}

TEST(RoundShift, SymmetricCeilGoesAwayFromZeroOnBothSides) {
  // Floor of a negative number already is away from zero: nothing is added.
  EXPECT_EQ(round_shift(-3, Shift{1}, Rounding::kSymmetricCeil), -2);
  EXPECT_EQ(round_shift(-1, Shift{4}, Rounding::kSymmetricCeil), -1);
  EXPECT_EQ(round_shift(1, Shift{4}, Rounding::kSymmetricCeil), 1);
}

TEST(RoundShift, TiesSeparateTheModesThatRoundToNearest) {
  struct Tie {
    Rounding mode;
    std::int64_t of_minus_3, of_minus_1, of_1, of_3;  // halves: -1.5, -0.5, 0.5, 1.5
  };
  for (const Tie& tie :
       {Tie{Rounding::kNegativeInf, -2, -1, 0, 1}, Tie{Rounding::kPositiveInf, -1, 0, 1, 2},
        Tie{Rounding::kSymmetricZero, -1, 0, 0, 1}, Tie{Rounding::kSymmetricInf, -2, -1, 1, 2},
        Tie{Rounding::kConvEven, -2, 0, 0, 2}, Tie{Rounding::kConvOdd, -1, -1, 1, 1}}) {
    SCOPED_TRACE(static_cast<int>(tie.mode));
    EXPECT_EQ(round_shift(-3, Shift{1}, tie.mode), tie.of_minus_3);
    EXPECT_EQ(round_shift(-1, Shift{1}, tie.mode), tie.of_minus_1);
    EXPECT_EQ(round_shift(1, Shift{1}, tie.mode), tie.of_1);
    EXPECT_EQ(round_shift(3, Shift{1}, tie.mode), tie.of_3);
  }
}

TEST(RoundShift, PositiveInfIsAddHalfAndShift) {
  for (const std::int64_t x : {0L, 1L, 31L, 32L, 33L, -31L, -32L, -33L, 12256L, 12320L, -96L,
                               std::int64_t{std::numeric_limits<std::int32_t>::max()},
                               std::int64_t{std::numeric_limits<std::int32_t>::min()}}) {
    for (int s = 1; s <= kLargestShift; ++s) {
      EXPECT_EQ(round_shift(x, Shift{s}), (x + (std::int64_t{1} << (s - 1))) >> s);
    }
  }
}

TEST(RoundShift, AgreesWithTheWorkedExamplesOfTheSeedFlow) {
  EXPECT_EQ(round_shift(12256, Shift{6}, Rounding::kConvEven), 192);  // 191.5
  EXPECT_EQ(round_shift(12256, Shift{6}, Rounding::kPositiveInf), 192);
  EXPECT_EQ(round_shift(12320, Shift{6}, Rounding::kConvEven), 192);  // 192.5
  EXPECT_EQ(round_shift(12320, Shift{6}, Rounding::kPositiveInf), 193);
  EXPECT_EQ(round_shift(-96, Shift{6}, Rounding::kConvEven), -2);  // -1.5
  EXPECT_EQ(round_shift(-96, Shift{6}, Rounding::kPositiveInf), -1);
}

TEST(RoundShift, ShiftZeroChangesNothingInAnyMode) {
  for (const Rounding mode : kModes) {
    for (const std::int64_t x : {-5L, 0L, 7L}) EXPECT_EQ(round_shift(x, Shift{0}, mode), x);
  }
}

TEST(RoundShift, LargestShiftLeavesOnlyTheSignAndTheTie) {
  constexpr std::int64_t kHalf = std::int64_t{1} << (kLargestShift - 1);
  EXPECT_EQ(round_shift(kHalf, Shift{kLargestShift}), 1);
  EXPECT_EQ(round_shift(kHalf - 1, Shift{kLargestShift}), 0);
  EXPECT_EQ(round_shift(-kHalf, Shift{kLargestShift}), 0);
  EXPECT_EQ(round_shift(-kHalf - 1, Shift{kLargestShift}), -1);
}

TEST(Saturate, ClampsToTheRangeOfTheType) {
  EXPECT_EQ(saturate<std::uint8_t>(-1), 0);
  EXPECT_EQ(saturate<std::uint8_t>(255), 255);
  EXPECT_EQ(saturate<std::uint8_t>(256), 255);
  EXPECT_EQ(saturate<std::int8_t>(-129), -128);
  EXPECT_EQ(saturate<std::int8_t>(128), 127);
  EXPECT_EQ(saturate<std::int32_t>(std::int64_t{1} << 31),
            std::numeric_limits<std::int32_t>::max());
}

TEST(Saturate, SymmetricModeNeverReachesTheMostNegativeValue) {
  EXPECT_EQ(saturate<std::int8_t>(-128, Saturation::kSymmetric), -127);
  EXPECT_EQ(saturate<std::int8_t>(-127, Saturation::kSymmetric), -127);
  EXPECT_EQ(saturate<std::int8_t>(128, Saturation::kSymmetric), 127);
  EXPECT_EQ(saturate<std::uint8_t>(-1, Saturation::kSymmetric), 0);
}

TEST(Saturate, WrapsWhereItIsOff) {
  EXPECT_EQ(saturate<std::int8_t>(128, Saturation::kNone), -128);
  EXPECT_EQ(saturate<std::int8_t>(-129, Saturation::kNone), 127);
  EXPECT_EQ(saturate<std::uint8_t>(-1, Saturation::kNone), 255);
}

TEST(Srs, RoundsBeforeItSaturates) {
  // 127.5 rounds up to 128 and then saturates; saturating first would give 64.
  EXPECT_EQ(srs<std::int8_t>(255, Shift{1}), 127);
  EXPECT_EQ(srs<std::int8_t>(255, Shift{1}, Rounding::kPositiveInf, Saturation::kNone), -128);
  EXPECT_EQ(srs<std::uint8_t>(511, Shift{1}), 255);
  EXPECT_EQ(srs<std::int8_t>(-257, Shift{1}), -128);
}

TEST(Srs, OfTheMostNegativeAccumulatorDoesNotOverflow) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(srs<std::int8_t>(kLowest, Shift{kLargestShift}), -1);
  EXPECT_EQ(srs<std::int8_t>(kHighest, Shift{kLargestShift}), 1);
  EXPECT_EQ(srs<std::int8_t>(kLowest, Shift{0}), -128);
}

TEST(Requantize, NegativeShiftIsAnExactLeftShiftThenSaturation) {
  EXPECT_EQ(requantize<std::uint8_t>(100, Shift{-1}), 200);
  EXPECT_EQ(requantize<std::uint8_t>(128, Shift{-1}), 255);
  EXPECT_EQ(requantize<std::int8_t>(-64, Shift{-1}), -128);
  EXPECT_EQ(requantize<std::int8_t>(-65, Shift{-1}), -128);
  EXPECT_EQ(requantize<std::int8_t>(std::numeric_limits<std::int32_t>::min(), Shift{-31}), -128);
}

TEST(IsTie, IsExactlyWhereTheNearestModesDisagree) {
  for (int s = 0; s <= 6; ++s) {
    for (std::int64_t x = -200; x <= 200; ++x) {
      const bool differ = round_shift(x, Shift{s}, Rounding::kPositiveInf) !=
                          round_shift(x, Shift{s}, Rounding::kNegativeInf);
      EXPECT_EQ(is_tie(x, Shift{s}), differ) << x << " >> " << s;
    }
  }
  EXPECT_FALSE(is_tie(4, Shift{-1}));
}

TEST(AlignedSum, MovesTheCoarserOperandToTheFinerExponent) {
  EXPECT_EQ(aligned_sum(3, Exponent{-4}, 5, Exponent{-4}), 8);
  EXPECT_EQ(aligned_sum(3, Exponent{-2}, 5, Exponent{-4}), 17);
  EXPECT_EQ(aligned_sum(-3, Exponent{-4}, -5, Exponent{-1}), -43);
}

TEST(AverageDivisor, IsAShiftForPowersOfTwoAndAReciprocalOtherwise) {
  EXPECT_EQ(average_divisor(1).shift.value, 0);
  EXPECT_EQ(average_divisor(64).shift.value, 6);
  EXPECT_EQ(average_divisor(64).multiplier, 1);
  EXPECT_EQ(average_divisor(49).multiplier, 1337);  // 65536 / 49 = 1337.47
  EXPECT_EQ(average_divisor(49).shift.value, 16);
  EXPECT_EQ(average_divisor(3).multiplier, 21845);  // 21845.33
  EXPECT_EQ(average_divisor(6).multiplier, 10923);  // 10922.67
}

// Everything above is usable at compile time.
static_assert(srs<std::int8_t>(192, Shift{7}) == 2);
static_assert(requantize<std::uint8_t>(3, Shift{-2}) == 12);

}  // namespace
}  // namespace shiftwise::arith
