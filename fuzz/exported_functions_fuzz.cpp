// SPDX-License-Identifier: Apache-2.0
// A file that claims to be a kernel library: an Error or its functions, sorted.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "kernel/elf.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shiftwise::fuzz::try_to([&] {
    const auto functions =
        shiftwise::kernel::exported_functions(std::as_bytes(std::span(data, size)), "input");
    if (!std::is_sorted(functions.begin(), functions.end())) std::abort();
  });
  return 0;
}
