// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"

namespace shiftwise::dialect {
namespace {

constexpr std::size_t kLongestText = std::size_t{64} << 20;
constexpr std::size_t kDeepestBracket = 128;  // published designs nest about ten deep
constexpr std::size_t kLongestAffine = 2000;  // tokens of one affine map
constexpr std::size_t kMostMinus = 16;

[[noreturn]] void refuse(const std::string& name, const std::string& where, const std::string& why,
                         const std::string& hint) {
  throw core::Error(
      {.what = fmt::format("cannot read {}", name), .where = where, .why = why, .hint = hint});
}

}  // namespace

std::string place(const std::string& name, const Lines& lines, std::size_t offset) {
  constexpr std::size_t kWidest = 120;
  const Position position = lines.position(offset);
  std::string_view line = lines.line(position.line);
  const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(start);
  std::string shown(line.substr(0, kWidest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (line.size() > kWidest) shown += "...";
  return fmt::format("{}:{}:{}{}{}", name, position.line, position.column,
                     shown.empty() ? "" : ": ", shown);
}

void refuse_if_no_text(const std::string& text, const std::string& name) {
  if (text.size() > kLongestText) {
    refuse(name, {},
           fmt::format("it is {} bytes long; a design has at most {}", text.size(), kLongestText),
           "is this the right file?");
  }
  const auto odd = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' &&
           c != '\f' && c != '\v';
  });
  if (odd != text.end()) {
    refuse(name, fmt::format("byte {}", odd - text.begin()),
           fmt::format("it holds the byte {:#04x}, so it is no text",
                       static_cast<unsigned char>(*odd)),
           "a design is MLIR text (.mlir); MLIR bytecode is not read");
  }
  if (text.starts_with("ML\xefR")) {
    refuse(name, "byte 0", "it is MLIR bytecode", "write it as text: mlir-opt design.mlirbc");
  }
}

void refuse_deep_nesting(const std::vector<Token>& tokens, const Lines& lines,
                         const std::string& name) {
  constexpr std::string_view kOpening = "([{<";
  constexpr std::string_view kClosing = ")]}>";
  std::string expected;
  std::size_t minus = 0;
  std::size_t affine_until = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    minus = token.is("-") ? minus + 1 : 0;
    if (minus > kMostMinus) {
      refuse(name, place(name, lines, token.offset), "it has a long row of minus signs", {});
    }
    if (i >= affine_until && (token.is("affine_map") || token.is("affine_set")) &&
        i + 1 < tokens.size() && opens(tokens[i + 1])) {
      affine_until = skip_group(tokens, i + 1);
      if (affine_until - i > kLongestAffine) {
        refuse(name, place(name, lines, token.offset),
               fmt::format("the affine expression is longer than {} words", kLongestAffine), {});
      }
    }
    if (token.kind != TokenKind::kPunctuation || token.text.size() != 1) continue;
    const char c = token.text[0];
    if (const std::size_t which = kOpening.find(c); which != std::string_view::npos) {
      expected.push_back(kClosing[which]);
      if (expected.size() > kDeepestBracket) {
        refuse(name, place(name, lines, token.offset),
               fmt::format("brackets are nested deeper than {}", kDeepestBracket), {});
      }
    } else if (!expected.empty() && c == expected.back()) {
      expected.pop_back();
    }
  }
}

}  // namespace shiftwise::dialect
