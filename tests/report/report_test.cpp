// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/diagnostic.h"

namespace shiftwise::report {
namespace {

Report example() {
  Report report;
  report.fact("images", "images", count(10000));
  report.data("version", "0.1.0");
  report.fact("accuracy", "float top-1", percent(0.8664));
  report.table("layers", "scales",
               {{"name", "layer", Column::Align::kLeft}, {"shift", "shift"}, {"hidden", ""}},
               {{text("größe"), integer(-7), text("x")}, {text("a"), integer(12), none()}});
  report.note("one thing.");
  report.warning("another.");
  return report;
}

TEST(Report, TextIsAlignedByCharactersNotBytes) {
  EXPECT_EQ(example().to_text(),
            "images       10,000\n"
            "float top-1  86.64 %\n"
            "\n"
            "scales\n"
            "layer  shift\n"
            "größe     -7\n"
            "a         12\n"
            "\n"
            "note: one thing.\n"
            "warning: another.\n");
}

TEST(Report, NamesFromAFileCannotSteerTheTerminal) {
  Report report;
  report.fact("names", "class names", text("cat, \x1b[2Jdog"));
  EXPECT_EQ(report.to_text(), "class names  cat, \\x1b[2Jdog\n");
}

TEST(Report, JsonHoldsTheSameAndWhatPeopleDoNotSee) {
  EXPECT_EQ(example().to_json().dump(),
            R"({"images":10000,"version":"0.1.0","accuracy":0.8664,"layers":[)"
            R"({"name":"größe","shift":-7,"hidden":"x"},{"name":"a","shift":12,"hidden":null}],)"
            R"("notes":["one thing."],"warnings":["another."]})");
}

TEST(Report, ARowThatDoesNotFitItsTableIsABug) {
  Report report;
  EXPECT_THROW(report.table("t", "", {{"a", "a"}}, {{integer(1), integer(2)}}), core::Error);
}

TEST(Value, ReadsWellAtEverySize) {
  EXPECT_EQ(count(0).text, "0");
  EXPECT_EQ(count(999).text, "999");
  EXPECT_EQ(count(1000).text, "1,000");
  EXPECT_EQ(count(-123456).text, "-123,456");
  EXPECT_EQ(count(-1234567).text, "-1,234,567");
  EXPECT_EQ(duration_text(0.44), "0.4 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(7800), "2 h 10 min");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
}

TEST(Value, NumbersThatJsonDoesNotKnowAreNull) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(decibels(infinity).text, "exact");
  EXPECT_TRUE(decibels(infinity).json.is_null());
  EXPECT_TRUE(real(std::numeric_limits<double>::quiet_NaN(), 1).json.is_null());
  EXPECT_EQ(optional_text("").text, "-");
}

}  // namespace
}  // namespace shiftwise::report
