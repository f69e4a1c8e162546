// SPDX-License-Identifier: Apache-2.0
#include "cli/backends.h"

#include "cpu/cpu.h"

namespace shiftwise::cli {

const backend::Registry& backends() {
  static const backend::Registry registry = [] {
    backend::Registry filled;
    filled.add(cpu::cpu_backend());
    filled.add(backend::reference_backend());
    return filled;
  }();
  return registry;
}

}  // namespace shiftwise::cli
