// SPDX-License-Identifier: Apache-2.0
// What is done to the text before MLIR parses it: spellings of other years become the present
// ones, operations that nothing here needs are blanked, and text that would overrun the
// parser is refused. Every place keeps its line and column.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace shiftwise::dialect {

/// A piece of the given text, and what stands there for the parser.
struct Edit {
  std::size_t offset = 0;  ///< in the given text
  std::size_t length = 0;
  std::string replacement;
  std::size_t at = 0;  ///< in the new text; normalize() fills it in
};

struct NormalizedText {
  std::string text;
  std::vector<Edit> edits;  ///< in order, disjoint
  /// Operations that were left out, and how often: routing that the flows already say, trace.
  std::map<std::string, int> skipped;

  /// The offset in the given text of what stands at `offset` of `text`.
  std::size_t original(std::size_t offset) const;
};

/// Throws Error for text that is too long, nested too deeply, or no text at all. `name` is
/// the file's.
NormalizedText normalize(const std::string& text, const std::string& name);

}  // namespace shiftwise::dialect
