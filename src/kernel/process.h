// SPDX-License-Identifier: Apache-2.0
// Running another program and reading what it says.
#pragma once

#include <string>
#include <vector>

namespace shiftwise::kernel {

struct Outcome {
  int code = 0;        ///< exit code; 128 + signal where one ended it
  std::string output;  ///< standard output and standard error together
};

/// Runs argv[0] (looked up in $PATH) without a shell and waits. Throws Error where it cannot
/// be started.
Outcome run_process(const std::vector<std::string>& argv);

}  // namespace shiftwise::kernel
