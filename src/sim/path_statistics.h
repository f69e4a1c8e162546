// SPDX-License-Identifier: Apache-2.0
// A critical path in words.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/context.h"

namespace shiftwise::sim {

/// Fills Statistics::path and path_waits. `givers` names those who raise a lock.
void add_path(Statistics& statistics, const Context& context, const CriticalPath& path,
              const std::function<std::vector<std::string>(dialect::Index)>& givers);

}  // namespace shiftwise::sim
