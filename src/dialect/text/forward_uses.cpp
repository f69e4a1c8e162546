// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/forward_uses.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>

#include "core/diagnostic.h"
#include "dialect/text/guard.h"

namespace shiftwise::dialect {
namespace {

struct Scope {
  std::set<std::string_view> defined;
  std::map<std::string_view, std::size_t> open;  ///< used and not yet defined: where
};

class ForwardUses {
 public:
  ForwardUses(const std::vector<Token>& tokens, const Lines& lines, const std::string& name)
      : tokens_(tokens), lines_(lines), name_(name) {}

  void run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind == TokenKind::kValue) {
        value(i);
      } else if (token.is("{")) {
        scopes_.emplace_back();
      } else if (token.is("}")) {
        close();
      } else if (token.is("(")) {
        groups_.push_back(i > 0 && declares(tokens_[i - 1]));
      } else if (token.is(")") && !groups_.empty()) {
        groups_.pop_back();
      }
    }
  }

 private:
  /// `%e` of `%e#1`.
  static std::string_view base(std::string_view text) { return text.substr(0, text.find('#')); }

  /// Whether a group behind it holds arguments: of a block, a function, a sequence.
  static bool declares(const Token& token) {
    return token.kind == TokenKind::kBlock || token.kind == TokenKind::kSymbol ||
           token.text.ends_with("runtime_sequence");
  }

  bool is(std::size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].is(text);
  }

  /// `%a =`, `%a, %b =`, `%a:2 =`.
  bool assigned(std::size_t i) const {
    const std::size_t last = i + 1000;  // results of one operation; more is looked at for nothing
    for (++i; i < tokens_.size() && i < last;) {
      if (is(i, "=")) return true;
      const bool pair =
          i + 1 < tokens_.size() && ((is(i, ":") && tokens_[i + 1].kind == TokenKind::kNumber) ||
                                     (is(i, ",") && tokens_[i + 1].kind == TokenKind::kValue));
      if (!pair) return false;
      i += 2;
    }
    return false;
  }

  void value(std::size_t i) {
    const std::string_view text = base(tokens_[i].text);
    const bool argument = !groups_.empty() && groups_.back() && is(i + 1, ":");
    if (!argument && !assigned(i)) {
      use(text, tokens_[i].offset);
      return;
    }
    // Loop counters, carried values and arguments live in the region that follows.
    const bool in_region = !groups_.empty() || (i > 0 && tokens_[i - 1].is("scf.for"));
    for (std::size_t k = 0; k + (in_region ? 0 : 1) < scopes_.size(); ++k) {
      const auto used = scopes_[k].open.find(text);
      if (used != scopes_[k].open.end()) refuse(text, used->second, tokens_[i].offset);
    }
    scopes_.back().open.erase(text);
    scopes_.back().defined.insert(text);
  }

  void use(std::string_view text, std::size_t offset) {
    for (const Scope& scope : scopes_) {
      if (scope.defined.contains(text)) return;
    }
    scopes_.back().open.emplace(text, offset);
  }

  void close() {
    if (scopes_.size() < 2) return;
    const std::map<std::string_view, std::size_t> open = std::move(scopes_.back().open);
    scopes_.pop_back();
    for (const auto& [text, offset] : open) use(text, offset);
  }

  [[noreturn]] void refuse(std::string_view text, std::size_t used, std::size_t defined) const {
    throw core::Error(
        {.what = fmt::format("cannot read {}", name_),
         .where = place(name_, lines_, used),
         .why = fmt::format("{} is used here, but defined later, in a region of its own (line {})",
                            text, lines_.position(defined).line),
         .hint = "define values before they are used, in the same or an enclosing region"});
  }

  const std::vector<Token>& tokens_;
  const Lines& lines_;
  const std::string& name_;
  std::vector<Scope> scopes_ = std::vector<Scope>(1);
  std::vector<bool> groups_;  ///< of each open parenthesis: whether it holds arguments
};

}  // namespace

void refuse_forward_uses(const std::vector<Token>& tokens, const Lines& lines,
                         const std::string& name) {
  ForwardUses(tokens, lines, name).run();
}

}  // namespace shiftwise::dialect
