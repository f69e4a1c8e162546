// SPDX-License-Identifier: Apache-2.0
// What the values of a machine's numbers are held to, where somebody sets them by name.
#pragma once

#include <string_view>

namespace shiftwise::target {

struct NumberRange {
  double least = 0;
  double most = 0;
  bool whole = false;
};

/// Throws Error for a value outside of `range`, for NaN, and for a fraction where there is none.
void require_in_range(std::string_view name, double value, const NumberRange& range);

}  // namespace shiftwise::target
