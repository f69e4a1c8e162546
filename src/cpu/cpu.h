// SPDX-License-Identifier: Apache-2.0
// The fast executor on the host's CPU.
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"

namespace shiftwise::cpu {

/// One set of kernels: portable C++, or written for an instruction set.
struct KernelPath {
  std::string name;   ///< "portable", "avx2", "avx512-vnni", ...
  std::string needs;  ///< instruction sets, for people
  bool compiled = false;
  bool runs_here = false;
};

/// Every path that exists, from the most portable to the fastest.
std::vector<KernelPath> kernel_paths();

/// The path that executors made now use: the fastest that runs here, or the one that the
/// environment variable SHIFTWISE_KERNEL names. Throws Error (usage) where that one is
/// unknown or cannot run here.
std::string selected_path();

/// The backend "cpu".
backend::Backend cpu_backend();

/// An executor that uses the named path, for tests and benchmarks that compare them.
std::unique_ptr<backend::Executor> make_executor(const qgraph::QGraph& graph,
                                                 const std::string& path);

}  // namespace shiftwise::cpu
