// SPDX-License-Identifier: Apache-2.0
#include "core/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace shiftwise::core {
namespace {

/// The number of insertions, deletions and replacements between two names.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string suggest(std::string_view name, std::span<const std::string> names) {
  constexpr std::size_t kMost = 3;
  constexpr std::size_t kLongest = 200;  // a hostile name is not worth a quadratic search
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string& candidate : names) {
    if (name.size() > kLongest || candidate.size() > kLongest) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance <= 1 + std::max(name.size(), candidate.size()) / 4) {
      near.emplace_back(distance, candidate);
    }
  }
  std::sort(near.begin(), near.end());
  if (near.size() > kMost) near.resize(kMost);
  if (!near.empty()) {
    std::string text = "did you mean ";
    for (std::size_t i = 0; i < near.size(); ++i) {
      text += fmt::format("{}'{}'", i == 0 ? "" : " or ", near[i].second);
    }
    return text + "?";
  }
  if (names.empty()) return {};
  return fmt::format("names are {}{}", fmt::join(names.first(std::min(names.size(), kMost)), ", "),
                     names.size() > kMost ? ", ..." : "");
}

}  // namespace shiftwise::core
