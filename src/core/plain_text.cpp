// SPDX-License-Identifier: Apache-2.0
#include "core/plain_text.h"

#include <fmt/format.h>

namespace shiftwise::core {

std::string plain_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool control = (code < ' ' && c != '\n' && c != '\t') || code == 0x7f;
    if (control) {
      result += fmt::format("\\x{:02x}", code);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace shiftwise::core
