// SPDX-License-Identifier: Apache-2.0
// Operations whose syntax of 2022 and 2023 the parser does not know: rewritten word by word.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/text/normalize.h"
#include "dialect/text/scanner.h"

namespace shiftwise::dialect {

class EarlyForms {
 public:
  EarlyForms(const std::vector<Token>& tokens, std::vector<Edit>& edits)
      : tokens_(tokens), edits_(edits) {}

  /// Adds the edits that the operation at token `index` needs, whose present name is `name`;
  /// true where they include its name.
  bool rewrite(std::size_t index, const std::string& name);

 private:
  const Token* at(std::size_t index) const {
    return index < tokens_.size() ? &tokens_[index] : nullptr;
  }
  bool is(std::size_t index, std::string_view text) const {
    return index < tokens_.size() && tokens_[index].is(text);
  }
  bool is(std::size_t index, TokenKind kind) const {
    return index < tokens_.size() && tokens_[index].kind == kind;
  }
  void replace(std::size_t first, std::size_t last, std::string_view replacement);
  /// `@"f"` for a FIFO that is named by a value or already by a symbol.
  std::string symbol_of(const Token& token) const;
  /// The index behind the element that starts at `index`: the next comma or closing bracket.
  std::size_t skip_element(std::size_t index) const;

  void dma_start(std::size_t index);
  void dma_bd(std::size_t index);
  void shim_dma_allocation(std::size_t index);
  bool create(std::size_t index);
  bool access(std::size_t index, const std::string& name);
  void link(std::size_t index);
  void register_buffers(std::size_t index);

  const std::vector<Token>& tokens_;
  std::vector<Edit>& edits_;
  std::map<std::string, std::string, std::less<>> fifos_;  ///< value to @symbol
};

}  // namespace shiftwise::dialect
