// SPDX-License-Identifier: Apache-2.0
// Integers of cores: arith.
#include "dialect/derive/core_translator.h"

namespace shiftwise::dialect {

bool CoreTranslator::arithmetic(mlir::Operation& op) {
  if (const auto opcode = binary_opcode(&op)) {
    const mlir::Type type = op.getResult(0).getType();
    if (!type.isIntOrIndex()) return false;
    code_.emit({.opcode = *opcode,
                .bits = static_cast<std::uint8_t>(bits_of(type)),
                .dst = define(op.getResult(0)),
                .a = read(op.getOperand(0)),
                .b = read(op.getOperand(1))});
    return true;
  }
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "arith.cmpi") {
    const auto predicate = op.getAttrOfType<mlir::IntegerAttr>("predicate");
    code_.emit({.opcode = Opcode::kCompare,
                .bits = static_cast<std::uint8_t>(bits_of(op.getOperand(0).getType())),
                .dst = define(op.getResult(0)),
                .a = read(op.getOperand(0)),
                .b = read(op.getOperand(1)),
                .immediate = predicate.getInt()});
    return true;
  }
  if (name == "arith.select") {
    select(op);
    return true;
  }
  if (const auto conversion = conversion_of(&op)) {
    code_.emit({.opcode = conversion->opcode,
                .bits = static_cast<std::uint8_t>(conversion->bits),
                .dst = define(op.getResult(0)),
                .a = read(op.getOperand(0))});
    return true;
  }
  return false;
}

void CoreTranslator::select(mlir::Operation& op) {
  if (!mlir::isa<mlir::MemRefType>(op.getResult(0).getType())) {
    code_.emit({.opcode = Opcode::kSelect,
                .dst = define(op.getResult(0)),
                .a = read(op.getOperand(0)),
                .b = read(op.getOperand(1)),
                .c = read(op.getOperand(2))});
    return;
  }
  // Views are chosen by a jump.
  const Index to_second = code_.jump_unless(read(op.getOperand(0)));
  moves(op.getOperand(1), op.getResults(), op);
  const Index behind = code_.jump();
  code_.land(to_second);
  moves(op.getOperand(2), op.getResults(), op);
  code_.land(behind);
}

}  // namespace shiftwise::dialect
