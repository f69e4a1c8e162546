// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace shiftwise::sim {

/// Throws Error (data): a check of the simulation failed. `where` is the operation's place in
/// the text.
[[noreturn]] void fail(std::string what, std::string where, std::string why, std::string hint = {});

}  // namespace shiftwise::sim
