// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/scanner.h"

#include <algorithm>
#include <string>

namespace shiftwise::dialect {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_word(char c) { return is_letter(c) || is_digit(c) || c == '$' || c == '.'; }
bool in_name(char c) { return in_word(c) || c == '-'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (skip_blanks(), at_ < text_.size()) {
      const std::size_t start = at_;
      const TokenKind kind = one();
      tokens_.push_back({kind, start, text_.substr(start, at_ - start)});
    }
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (peek() == '/' && peek(1) == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  template <typename Predicate>
  void take(Predicate predicate) {
    while (at_ < text_.size() && predicate(text_[at_])) ++at_;
  }

  void take_string() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    }
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
  }

  TokenKind one() {
    const char first = text_[at_];
    if (first == '"') {
      take_string();
      return TokenKind::kString;
    }
    if (is_letter(first)) {
      take(in_word);
      return TokenKind::kWord;
    }
    if (is_digit(first)) {
      take([](char c) { return is_letter(c) || is_digit(c) || c == '.'; });
      return TokenKind::kNumber;
    }
    ++at_;
    switch (first) {
      case '%':
        take(in_name);
        if (peek() == '#' && is_digit(peek(1))) {
          ++at_;
          take(is_digit);
        }
        return TokenKind::kValue;
      case '@':
        if (peek() == '"') {
          take_string();
        } else {
          take(in_name);
        }
        return TokenKind::kSymbol;
      case '^':
        take(in_name);
        return TokenKind::kBlock;
      case '!':
        take(in_word);
        return TokenKind::kType;
      case '#':
        take(in_word);
        return TokenKind::kAttribute;
      case '-':
        if (peek() == '>') ++at_;
        return TokenKind::kPunctuation;
      default:
        return TokenKind::kPunctuation;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> scan(std::string_view text) { return Scanner(text).run(); }

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

Position Lines::position(std::size_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::size_t line = static_cast<std::size_t>(after - starts_.begin());
  return {line, offset - starts_[line - 1] + 1};
}

std::size_t Lines::offset(Position position) const {
  if (position.line == 0 || position.line > starts_.size()) return text_.size();
  const std::size_t column = position.column == 0 ? 0 : position.column - 1;
  return std::min(starts_[position.line - 1] + column, text_.size());
}

std::string_view Lines::line(std::size_t number) const {
  if (number == 0 || number > starts_.size()) return {};
  const std::size_t start = starts_[number - 1];
  std::string_view line = text_.substr(start, text_.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool opens(const Token& token) {
  return token.kind == TokenKind::kPunctuation && token.text.size() == 1 &&
         std::string_view("([{<").find(token.text[0]) != std::string_view::npos;
}

std::size_t skip_group(const std::vector<Token>& tokens, std::size_t open) {
  constexpr std::string_view kOpening = "([{<";
  constexpr std::string_view kClosing = ")]}>";
  std::string expected;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kPunctuation || tokens[i].text.size() != 1) continue;
    const char c = tokens[i].text[0];
    if (const std::size_t which = kOpening.find(c); which != std::string_view::npos) {
      expected.push_back(kClosing[which]);
    } else if (!expected.empty() && c == expected.back()) {
      expected.pop_back();
      if (expected.empty()) return i + 1;
    }
  }
  return tokens.size();
}

}  // namespace shiftwise::dialect
