// SPDX-License-Identifier: Apache-2.0
// Text that would overrun the parser.
#pragma once

#include <string>
#include <vector>

#include "dialect/text/scanner.h"

namespace shiftwise::dialect {

/// "design.mlir:12:5: %x = aie.tile(0)".
std::string place(const std::string& name, const Lines& lines, std::size_t offset);

/// Throws Error where `text` is longer than the parser should be given, or no text.
void refuse_if_no_text(const std::string& text, const std::string& name);

/// Throws Error where brackets, minus signs or affine expressions would make the parser, which
/// is recursive, run out of stack.
void refuse_deep_nesting(const std::vector<Token>& tokens, const Lines& lines,
                         const std::string& name);

}  // namespace shiftwise::dialect
