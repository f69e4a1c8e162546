// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include "core/diagnostic.h"
#include "core/float16.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/tensor.h"

namespace shiftwise::core {
namespace {

TEST(Elements, OfAHostileShapeIsRefusedInsteadOfWrapping) {
  EXPECT_EQ(elements({}), 1);
  EXPECT_EQ(elements({2, 3, 4}), 24);
  EXPECT_EQ(elements({5, 0, std::int64_t{1} << 60}), 0);
  EXPECT_THROW(elements({std::int64_t{1} << 40, std::int64_t{1} << 40}), Error);
  EXPECT_THROW(elements({3, -1}), Error);
}

TEST(Diagnostic, SaysWhatWhereWhyAndWhatToTryAndOmitsWhatIsEmpty) {
  const Diagnostic full{.what = "cannot read", .where = "a.pt", .why = "short", .hint = "again"};
  EXPECT_EQ(full.text(), "cannot read\n  where: a.pt\n  why:   short\n  try:   again");
  EXPECT_EQ(Diagnostic{.what = "cannot read"}.text(), "cannot read");
}

TEST(Diagnostic, ControlCharactersOfANameDoNotReachTheTerminal) {
  const Diagnostic diagnostic{
      .what = "cannot read", .where = "tensor \x1b[2J\x07\x7f", .why = "a\n\tb"};
  EXPECT_EQ(diagnostic.text(), "cannot read\n  where: tensor \\x1b[2J\\x07\\x7f\n  why:   a\n\tb");
}

TEST(Diagnostic, AnEndlessAnswerIsCut) {
  const Diagnostic diagnostic{.what = "cannot read", .where = std::string(5000, 'x')};
  EXPECT_EQ(diagnostic.text(), "cannot read\n  where: " + std::string(4000, 'x') + "...");
}

TEST(Diagnostic, AFileIsNamedOnce) {
  const auto located = [](const std::string& where) {
    return located_in("a.pt", Error({.what = "broken", .where = where})).diagnostic().where;
  };
  EXPECT_EQ(located(""), "a.pt");
  EXPECT_EQ(located("layer 'x'"), "a.pt, layer 'x'");
  EXPECT_EQ(located("a.pt, byte 7"), "a.pt, byte 7");
}

TEST(Expects, ThrowsAnErrorThatNamesTheBrokenPromise) {
  EXPECT_NO_THROW(expects(true, "fine"));
  try {
    expects(false, "one byte per value", "layer1");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().why, "one byte per value");
    EXPECT_EQ(error.diagnostic().where, "layer1");
  }
}

TEST(Float16, EveryHalfSurvivesTheWayThroughFloat32) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = float_from_half(half);
    std::uint16_t back = 0;
    if (std::isnan(value)) {
      EXPECT_FALSE(exact_half(value, back));
    } else {
      ASSERT_TRUE(exact_half(value, back)) << bits;
      ASSERT_EQ(back, half);
    }
  }
}

TEST(Float16, ValuesThatNoHalfHoldsAreReportedAsSuch) {
  std::uint16_t half = 0;
  for (const float value : {1.0F + 0x1p-11F, 65536.0F, 0x1p-25F, 1e-40F, 0x1.8p-24F}) {
    EXPECT_FALSE(exact_half(value, half)) << value;
  }
  EXPECT_TRUE(exact_half(-0x1p-24F, half));
  EXPECT_EQ(half, 0x8001);
}

TEST(Float16, Bfloat16IsTheUpperHalfOfAFloat) {
  EXPECT_EQ(float_from_bfloat16(0x3fc0), 1.5F);
  EXPECT_EQ(float_from_bfloat16(0xff80), -std::numeric_limits<float>::infinity());
}

TEST(Hash, MatchesTheStandardsTestVectors) {
  const std::string text = "abc";
  const auto bytes = std::as_bytes(std::span(text));
  EXPECT_EQ(hash_bytes(HashKind::kMd5, bytes), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hash_bytes(HashKind::kSha256, bytes),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ParallelFor, CallsEveryIndexOnceForAnyThreadLimit) {
  for (const int threads : {1, 2, 0}) {
    set_thread_limit(threads);
    std::vector<std::atomic<int>> calls(1000);
    parallel_for(1000, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, RethrowsWhatABodyThrows) {
  EXPECT_THROW(parallel_for(10,
                            [](std::int64_t i) {
                              if (i == 7) throw Error({.what = "seven"});
                            }),
               Error);
}

}  // namespace
}  // namespace shiftwise::core
