// SPDX-License-Identifier: Apache-2.0
// A program as a person reads it: for tests and for those who want to see what became of
// their design.
#pragma once

#include <string>

#include "dialect/program.h"

namespace shiftwise::dialect {

/// Everything: memories, locks, DMA programs, routes, code, sequences; one thing a line.
std::string to_text(const Program& program);
std::string to_text(const DeviceProgram& device);
/// The instructions of one core, with their numbers.
std::string to_text(const CoreProgram& core, const DeviceProgram& device);

}  // namespace shiftwise::dialect
