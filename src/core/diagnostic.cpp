// SPDX-License-Identifier: Apache-2.0
#include "core/diagnostic.h"

#include <utility>

#include "core/plain_text.h"

namespace shiftwise::core {

std::string Diagnostic::text() const {
  constexpr std::size_t kLongest = 4000;  // a hostile file may hold a name of megabytes
  std::string result = what;
  const auto add = [&](const char* label, const std::string& answer) {
    if (answer.empty()) return;
    result += label + answer.substr(0, kLongest);
    if (answer.size() > kLongest) result += "...";
  };
  add("\n  where: ", where);
  add("\n  why:   ", why);
  add("\n  try:   ", hint);
  return plain_text(result);
}

Error::Error(Diagnostic diagnostic)
    : diagnostic_(std::move(diagnostic)), text_(diagnostic_.text()) {}

Error located_in(const std::string& where, const Error& error) {
  Diagnostic diagnostic = error.diagnostic();
  if (diagnostic.where.empty()) {
    diagnostic.where = where;
  } else if (!diagnostic.where.starts_with(where)) {
    diagnostic.where.insert(0, where + ", ");
  }
  return Error(std::move(diagnostic));
}

void expects(bool condition, const char* promise, const std::string& detail) {
  if (condition) return;
  throw Error({.what = "internal error: a promise between two parts of shiftwise is broken",
               .where = detail,
               .why = promise,
               .hint = "this is a bug of shiftwise, not of your file; please report it"});
}

}  // namespace shiftwise::core
