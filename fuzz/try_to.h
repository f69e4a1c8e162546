// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/diagnostic.h"

namespace shiftwise::fuzz {

/// Calls `read` and forgives it the one exception that a reader may throw.
template <typename Reader>
void try_to(Reader read) {
  try {
    read();
  } catch (const core::Error&) {
  }
}

}  // namespace shiftwise::fuzz
