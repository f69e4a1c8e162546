// SPDX-License-Identifier: Apache-2.0
// The bytes of a pickle from front to back: opcodes, numbers, texts.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/diagnostic.h"

namespace shiftwise::pickle {

/// Every read that would pass the end throws the Error of fail().
class Scanner {
 public:
  /// Borrows both.
  Scanner(std::span<const std::byte> bytes, const std::string& where)
      : bytes_(bytes), where_(where) {}

  std::size_t at() const { return at_; }
  /// Where the latest opcode stood.
  std::size_t opcode_at() const { return opcode_at_; }

  unsigned char next_opcode() {
    opcode_at_ = at_;
    return static_cast<unsigned char>(take(1).front());
  }

  std::span<const std::byte> take(std::size_t count) {
    if (count > bytes_.size() - at_) fail("the pickle ends too early");
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }

  /// An unsigned little-endian number of 1, 2 or 4 bytes.
  std::int64_t number(std::size_t size) { return static_cast<std::int64_t>(length(size)); }

  /// The same, of up to 8 bytes, as a size.
  std::size_t length(std::size_t size) {
    std::size_t value = 0;
    const std::span digits = take(size);
    for (std::size_t i = 0; i < size; ++i) {
      value |= std::to_integer<std::size_t>(digits[i]) << (8 * i);
    }
    return value;
  }

  std::string_view text(std::size_t size) {
    const std::span bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  /// Up to the next line feed, which is passed over.
  std::string_view line() {
    const std::string_view rest = text(bytes_.size() - at_);
    at_ -= rest.size();
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail("the pickle ends too early");
    return text(end + 1).substr(0, end);
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw core::Error({.what = "cannot read a pickle",
                       .where = fmt::format("{}, byte {}", where_, opcode_at_),
                       .why = why});
  }

 private:
  std::span<const std::byte> bytes_;
  const std::string& where_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
};

}  // namespace shiftwise::pickle
