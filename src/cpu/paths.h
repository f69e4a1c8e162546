// SPDX-License-Identifier: Apache-2.0
// The kernel paths that this program has, and which of them this machine can run.
#pragma once

#include <string>

#include "cpu/kernels.h"

namespace shiftwise::cpu {

/// The kernels of a path of kernel_paths(). Throws Error (usage) listing what runs here where
/// `path` is unknown or cannot run here; `asked_by` says who named it.
const Kernels& find_kernels(const std::string& path, const std::string& asked_by);

}  // namespace shiftwise::cpu
