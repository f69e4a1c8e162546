// SPDX-License-Identifier: Apache-2.0
#include "cli/backends.h"

#include <fmt/format.h>

#include "core/diagnostic.h"
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

const backend::Backend& find_backend(const std::string& name) {
  const backend::Backend& found = backends().find(name);
  const std::string reason = found.unavailable();
  if (reason.empty()) return found;
  throw core::Error({.what = fmt::format("the backend '{}' cannot run here", name),
                     .why = reason,
                     .hint = "shiftwise doctor shows what can"});
}

}  // namespace shiftwise::cli
