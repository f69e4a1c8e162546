// SPDX-License-Identifier: Apache-2.0
// Numbers of cores: arith.
#include <llvm/ADT/StringSwitch.h>

#include "dialect/derive/core_translator.h"
#include "dialect/floats.h"

namespace shiftwise::dialect {
namespace {

std::optional<Format> format_of(mlir::Type type) {
  if (type.isF16()) return Format::kF16;
  if (type.isBF16()) return Format::kBf16;
  if (type.isF32()) return Format::kF32;
  if (type.isF64()) return Format::kF64;
  return std::nullopt;
}

Index index_of(Format format) { return static_cast<Index>(format); }

std::optional<Opcode> float_opcode(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Opcode>>(name)
      .Case("arith.addf", Opcode::kAddF)
      .Case("arith.subf", Opcode::kSubF)
      .Case("arith.mulf", Opcode::kMulF)
      .Case("arith.divf", Opcode::kDivF)
      .Case("arith.remf", Opcode::kRemF)
      .Case("arith.negf", Opcode::kNegF)
      .Case("arith.minimumf", Opcode::kMinF)
      .Case("arith.maximumf", Opcode::kMaxF)
      .Case("arith.minnumf", Opcode::kMinNumF)
      .Case("arith.maxnumf", Opcode::kMaxNumF)
      .Default(std::nullopt);
}

}  // namespace

bool CoreTranslator::arithmetic(mlir::Operation& op) {
  if (floating_point(op)) return true;
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

bool CoreTranslator::floating_point(mlir::Operation& op) {
  if (op.getNumResults() != 1 || op.getNumOperands() == 0) return false;
  const llvm::StringRef name = op.getName().getStringRef();
  const mlir::Type to = op.getResult(0).getType();
  const auto from_format = format_of(op.getOperand(0).getType());
  const auto to_format = format_of(to);
  Instruction instruction{.dst = kNone, .a = kNone};
  if (const auto opcode = float_opcode(name); opcode && to_format) {
    instruction.opcode = *opcode;
    instruction.c = index_of(*to_format);
    if (op.getNumOperands() == 2) instruction.b = read(op.getOperand(1));
  } else if (name == "arith.cmpf" && from_format) {
    instruction.opcode = Opcode::kCompareF;
    instruction.b = read(op.getOperand(1));
    instruction.c = index_of(*from_format);
    instruction.immediate = op.getAttrOfType<mlir::IntegerAttr>("predicate").getInt();
  } else if ((name == "arith.extf" || name == "arith.truncf") && from_format && to_format) {
    instruction.opcode = Opcode::kConvertF;
    instruction.b = index_of(*from_format);
    instruction.c = index_of(*to_format);
  } else if ((name == "arith.sitofp" || name == "arith.uitofp") && to_format) {
    instruction.opcode = Opcode::kToFloat;
    instruction.bits = static_cast<std::uint8_t>(bits_of(op.getOperand(0).getType()));
    instruction.c = index_of(*to_format);
    instruction.immediate = name == "arith.uitofp" ? 1 : 0;
  } else if ((name == "arith.fptosi" || name == "arith.fptoui") && from_format) {
    instruction.opcode = Opcode::kFromFloat;
    instruction.bits = static_cast<std::uint8_t>(bits_of(to));
    instruction.c = index_of(*from_format);
    instruction.immediate = name == "arith.fptoui" ? 1 : 0;
  } else {
    return false;
  }
  instruction.a = read(op.getOperand(0));
  instruction.dst = define(op.getResult(0));
  code_.emit(instruction);
  return true;
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
