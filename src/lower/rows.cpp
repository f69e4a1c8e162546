// SPDX-License-Identifier: Apache-2.0
#include "lower/rows.h"

#include <algorithm>

namespace shiftwise::lower {

std::vector<RowUse> row_uses(std::span<const Window> windows, int in_rows, int out_rows) {
  const auto first = [&](int y) {
    int row = in_rows;
    for (const Window& w : windows) row = std::min(row, y * w.stride - w.padding);
    return std::clamp(row, 0, in_rows);
  };
  const auto last = [&](int y) {
    int row = 0;
    for (const Window& w : windows) row = std::max(row, y * w.stride - w.padding + w.kernel - 1);
    return std::min(row, in_rows - 1);
  };
  std::vector<RowUse> uses;
  for (int y = 0; y < out_rows; ++y) {
    const int base = y == 0 ? 0 : first(y);
    const int next = y + 1 == out_rows ? in_rows : first(y + 1);
    uses.push_back({std::max(last(y), next - 1) - base + 1, next - base, base});
  }
  return uses;
}

int most_held(std::span<const RowUse> uses) {
  int most = 0;
  for (const RowUse& use : uses) most = std::max(most, use.acquire);
  return most;
}

}  // namespace shiftwise::lower
