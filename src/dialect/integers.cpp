// SPDX-License-Identifier: Apache-2.0
#include "dialect/integers.h"

#include <algorithm>

namespace shiftwise::dialect {
namespace {

/// Wrapping, as the hardware does; signed overflow would be undefined here.
std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::int64_t divide(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  return b == -1 ? wrap(0 - static_cast<std::uint64_t>(a)) : a / b;
}

std::int64_t remainder(std::int64_t a, std::int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }

std::int64_t full(Opcode opcode, int bits, std::int64_t a, std::int64_t b) {
  const auto ua = static_cast<std::uint64_t>(a);
  const auto ub = static_cast<std::uint64_t>(b);
  const auto za = static_cast<std::uint64_t>(zero_extend(a, bits));
  const auto zb = static_cast<std::uint64_t>(zero_extend(b, bits));
  const bool shifts = zb < static_cast<std::uint64_t>(bits);
  switch (opcode) {
    case Opcode::kAdd:
      return wrap(ua + ub);
    case Opcode::kSub:
      return wrap(ua - ub);
    case Opcode::kMul:
      return wrap(ua * ub);
    case Opcode::kDivS:
      return divide(a, b);
    case Opcode::kDivU:
      return zb == 0 ? 0 : wrap(za / zb);
    case Opcode::kRemS:
      return remainder(a, b);
    case Opcode::kRemU:
      return zb == 0 ? 0 : wrap(za % zb);
    case Opcode::kAnd:
      return a & b;
    case Opcode::kOr:
      return a | b;
    case Opcode::kXor:
      return a ^ b;
    case Opcode::kShl:
      return shifts ? wrap(ua << zb) : 0;
    case Opcode::kShrS:
      return shifts ? a >> zb : 0;
    case Opcode::kShrU:
      return shifts ? wrap(za >> zb) : 0;
    case Opcode::kMinS:
      return std::min(a, b);
    case Opcode::kMaxS:
      return std::max(a, b);
    case Opcode::kMinU:
      return za < zb ? a : b;
    case Opcode::kMaxU:
      return za > zb ? a : b;
    default:
      return 0;
  }
}

}  // namespace

bool compare(Predicate predicate, int bits, std::int64_t a, std::int64_t b) {
  const auto za = static_cast<std::uint64_t>(zero_extend(a, bits));
  const auto zb = static_cast<std::uint64_t>(zero_extend(b, bits));
  switch (predicate) {
    case Predicate::kEq:
      return a == b;
    case Predicate::kNe:
      return a != b;
    case Predicate::kSlt:
      return a < b;
    case Predicate::kSle:
      return a <= b;
    case Predicate::kSgt:
      return a > b;
    case Predicate::kSge:
      return a >= b;
    case Predicate::kUlt:
      return za < zb;
    case Predicate::kUle:
      return za <= zb;
    case Predicate::kUgt:
      return za > zb;
    case Predicate::kUge:
      return za >= zb;
  }
  return false;
}

std::int64_t evaluate(Opcode opcode, int bits, std::int64_t a, std::int64_t b) {
  return sign_extend(full(opcode, bits, a, b), bits);
}

}  // namespace shiftwise::dialect
