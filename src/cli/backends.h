// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/backend.h"

namespace shiftwise::cli {

/// The executors of this program.
const backend::Registry& backends();

}  // namespace shiftwise::cli
