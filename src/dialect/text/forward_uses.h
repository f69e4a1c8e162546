// SPDX-License-Identifier: Apache-2.0
// Values that text uses before it defines them, in a way that MLIR's parser does not survive.
#pragma once

#include <string>
#include <vector>

#include "dialect/text/scanner.h"

namespace shiftwise::dialect {

/// Throws Error where a value is used first and defined later inside of a region that the use
/// does not stand in. No such text is valid; but the parser (MLIR 19) links the two while it
/// reads, and where it then gives up on the region, it frees the value and keeps the use.
void refuse_forward_uses(const std::vector<Token>& tokens, const Lines& lines,
                         const std::string& name);

}  // namespace shiftwise::dialect
