// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/refuse.h"

#include "core/diagnostic.h"

namespace shiftwise::dialect {

std::string at(const Location& location, const std::string& thing) {
  if (location.empty()) return thing;
  return thing.empty() ? location : location + ", " + thing;
}

void refuse_invalid(const std::string& where, const std::string& why, const std::string& hint) {
  throw core::Error({.what = "the design is not valid", .where = where, .why = why, .hint = hint});
}

void refuse_unfit(const std::string& where, const std::string& why, const std::string& hint) {
  throw core::Error(
      {.what = "the design does not fit the device", .where = where, .why = why, .hint = hint});
}

void refuse_unsupported(const std::string& where, const std::string& why, const std::string& hint) {
  throw core::Error({.what = "the design needs something that is not executed here",
                     .where = where,
                     .why = why,
                     .hint = hint});
}

}  // namespace shiftwise::dialect
