// SPDX-License-Identifier: Apache-2.0
#include "core/diagnostic.h"

#include <utility>

namespace shiftwise::core {

std::string Diagnostic::text() const {
  std::string result = what;
  if (!where.empty()) result += "\n  where: " + where;
  if (!why.empty()) result += "\n  why:   " + why;
  if (!hint.empty()) result += "\n  try:   " + hint;
  return result;
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
