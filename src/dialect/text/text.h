// SPDX-License-Identifier: Apache-2.0
// Designs as text, for those who need no MLIR: read, checked for syntax, printed in the form
// of a year.
#pragma once

#include <map>
#include <string>

namespace shiftwise::dialect {

/// Whose text is printed. Reading needs no choice: all are understood.
enum class Era {
  kPresent,  ///< 2026: objects from acquire, numbers of commands as operands, keyed dma_bd
  k2024,     ///< late 2024 to mid 2025: subviews, dictionaries, positional dma_bd
};

/// A design as it is printed, and what was left out of it on reading.
struct Printed {
  std::string text;
  std::map<std::string, int> skipped;  ///< operations, and how often
};

/// Reads `text` and prints it in the form of `era`. `name` is the file's, for messages. Throws
/// Error for what does not parse and for what that form cannot say.
Printed reprint(const std::string& text, const std::string& name, Era era);

}  // namespace shiftwise::dialect
