// SPDX-License-Identifier: Apache-2.0
// What a core computes by itself: integers of up to 64 bits, kept sign-extended, and floats.
#include <fmt/format.h>

#include "dialect/floats.h"
#include "dialect/integers.h"
#include "sim/core.h"
#include "sim/fail.h"

namespace shiftwise::sim {
namespace {

using dialect::Opcode;

bool divides(Opcode opcode) {
  return opcode == Opcode::kDivS || opcode == Opcode::kDivU || opcode == Opcode::kRemS ||
         opcode == Opcode::kRemU;
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
      reg(instruction.dst) =
          dialect::compare(static_cast<dialect::Predicate>(instruction.immediate), bits,
                           reg(instruction.a), reg(instruction.b))
              ? 1
              : 0;
      return true;
    case Opcode::kSelect:
      reg(instruction.dst) = reg(instruction.a) != 0 ? reg(instruction.b) : reg(instruction.c);
      return true;
    case Opcode::kTruncate:
      reg(instruction.dst) = dialect::sign_extend(reg(instruction.a), bits);
      return true;
    case Opcode::kZeroExtend:
      reg(instruction.dst) = dialect::zero_extend(reg(instruction.a), bits);
      return true;
    default:
      break;
  }
  if (instruction.opcode >= Opcode::kAddF && instruction.opcode <= Opcode::kFromFloat) {
    floating_point(instruction);
    return true;
  }
  if (instruction.opcode < Opcode::kAdd || instruction.opcode > Opcode::kMaxU) return false;
  const std::int64_t b = reg(instruction.b);
  if (divides(instruction.opcode) && b == 0) {
    fail(fmt::format("{} divides by zero", describe()), where(instruction), {});
  }
  reg(instruction.dst) = dialect::evaluate(instruction.opcode, bits, reg(instruction.a), b);
  return true;
}

void Core::floating_point(const dialect::Instruction& instruction) {
  const auto format = static_cast<dialect::Format>(instruction.c);
  const bool is_unsigned = instruction.immediate == 1;
  const std::int64_t a = reg(instruction.a);
  std::int64_t& result = reg(instruction.dst);
  switch (instruction.opcode) {
    case Opcode::kCompareF:
      result = dialect::compare_floats(instruction.immediate, dialect::decode(format, a),
                                       dialect::decode(format, reg(instruction.b)))
                   ? 1
                   : 0;
      break;
    case Opcode::kConvertF:
      result =
          dialect::encode(format, dialect::decode(static_cast<dialect::Format>(instruction.b), a));
      break;
    case Opcode::kToFloat: {
      const auto unsigned_a = static_cast<std::uint64_t>(dialect::zero_extend(a, instruction.bits));
      result = dialect::encode(
          format, is_unsigned ? static_cast<double>(unsigned_a) : static_cast<double>(a));
      break;
    }
    case Opcode::kFromFloat:
      result = dialect::to_integer(dialect::decode(format, a), instruction.bits, is_unsigned);
      break;
    default: {
      const std::int64_t b = instruction.b == dialect::kNone ? 0 : reg(instruction.b);
      result = dialect::evaluate(instruction.opcode, format, a, b);
    }
  }
}

}  // namespace shiftwise::sim
