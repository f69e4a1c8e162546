// SPDX-License-Identifier: Apache-2.0
// What a core computes by itself: integers of up to 64 bits, kept sign-extended.
#include <fmt/format.h>

#include <algorithm>

#include "sim/core.h"
#include "sim/fail.h"

namespace shiftwise::sim {
namespace {

using dialect::Opcode;
using dialect::Predicate;

constexpr int kWordBits = 64;

std::uint64_t low_bits(std::int64_t value, int bits) {
  const auto word = static_cast<std::uint64_t>(value);
  return bits >= kWordBits ? word : word & ((std::uint64_t{1} << bits) - 1);
}

std::int64_t sign_extend(std::uint64_t value, int bits) {
  if (bits >= kWordBits || bits <= 0) return static_cast<std::int64_t>(value);
  const int unused = kWordBits - bits;
  return static_cast<std::int64_t>(value << unused) >> unused;
}

bool compare(Predicate predicate, std::int64_t a, std::int64_t b, int bits) {
  const std::uint64_t ua = low_bits(a, bits);
  const std::uint64_t ub = low_bits(b, bits);
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
      return ua < ub;
    case Predicate::kUle:
      return ua <= ub;
    case Predicate::kUgt:
      return ua > ub;
    case Predicate::kUge:
      return ua >= ub;
  }
  return false;
}

bool divides(Opcode opcode) {
  return opcode == Opcode::kDivS || opcode == Opcode::kDivU || opcode == Opcode::kRemS ||
         opcode == Opcode::kRemU;
}

std::uint64_t combine(Opcode opcode, std::int64_t a, std::int64_t b, int bits) {
  const auto wa = static_cast<std::uint64_t>(a);
  const auto wb = static_cast<std::uint64_t>(b);
  const std::uint64_t ua = low_bits(a, bits);
  const std::uint64_t ub = low_bits(b, bits);
  const bool shifts_out = ub >= static_cast<std::uint64_t>(bits);
  switch (opcode) {
    case Opcode::kAdd:
      return wa + wb;
    case Opcode::kSub:
      return wa - wb;
    case Opcode::kMul:
      return wa * wb;
    case Opcode::kDivS:
      return b == -1 ? 0 - wa : static_cast<std::uint64_t>(a / b);
    case Opcode::kRemS:
      return b == -1 ? 0 : static_cast<std::uint64_t>(a % b);
    case Opcode::kDivU:
      return ua / ub;
    case Opcode::kRemU:
      return ua % ub;
    case Opcode::kAnd:
      return wa & wb;
    case Opcode::kOr:
      return wa | wb;
    case Opcode::kXor:
      return wa ^ wb;
    case Opcode::kShl:
      return shifts_out ? 0 : ua << ub;
    case Opcode::kShrS:
      return static_cast<std::uint64_t>(a >> (shifts_out ? kWordBits - 1 : ub));
    case Opcode::kShrU:
      return shifts_out ? 0 : ua >> ub;
    case Opcode::kMinS:
      return static_cast<std::uint64_t>(std::min(a, b));
    case Opcode::kMaxS:
      return static_cast<std::uint64_t>(std::max(a, b));
    case Opcode::kMinU:
      return std::min(ua, ub);
    case Opcode::kMaxU:
      return std::max(ua, ub);
    default:
      return 0;
  }
}

}  // namespace

bool Core::arithmetic(const dialect::Instruction& instruction) {
  const int bits = instruction.bits;
  switch (instruction.opcode) {
    case Opcode::kConstant:
      reg(instruction.dst) = instruction.immediate;
      return true;
    case Opcode::kCopy:
      reg(instruction.dst) = reg(instruction.a);
      return true;
    case Opcode::kCompare:
      reg(instruction.dst) = compare(static_cast<Predicate>(instruction.immediate),
                                     reg(instruction.a), reg(instruction.b), bits)
                                 ? 1
                                 : 0;
      return true;
    case Opcode::kSelect:
      reg(instruction.dst) = reg(instruction.a) != 0 ? reg(instruction.b) : reg(instruction.c);
      return true;
    case Opcode::kTruncate:
      reg(instruction.dst) = sign_extend(low_bits(reg(instruction.a), bits), bits);
      return true;
    case Opcode::kZeroExtend:
      reg(instruction.dst) = static_cast<std::int64_t>(low_bits(reg(instruction.a), bits));
      return true;
    default:
      break;
  }
  if (instruction.opcode < Opcode::kAdd || instruction.opcode > Opcode::kMaxU) return false;
  const std::int64_t b = reg(instruction.b);
  if (divides(instruction.opcode) && b == 0) {
    fail(fmt::format("{} divides by zero", describe()), where(instruction), {});
  }
  reg(instruction.dst) =
      sign_extend(combine(instruction.opcode, reg(instruction.a), b, bits), bits);
  return true;
}

}  // namespace shiftwise::sim
