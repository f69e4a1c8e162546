// SPDX-License-Identifier: Apache-2.0
// Names from a file, fit for a message. Private to the room.
#pragma once

#include <string>
#include <string_view>

namespace shiftwise::model {

/// `name` in quotes: printable ASCII as it is, every other byte as \xNN, the middle of what is
/// too long left out. What a hostile file says cannot steer a terminal.
std::string in_quotes(std::string_view name);

/// The same without quotes.
std::string printable(std::string_view name);

}  // namespace shiftwise::model
