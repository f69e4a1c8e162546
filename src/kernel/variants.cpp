// SPDX-License-Identifier: Apache-2.0
#include "kernel/variants.h"

#include <cstdlib>

namespace shiftwise::kernel {

std::vector<std::string> variant_suffixes() {
  const char* variable = std::getenv("SHIFTWISE_KERNEL");
  const std::string forced = variable != nullptr ? variable : "";
  std::vector<std::string> suffixes;
#if defined(__x86_64__)
  const bool all = forced.empty() || forced == "amx-int8";
  if ((all || forced == "avx512-vnni") && __builtin_cpu_supports("avx512f") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
      __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0) {
    suffixes.emplace_back(".avx512vnni");
  }
  if ((all || forced == "avx512-vnni" || forced == "avx2") && __builtin_cpu_supports("avx2") != 0) {
    suffixes.emplace_back(".avx2");
  }
#endif
  suffixes.emplace_back("");
  return suffixes;
}

}  // namespace shiftwise::kernel
