// SPDX-License-Identifier: Apache-2.0
// The text of a design to what it does.
#pragma once

#include <string>

#include "dialect/program.h"
#include "target/facts.h"

namespace shiftwise::dialect {

/// Parses, verifies and derives the executable form. `name` is the file's, for messages.
/// Throws core::Error (data) for text that does not parse, for a design that the device
/// cannot hold, and for what is legal but not supported, each naming the operation, its line,
/// the tile, and what to try. `facts`: in which numbers the devices differ from those of their
/// names.
Program read_program(const std::string& text, const std::string& name,
                     const target::Facts& facts = {});

/// read_program of a file's contents.
Program read_program_file(const std::string& path, const target::Facts& facts = {});

}  // namespace shiftwise::dialect
