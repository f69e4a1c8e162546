// SPDX-License-Identifier: Apache-2.0
// What a core computes by itself: integers of up to 64 bits, kept sign-extended.
#include <fmt/format.h>

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
  if (instruction.opcode < Opcode::kAdd || instruction.opcode > Opcode::kMaxU) return false;
  const std::int64_t b = reg(instruction.b);
  if (divides(instruction.opcode) && b == 0) {
    fail(fmt::format("{} divides by zero", describe()), where(instruction), {});
  }
  reg(instruction.dst) = dialect::evaluate(instruction.opcode, bits, reg(instruction.a), b);
  return true;
}

}  // namespace shiftwise::sim
