// SPDX-License-Identifier: Apache-2.0
// fidelity: predicted times beside published measurements of real hardware, and how far off
// they are. Prints the table of docs/cost-model.md.
#include <fmt/format.h>

#include <cstdio>

#include "core/diagnostic.h"
#include "fidelity/table.h"

int main() {
  using shiftwise::fidelity::Role;
  try {
    fmt::print(
        "| figure | | measured | predicted | error | role | source |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const auto& row : shiftwise::fidelity::table()) {
      const std::string role = row.role == Role::kFitted    ? "fitted: " + row.constant
                               : row.role == Role::kChecked ? "check"
                                                            : "**held out**";
      fmt::print("| {} | {} | {:.6g} | {:.5g} | {:+.1f} % | {} | {} |\n", row.what, row.unit,
                 row.measured, row.predicted, 100 * row.error(), role, row.source);
    }
  } catch (const shiftwise::core::Error& error) {
    std::fprintf(stderr, "fidelity: %s\n", error.what());
    return static_cast<int>(error.diagnostic().fault);
  }
  return 0;
}
