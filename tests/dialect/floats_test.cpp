// SPDX-License-Identifier: Apache-2.0
// Floating-point instructions against the machine's own arithmetic.
#include "dialect/floats.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace shiftwise::dialect {
namespace {

std::int64_t single(float value) { return std::bit_cast<std::uint32_t>(value); }

TEST(Floats, OfSixteenBitsAreRoundedToTheNearestEvenOne) {
  // 1 + 2^-8 lies between 1 and 1 + 2^-7 of a bf16, 1 + 3 * 2^-8 above an odd one.
  EXPECT_EQ(encode(Format::kBf16, 1.0 + 1.0 / 256), 0x3F80);
  EXPECT_EQ(encode(Format::kBf16, 1.0 + 3.0 / 256), 0x3F82);
  EXPECT_EQ(encode(Format::kBf16, -1.0 - 1.0 / 256 - 1e-9), 0xBF81);
  EXPECT_EQ(encode(Format::kF16, 65519.0), 0x7BFF);
  EXPECT_EQ(encode(Format::kF16, 65520.0), 0x7C00) << "beyond the largest";
  EXPECT_EQ(encode(Format::kF16, std::ldexp(1.0, -24)), 1) << "the smallest";
  EXPECT_EQ(encode(Format::kF16, std::ldexp(1.0, -25)), 0);
  EXPECT_EQ(encode(Format::kBf16, std::numeric_limits<double>::quiet_NaN()), 0x7FC0);
  EXPECT_EQ(encode(Format::kBf16, -std::numeric_limits<double>::infinity()), 0xFF80);
}

TEST(Floats, OfSixteenBitsSurviveTheWayBack) {
  for (const Format format : {Format::kF16, Format::kBf16}) {
    for (std::int64_t bits = 0; bits < 0x10000; ++bits) {
      const double value = decode(format, bits);
      if (std::isnan(value)) continue;
      ASSERT_EQ(encode(format, value), bits);
    }
  }
}

TEST(Floats, AreComputedInSinglePrecision) {
  EXPECT_EQ(evaluate(Opcode::kAddF, Format::kF32, single(16777216.0F), single(1.0F)),
            single(16777216.0F));
  EXPECT_EQ(evaluate(Opcode::kMulF, Format::kF32, single(0.1F), single(3.0F)), single(0.1F * 3.0F));
  EXPECT_EQ(evaluate(Opcode::kDivF, Format::kF32, single(1.0F), single(3.0F)), single(1.0F / 3.0F));
  EXPECT_EQ(evaluate(Opcode::kRemF, Format::kF32, single(-7.5F), single(2.0F)), single(-1.5F));
  EXPECT_EQ(evaluate(Opcode::kNegF, Format::kF32, single(0.0F), 0), single(-0.0F));
  EXPECT_EQ(decode(Format::kF64, evaluate(Opcode::kSubF, Format::kF64, encode(Format::kF64, 1.0),
                                          encode(Format::kF64, 1e-12))),
            1.0 - 1e-12);
  EXPECT_EQ(decode(Format::kBf16, evaluate(Opcode::kAddF, Format::kBf16, encode(Format::kBf16, 256),
                                           encode(Format::kBf16, 1))),
            256);
}

TEST(Floats, LargestAndSmallestKnowTwoWaysWithNoNumber) {
  const std::int64_t none = single(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(std::isnan(decode(Format::kF32, evaluate(Opcode::kMaxF, Format::kF32, none, 0))));
  EXPECT_EQ(evaluate(Opcode::kMaxNumF, Format::kF32, none, single(2)), single(2));
  EXPECT_EQ(evaluate(Opcode::kMinF, Format::kF32, single(0.0F), single(-0.0F)), single(-0.0F));
  EXPECT_EQ(evaluate(Opcode::kMaxF, Format::kF32, single(0.0F), single(-0.0F)), single(0.0F));
  EXPECT_EQ(evaluate(Opcode::kMinNumF, Format::kF32, single(3), single(2)), single(2));
}

TEST(Floats, CompareAsTheLanguageSays) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto holds = [](double a, double b) {
    std::string result;
    for (int predicate = 0; predicate < 16; ++predicate) {
      result += compare_floats(predicate, a, b) ? '1' : '0';
    }
    return result;
  };
  //                           false, oeq .. ord | ueq .. uno, true
  EXPECT_EQ(holds(1, 2), "0000111100011101");
  EXPECT_EQ(holds(2, 1), "0011001101100101");
  EXPECT_EQ(holds(2, 2), "0101010110101001");
  EXPECT_EQ(holds(none, 2), "0000000011111111");
}

TEST(Floats, AreCutToIntegersThatStopAtTheirEnds) {
  EXPECT_EQ(to_integer(-1.9, 32, false), -1);
  EXPECT_EQ(to_integer(300, 8, false), 127);
  EXPECT_EQ(to_integer(-300, 8, false), -128);
  EXPECT_EQ(to_integer(200, 8, true), -56) << "registers hold it sign-extended";
  EXPECT_EQ(to_integer(300, 8, true), -1);
  EXPECT_EQ(to_integer(-1, 8, true), 0);
  EXPECT_EQ(to_integer(1e30, 64, false), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(to_integer(std::numeric_limits<double>::quiet_NaN(), 32, false), 0);
}

}  // namespace
}  // namespace shiftwise::dialect
