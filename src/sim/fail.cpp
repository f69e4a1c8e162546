// SPDX-License-Identifier: Apache-2.0
#include "sim/fail.h"

#include "core/diagnostic.h"

namespace shiftwise::sim {

void fail(std::string what, std::string where, std::string why, std::string hint) {
  throw core::Error({.what = std::move(what),
                     .where = std::move(where),
                     .why = std::move(why),
                     .hint = std::move(hint)});
}

}  // namespace shiftwise::sim
