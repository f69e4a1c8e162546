// SPDX-License-Identifier: Apache-2.0
// Lost time by its cause.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/statistics.h"

namespace shiftwise::sim {

class Stalls {
 public:
  /// `cause` lives as long as the statistics.
  void add(const std::string& cause, Cycles cycles) {
    if (cycles <= 0) return;
    for (auto& [text, sum] : sums_) {
      if (text == &cause) {
        sum += cycles;
        return;
      }
    }
    sums_.emplace_back(&cause, cycles);
  }
  void clear() { sums_.clear(); }

  /// Largest first; of equal ones the earlier.
  std::vector<Stall> sorted() const {
    std::vector<Stall> result;
    for (const auto& [text, sum] : sums_) result.push_back({*text, sum});
    std::ranges::stable_sort(result, std::greater{}, &Stall::cycles);
    return result;
  }

 private:
  std::vector<std::pair<const std::string*, Cycles>> sums_;
};

}  // namespace shiftwise::sim
