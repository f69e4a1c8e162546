// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/early_forms.h"

#include <fmt/format.h>

namespace shiftwise::dialect {

void EarlyForms::replace(std::size_t first, std::size_t last, std::string_view replacement) {
  if (first > last || last >= tokens_.size()) return;
  const std::size_t start = tokens_[first].offset;
  edits_.push_back({start, tokens_[last].end() - start, std::string(replacement)});
}

std::string EarlyForms::symbol_of(const Token& token) const {
  if (token.kind == TokenKind::kSymbol) return std::string(token.text);
  const auto found = fifos_.find(token.text);
  return found == fifos_.end() ? fmt::format("@{}", token.text.substr(1)) : found->second;
}

std::size_t EarlyForms::skip_element(std::size_t index) const {
  while (index < tokens_.size()) {
    const Token& token = tokens_[index];
    if (token.is(",") || token.is(")") || token.is("}") || token.is("]")) break;
    index = opens(token) ? skip_group(tokens_, index) : index + 1;
  }
  return index;
}

bool EarlyForms::rewrite(std::size_t index, const std::string& name) {
  if (name.ends_with(".createObjectFifo")) return create(index);
  if (name == "aie.objectfifo.acquire" || name == "aie.objectfifo.release") {
    return access(index, name);
  }
  if (!is(index + 1, "(")) return false;
  if (name == "aie.dma_start") dma_start(index);
  if (name == "aie.dma_bd") dma_bd(index);
  if (name == "aie.shim_dma_allocation") shim_dma_allocation(index);
  if (name == "aie.objectfifo.link") link(index);
  if (name == "aie.objectfifo.register_external_buffers") register_buffers(index);
  return false;
}

/// ("MM2S0", ^a, ^b): direction and channel in one word.
void EarlyForms::dma_start(std::size_t index) {
  if (!is(index + 2, TokenKind::kString)) return;
  const std::string_view quoted = tokens_[index + 2].text;
  if (quoted.size() < 7 || quoted.back() != '"') return;
  const std::string_view word = quoted.substr(1, quoted.size() - 2);
  const std::string_view channel = word.substr(4);
  if (!word.starts_with("MM2S") && !word.starts_with("S2MM")) return;
  if (channel.find_first_not_of("0123456789") != std::string_view::npos) return;
  replace(index + 2, index + 2, fmt::format("{}, {}", word.substr(0, 4), channel));
}

/// (<%b : memref<..>, 0, 64>, 0): buffer, offset and length in angles, then the lock's side.
void EarlyForms::dma_bd(std::size_t index) {
  if (!is(index + 2, "<")) return;
  const std::size_t after = skip_group(tokens_, index + 2);
  if (!is(after, ",")) return;
  if (!is(after + 1, TokenKind::kNumber) && !is(after + 1, "A") && !is(after + 1, "B")) return;
  replace(index + 2, index + 2, "");
  replace(after - 1, after + 1, "");
}

/// ("f", MM2S, 0, 2): the name as a string.
void EarlyForms::shim_dma_allocation(std::size_t index) {
  if (!is(index + 2, TokenKind::kString) || !is(index + 3, ",")) return;
  replace(index + 1, index + 3, fmt::format(" @{}(", tokens_[index + 2].text));
}

/// %f = ...createObjectFifo(%p, {%c}, 2) {sym_name = "f"}: the FIFO as a value.
bool EarlyForms::create(std::size_t index) {
  if (index < 2 || !is(index - 1, "=") || !is(index - 2, TokenKind::kValue) ||
      !is(index + 1, "(")) {
    return false;
  }
  const std::string_view value = tokens_[index - 2].text;
  std::string symbol = fmt::format("@{}", value.substr(1));
  const std::size_t dictionary = skip_group(tokens_, index + 1);
  if (is(dictionary, "{")) {
    const std::size_t end = skip_group(tokens_, dictionary);
    for (std::size_t i = dictionary + 1; i + 2 < end; ++i) {
      if (!is(i, "sym_name") || !is(i + 1, "=") || !is(i + 2, TokenKind::kString)) continue;
      symbol = fmt::format("@{}", tokens_[i + 2].text);
      const bool comma_behind = is(i + 3, ",");
      const bool comma_before = !comma_behind && is(i - 1, ",");
      replace(comma_before ? i - 1 : i, comma_behind ? i + 3 : i + 2, "");
      break;
    }
  }
  fifos_[std::string(value)] = symbol;
  replace(index - 2, index, "aie.objectfifo " + symbol);
  return true;
}

/// acquire<Consume>(%f : !AIE.objectFifo<..>, 1).
bool EarlyForms::access(std::size_t index, const std::string& name) {
  if (!is(index + 1, "<") || !is(index + 3, ">") || !is(index + 4, "(")) return false;
  const Token* const fifo = at(index + 5);
  if (fifo == nullptr || (fifo->kind != TokenKind::kValue && fifo->kind != TokenKind::kSymbol)) {
    return false;
  }
  const std::size_t comma = skip_element(index + 5);
  if (!is(comma, ",")) return false;
  replace(index, index + 3, name + " " + symbol_of(*fifo));
  replace(index + 5, comma - 1, tokens_[index + 2].text);
  return true;
}

/// register_external_buffers(%tile, %f : !aie.objectfifo<..>, {%b}).
void EarlyForms::register_buffers(std::size_t index) {
  if (!is(index + 2, TokenKind::kValue) || !is(index + 3, ",") ||
      !is(index + 4, TokenKind::kValue)) {
    return;
  }
  const std::size_t comma = skip_element(index + 4);
  if (!is(comma, ",")) return;
  replace(index + 1, index + 1, fmt::format(" {}(", symbol_of(tokens_[index + 4])));
  replace(index + 4, comma, "");
}

/// link({%a}, {%b, %c}) : ({..}, {..}).
void EarlyForms::link(std::size_t index) {
  if (!is(index + 2, "{")) return;
  const std::size_t end = skip_group(tokens_, index + 1);
  if (end >= tokens_.size()) return;
  std::string text = " [";
  std::size_t open = 0;
  for (std::size_t i = index + 2; i + 1 < end; ++i) {
    const Token& token = tokens_[i];
    if (token.is("{") && ++open == 2) text += "] -> [";
    if (token.kind != TokenKind::kValue && token.kind != TokenKind::kSymbol) continue;
    if (!text.ends_with('[')) text += ", ";
    text += symbol_of(token);
  }
  std::size_t last = end - 1;
  if (is(end, ":") && is(end + 1, "(")) last = skip_group(tokens_, end + 1) - 1;
  replace(index + 1, last, text + "] ()");
}

}  // namespace shiftwise::dialect
