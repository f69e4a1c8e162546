// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/constants.h"

#include <llvm/ADT/StringSwitch.h>

#include "dialect/derive/module.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// Values that one constant is made of, each counted where it is used: x + x, again and again,
/// would else be looked at 2^n times. More than any person or tool writes.
constexpr int kMostValues = 1 << 10;

}  // namespace

int bits_of(mlir::Type type) {
  if (const auto integer = mlir::dyn_cast<mlir::IntegerType>(type)) {
    return static_cast<int>(integer.getWidth());
  }
  return 64;
}

std::optional<Opcode> binary_opcode(mlir::Operation* op) {
  return llvm::StringSwitch<std::optional<Opcode>>(op->getName().getStringRef())
      .Case("arith.addi", Opcode::kAdd)
      .Case("arith.subi", Opcode::kSub)
      .Case("arith.muli", Opcode::kMul)
      .Case("arith.divsi", Opcode::kDivS)
      .Case("arith.divui", Opcode::kDivU)
      .Case("arith.remsi", Opcode::kRemS)
      .Case("arith.remui", Opcode::kRemU)
      .Case("arith.andi", Opcode::kAnd)
      .Case("arith.ori", Opcode::kOr)
      .Case("arith.xori", Opcode::kXor)
      .Case("arith.shli", Opcode::kShl)
      .Case("arith.shrsi", Opcode::kShrS)
      .Case("arith.shrui", Opcode::kShrU)
      .Case("arith.minsi", Opcode::kMinS)
      .Case("arith.maxsi", Opcode::kMaxS)
      .Case("arith.minui", Opcode::kMinU)
      .Case("arith.maxui", Opcode::kMaxU)
      .Default(std::nullopt);
}

std::optional<Conversion> conversion_of(mlir::Operation* op) {
  if (op->getNumOperands() != 1 || op->getNumResults() != 1) return std::nullopt;
  const int from = bits_of(op->getOperand(0).getType());
  const int to = bits_of(op->getResult(0).getType());
  return llvm::StringSwitch<std::optional<Conversion>>(op->getName().getStringRef())
      .Case("arith.extsi", Conversion{Opcode::kTruncate, from})
      .Case("arith.trunci", Conversion{Opcode::kTruncate, to})
      .Case("arith.index_cast", Conversion{Opcode::kTruncate, to})
      .Case("arith.extui", Conversion{Opcode::kZeroExtend, from})
      .Case("arith.index_castui",
            Conversion{to < from ? Opcode::kTruncate : Opcode::kZeroExtend, std::min(from, to)})
      // What holds a float is its bits, of which an integer is sign-extended.
      .Case("arith.bitcast", Conversion{Opcode::kTruncate, to})
      .Default(std::nullopt);
}

std::optional<std::int64_t> Constants::find(mlir::Value value) const {
  int left = kMostValues;
  return find(value, left);
}

std::optional<std::int64_t> Constants::find(mlir::Value value, int& left) const {
  if (const auto set = known_.find(value); set != known_.end()) return set->second;
  mlir::Operation* op = value.getDefiningOp();
  if (op == nullptr || --left < 0) return std::nullopt;
  if (op->getName().getStringRef() == "arith.constant") {
    const auto attribute = op->getAttrOfType<mlir::IntegerAttr>("value");
    if (!attribute || attribute.getValue().getBitWidth() > 64) return std::nullopt;
    return attribute.getValue().getSExtValue();
  }
  llvm::SmallVector<std::int64_t> operands;
  for (const mlir::Value operand : op->getOperands()) {
    const auto known = find(operand, left);
    if (!known) return std::nullopt;
    operands.push_back(*known);
  }
  if (op->getNumResults() != 1 || operands.empty()) return std::nullopt;
  if (const auto opcode = binary_opcode(op); opcode && operands.size() == 2) {
    return evaluate(*opcode, bits_of(value.getType()), operands[0], operands[1]);
  }
  if (const auto conversion = conversion_of(op)) {
    if (conversion->opcode == Opcode::kZeroExtend) {
      return zero_extend(operands[0], conversion->bits);
    }
    return sign_extend(operands[0], conversion->bits);
  }
  if (op->getName().getStringRef() == "arith.cmpi" && operands.size() == 2) {
    const auto predicate = op->getAttrOfType<mlir::IntegerAttr>("predicate");
    const bool holds = compare(static_cast<Predicate>(predicate.getInt()),
                               bits_of(op->getOperand(0).getType()), operands[0], operands[1]);
    return holds ? -1 : 0;  // i1, sign-extended
  }
  if (op->getName().getStringRef() == "arith.select" && operands.size() == 3) {
    return operands[0] != 0 ? operands[1] : operands[2];
  }
  return std::nullopt;
}

std::int64_t Constants::number(mlir::OpFoldResult value, mlir::Operation* op,
                               const char* what) const {
  if (const auto attribute = mlir::dyn_cast_if_present<mlir::Attribute>(value)) {
    if (const auto integer = mlir::dyn_cast<mlir::IntegerAttr>(attribute)) {
      return integer.getValue().getSExtValue();
    }
  } else if (const auto known = find(mlir::dyn_cast_if_present<mlir::Value>(value))) {
    return *known;
  }
  refuse_unsupported(where(op), std::string("its ") + what + " is only known when it runs",
                     "sequences are carried out with values that the text fixes");
}

}  // namespace shiftwise::dialect
