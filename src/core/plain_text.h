// SPDX-License-Identifier: Apache-2.0
// Text from files, fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace shiftwise::core {

/// `text` with every control character but line feed and tab as \xNN: a name from a hostile file
/// cannot move the cursor or repaint the screen.
std::string plain_text(std::string_view text);

}  // namespace shiftwise::core
