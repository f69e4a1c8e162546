// SPDX-License-Identifier: Apache-2.0
#include "core/diagnostic.h"

#include <fmt/format.h>

#include <utility>

namespace shiftwise::core {
namespace {

/// What a hostile file says cannot steer a terminal: control characters become \xNN.
std::string harmless(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool control = (code < ' ' && c != '\n' && c != '\t') || code == 0x7f;
    result += control ? fmt::format("\\x{:02x}", code) : std::string(1, c);
  }
  return result;
}

}  // namespace

std::string Diagnostic::text() const {
  std::string result = what;
  if (!where.empty()) result += "\n  where: " + where;
  if (!why.empty()) result += "\n  why:   " + why;
  if (!hint.empty()) result += "\n  try:   " + hint;
  return harmless(result);
}

Error::Error(Diagnostic diagnostic)
    : diagnostic_(std::move(diagnostic)), text_(diagnostic_.text()) {}

void expects(bool condition, const char* promise, const std::string& detail) {
  if (condition) return;
  throw Error({.what = "internal error: a promise between two parts of shiftwise is broken",
               .where = detail,
               .why = promise,
               .hint = "this is a bug of shiftwise, not of your file; please report it"});
}

}  // namespace shiftwise::core
