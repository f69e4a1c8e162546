// SPDX-License-Identifier: Apache-2.0
#include "cpu/cpu.h"

#include "cpu/executor.h"
#include "cpu/paths.h"

namespace shiftwise::cpu {

std::unique_ptr<backend::Executor> make_executor(const qgraph::QGraph& graph,
                                                 const std::string& path) {
  return std::make_unique<CpuExecutor>(graph, find_kernels(path, "kernel path"));
}

backend::Backend cpu_backend() {
  return {
      .name = "cpu",
      .summary = "this machine's processor, exact integers",
      .unavailable = [] { return std::string(); },
      .make = [](const qgraph::QGraph& graph) { return make_executor(graph, selected_path()); }};
}

}  // namespace shiftwise::cpu
