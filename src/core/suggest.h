// SPDX-License-Identifier: Apache-2.0
// What somebody who mistyped a name may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shiftwise::core {

/// "did you mean 'a' or 'b'?" with at most three of `names`, the nearest first; a few of them
/// as examples where none is near; empty where there are none.
std::string suggest(std::string_view name, std::span<const std::string> names);

}  // namespace shiftwise::core
