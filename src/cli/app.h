// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shiftwise::cli {

/// The whole program: finds the verb, parses its options, runs it, and turns whatever is
/// thrown into one message and an exit code (0 ok, 1 usage, 2 data, 3 a check failed).
int run(int argc, char** argv);

}  // namespace shiftwise::cli
