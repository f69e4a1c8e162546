// SPDX-License-Identifier: Apache-2.0
// Which compiled variants of the built-in kernels this machine can run.
#pragma once

#include <string>
#include <vector>

namespace shiftwise::kernel {

/// What stands between a library's stem and ".so", the best that runs here first, the baseline
/// ("") last: {".avx512vnni", ".avx2", ""}. SHIFTWISE_KERNEL, which forces a path of the CPU
/// backend, forces the variant too.
std::vector<std::string> variant_suffixes();

}  // namespace shiftwise::kernel
