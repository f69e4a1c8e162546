// SPDX-License-Identifier: Apache-2.0
// Files with numbers that have names.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace shiftwise::target {

/// What a JSON object of numbers holds, in its order; objects in objects put their name and a dot
/// in front. Throws Error, with the path, for what is no such file, for a name given twice and
/// for anything that is no number.
std::vector<std::pair<std::string, double>> read_numbers(const std::string& path);

}  // namespace shiftwise::target
