// SPDX-License-Identifier: Apache-2.0
// What the integer instructions of cores compute, for whoever needs a value before or while
// the program runs.
#pragma once

#include <cstdint>

#include "dialect/program.h"

namespace shiftwise::dialect {

/// The low `bits` of `value`, read as signed.
constexpr std::int64_t sign_extend(std::int64_t value, int bits) {
  if (bits >= 64) return value;
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
}

/// The low `bits` of `value`, read as unsigned.
constexpr std::int64_t zero_extend(std::int64_t value, int bits) {
  if (bits >= 64) return value;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) &
                                   ((std::uint64_t{1} << bits) - 1));
}

/// Whether `a <predicate> b` at `bits`.
bool compare(Predicate predicate, int bits, std::int64_t a, std::int64_t b);

/// `a <op> b` of a binary opcode (kAdd to kMaxU) at `bits`, sign-extended. A division by zero
/// and a shift by `bits` or more, which the language leaves open, give 0.
std::int64_t evaluate(Opcode opcode, int bits, std::int64_t a, std::int64_t b);

}  // namespace shiftwise::dialect
