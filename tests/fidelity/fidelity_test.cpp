// SPDX-License-Identifier: Apache-2.0
// The model of time against silicon: how far off it may be, and that nobody grades himself.
#include <gtest/gtest.h>

#include <cmath>

#include "fidelity/table.h"

namespace shiftwise::fidelity {
namespace {

constexpr double kTolerance = 0.25;

TEST(Fidelity, IsWithinAQuarterOfEveryMeasurement) { EXPECT_EQ(fault(table(), kTolerance), ""); }

TEST(Fidelity, FittedRowsAreMetWithinOnePercent) {
  for (const Row& row : table()) {
    if (row.role != Role::kFitted) continue;
    EXPECT_LT(std::abs(row.error()), 0.01) << row.what;
  }
}

TEST(Fidelity, HoldsOutWhatWasAskedFor) {
  int held_out = 0;
  for (const Row& row : table()) held_out += row.role == Role::kHeldOut ? 1 : 0;
  EXPECT_EQ(held_out, 3);
}

Row row(const std::string& what, Role role, double predicted) {
  return {.what = what,
          .unit = "ms",
          .role = role,
          .measured = 100,
          .predicted = predicted,
          .source = "a test",
          .constant = role == Role::kFitted ? "a constant" : ""};
}

TEST(FidelityTable, RefusesAFittedRowThatIsListedAsHeldOut) {
  EXPECT_EQ(fault({row("a", Role::kFitted, 100), row("b", Role::kHeldOut, 100),
                   row("a", Role::kHeldOut, 100)},
                  kTolerance),
            "'a' is fitted and held out");
}

TEST(FidelityTable, RefusesAHeldOutRowWithAConstant) {
  Row cheat = row("a", Role::kHeldOut, 100);
  cheat.constant = "a factor";
  EXPECT_EQ(fault({cheat}, kTolerance),
            "'a': a row is fitted if and only if a constant was fitted to it");
}

TEST(FidelityTable, RefusesErrorsBeyondTheTolerance) {
  EXPECT_EQ(fault({row("a", Role::kHeldOut, 126)}, kTolerance), "'a': error +26.0 %");
  EXPECT_EQ(fault({row("a", Role::kHeldOut, 74)}, kTolerance), "'a': error -26.0 %");
  EXPECT_EQ(fault({row("a", Role::kHeldOut, 124)}, kTolerance), "");
}

TEST(FidelityTable, RefusesToHoldNothingOut) {
  EXPECT_EQ(fault({row("a", Role::kFitted, 100)}, kTolerance), "no row is held out");
}

}  // namespace
}  // namespace shiftwise::fidelity
