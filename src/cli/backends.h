// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/backend.h"

namespace shiftwise::cli {

/// The executors of this program.
const backend::Registry& backends();

/// The one of that name. Throws Error where there is none, or where it cannot run here.
const backend::Backend& find_backend(const std::string& name);

}  // namespace shiftwise::cli
