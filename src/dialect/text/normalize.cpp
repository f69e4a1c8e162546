// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/normalize.h"

#include <algorithm>

#include "dialect/text/early_forms.h"
#include "dialect/text/forward_uses.h"
#include "dialect/text/guard.h"
#include "dialect/text/scanner.h"
#include "dialect/text/spellings.h"

namespace shiftwise::dialect {
namespace {

/// Text of the same length and lines with nothing in it.
std::string blank(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c != '\n') c = ' ';
  }
  return result;
}

class Normalizer {
 public:
  Normalizer(std::string_view text, const std::vector<Token>& tokens)
      : text_(text), tokens_(tokens), early_(tokens, edits_) {}

  NormalizedText run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind == TokenKind::kType || token.kind == TokenKind::kAttribute) {
        rename(token, present_symbol(token.text));
      } else if (token.kind == TokenKind::kWord && names_operation(token.text)) {
        i = operation(i);
      } else if (names_port(i)) {
        rename(token, present_port(token.text));
      }
    }
    return apply();
  }

 private:
  static bool names_operation(std::string_view word) {
    return word.starts_with("aie.") || word.starts_with("aiex.") || word.starts_with("AIE.") ||
           word.starts_with("AIEX.");
  }

  /// The word in `%tile, Core : 0`.
  bool names_port(std::size_t index) const {
    return tokens_[index].kind == TokenKind::kWord && index > 1 && index + 1 < tokens_.size() &&
           tokens_[index - 1].is(",") && tokens_[index - 2].kind == TokenKind::kValue &&
           tokens_[index + 1].is(":");
  }

  void rename(const Token& token, std::string name) {
    if (token.text != name) edits_.push_back({token.offset, token.text.size(), std::move(name)});
  }

  /// The last token that was dealt with.
  std::size_t operation(std::size_t index) {
    const Token& token = tokens_[index];
    std::string name = present_operation(token.text);
    if (is_skipped(name)) {
      ++result_.skipped[name];
      const std::size_t end = end_of_operation(index);
      const std::size_t from = tokens_[start_of_operation(index)].offset;
      const std::size_t to = tokens_[end - 1].end();
      edits_.push_back({from, to - from, blank(text_.substr(from, to - from))});
      return end - 1;
    }
    if (!early_.rewrite(index, name)) rename(token, std::move(name));
    return index;
  }

  /// The first of `%a, %b:2 = aie.x`.
  std::size_t start_of_operation(std::size_t index) const {
    if (index < 2 || !tokens_[index - 1].is("=")) return index;
    std::size_t start = index;
    for (std::size_t i = index - 1; i-- > 0;) {
      const Token& token = tokens_[i];
      if (token.kind == TokenKind::kValue) {
        start = i;
        if (i == 0 || !tokens_[i - 1].is(",")) break;
      } else if (token.kind != TokenKind::kNumber && !token.is(":") && !token.is(",")) {
        break;
      }
    }
    return start;
  }

  bool starts_line(std::size_t index) const {
    const std::size_t before = tokens_[index - 1].end();
    return text_.substr(before, tokens_[index].offset - before).find('\n') !=
           std::string_view::npos;
  }

  /// The index behind an operation of which only the name is known. Brackets are balanced; at
  /// the outside it goes on with symbols, numbers and types, and with words of its line.
  std::size_t end_of_operation(std::size_t index) const {
    std::size_t i = index + 1;
    while (i < tokens_.size()) {
      const Token& token = tokens_[i];
      if (opens(token)) {
        i = skip_group(tokens_, i);
        continue;
      }
      const bool expected = tokens_[i - 1].is(":") || tokens_[i - 1].is("->") ||
                            tokens_[i - 1].is(",") || tokens_[i - 1].is("=");
      if (starts_line(i) && !expected && !token.is(":") && !token.is("->") && !token.is(",")) break;
      if (token.is("}") || token.is(")") || token.is("]")) break;
      if (token.kind == TokenKind::kWord && names_operation(token.text)) break;
      if (token.kind == TokenKind::kBlock && !expected) break;
      if (token.kind == TokenKind::kValue && i + 1 < tokens_.size() && tokens_[i + 1].is("="))
        break;
      ++i;
    }
    return i;
  }

  NormalizedText apply() {
    std::sort(edits_.begin(), edits_.end(),
              [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
    std::size_t done = 0;
    for (Edit& edit : edits_) {
      if (edit.offset < done) continue;  // inside one that is applied
      result_.text += text_.substr(done, edit.offset - done);
      // Lines must not move: what a rewritten form spanned is spanned again.
      const std::string_view gone = text_.substr(edit.offset, edit.length);
      const auto lines = [](std::string_view text) {
        return std::count(text.begin(), text.end(), '\n');
      };
      edit.replacement.append(static_cast<std::size_t>(std::max<std::ptrdiff_t>(
                                  0, lines(gone) - lines(edit.replacement))),
                              '\n');
      edit.at = result_.text.size();
      result_.text += edit.replacement;
      done = edit.offset + edit.length;
      result_.edits.push_back(std::move(edit));
    }
    result_.text += text_.substr(done);
    return std::move(result_);
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::vector<Edit> edits_;
  EarlyForms early_;
  NormalizedText result_;
};

}  // namespace

std::size_t NormalizedText::original(std::size_t offset) const {
  const auto after =
      std::upper_bound(edits.begin(), edits.end(), offset,
                       [](std::size_t at, const Edit& edit) { return at < edit.at; });
  if (after == edits.begin()) return offset;
  const Edit& edit = *std::prev(after);
  const std::size_t into = offset - edit.at;
  if (into < edit.replacement.size()) return edit.offset + std::min(into, edit.length);
  return edit.offset + edit.length + (into - edit.replacement.size());
}

NormalizedText normalize(const std::string& text, const std::string& name) {
  refuse_if_no_text(text, name);
  const std::vector<Token> tokens = scan(text);
  const Lines lines(text);
  refuse_deep_nesting(tokens, lines, name);
  refuse_forward_uses(tokens, lines, name);
  return Normalizer(text, tokens).run();
}

}  // namespace shiftwise::dialect
