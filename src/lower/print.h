// SPDX-License-Identifier: Apache-2.0
// A program as the text of a module.
#pragma once

#include <string>

#include "lower/compile.h"
#include "lower/program.h"

namespace shiftwise::lower {

/// The module with one device and one runtime sequence, which writes design.parameters,
/// starts the transfers and waits for the output.
std::string print(const Program& program, const Design& design);

}  // namespace shiftwise::lower
