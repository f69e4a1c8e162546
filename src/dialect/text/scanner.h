// SPDX-License-Identifier: Apache-2.0
// The tokens of MLIR text, as far as one must know them to look before parsing.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace shiftwise::dialect {

enum class TokenKind {
  kWord,         ///< aie.tile, module, i32
  kNumber,       ///< 12, 0x1F, 4x4xi8
  kString,       ///< "..." with its quotes
  kValue,        ///< %name, %name#1
  kSymbol,       ///< @name, @"name"
  kBlock,        ///< ^name
  kType,         ///< !aie.objectfifo
  kAttribute,    ///< #aie.packet_info, #map
  kPunctuation,  ///< one character, or ->
};

struct Token {
  TokenKind kind = TokenKind::kPunctuation;
  std::size_t offset = 0;
  std::string_view text;

  std::size_t end() const { return offset + text.size(); }
  bool is(std::string_view what) const { return text == what; }
};

/// Splits `text`; comments and white space vanish. Never fails: what is no MLIR becomes
/// punctuation, and the parser says what is wrong with it.
std::vector<Token> scan(std::string_view text);

/// Where an offset stands: line and column, both from 1.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// The lines of a text, for going from offsets to positions and back.
class Lines {
 public:
  explicit Lines(std::string_view text);
  Position position(std::size_t offset) const;
  /// The offset of a position; the end of the text for one behind it.
  std::size_t offset(Position position) const;
  /// The line without its end.
  std::string_view line(std::size_t number) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

/// The index behind the bracket that closes the one at `open`, or tokens.size().
std::size_t skip_group(const std::vector<Token>& tokens, std::size_t open);
/// Whether the token opens a bracket: ( [ { <.
bool opens(const Token& token);

}  // namespace shiftwise::dialect
