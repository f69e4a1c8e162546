// SPDX-License-Identifier: Apache-2.0
#include "model/quoted.h"

#include <fmt/format.h>

namespace shiftwise::model {

std::string printable(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  constexpr std::size_t kEnd = 40;
  const auto escaped = [](std::string_view part) {
    std::string result;
    for (const char c : part) {
      if (c >= ' ' && c <= '~') {
        result += c;
      } else {
        result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      }
    }
    return result;
  };
  if (name.size() <= kLongest) return escaped(name);
  return escaped(name.substr(0, kLongest - kEnd)) + "..." +
         escaped(name.substr(name.size() - kEnd));
}

std::string in_quotes(std::string_view name) { return '"' + printable(name) + '"'; }

}  // namespace shiftwise::model
