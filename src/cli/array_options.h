// SPDX-License-Identifier: Apache-2.0
// Options of verbs that can run integers on an array of AI Engines.
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/altered_array.h"

namespace shiftwise::kernel {
class CheckedLibraries;
}

namespace shiftwise::cli {

struct ArrayOptions {
  std::string target = "npu1";
  std::string mapping = "published";
  std::string kernel_abi = "own";
  int images_per_run = 16;        ///< of one run of the host sequence
  std::string check = "default";  ///< how much the simulator checks
  AlteredArray altered;
  /// Of one run of a verb: kernels built with access checks, with --check full.
  std::shared_ptr<kernel::CheckedLibraries> checked;
  std::string folder;  ///< where a design was built for an NPU; not an option

  void declare(CLI::App& app);
};

}  // namespace shiftwise::cli
