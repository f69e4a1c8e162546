// SPDX-License-Identifier: Apache-2.0
// Controller commands whose numbers stand in the dictionary or are operands.
#include "dialect/ops/formats.h"
#include "llvm/ADT/StringExtras.h"

namespace shiftwise::dialect::ops {

using mlir::failed;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::ParseResult;
using mlir::success;
using Operand = OpAsmParser::UnresolvedOperand;

namespace {

constexpr llvm::StringLiteral kSyncFields[] = {"column",  "row",        "direction",
                                               "channel", "column_num", "row_num"};
constexpr llvm::StringLiteral kWriteFields[] = {"address", "value"};
constexpr llvm::StringLiteral kMaskedFields[] = {"address", "value", "mask"};

ParseResult parse_command(OpAsmParser& parser, mlir::OperationState& result) {
  llvm::SmallVector<Operand> numbers;
  if (failed(parser.parseOptionalLParen())) return parser.parseOptionalAttrDict(result.attributes);
  llvm::SmallVector<mlir::Type> types;
  const llvm::SMLoc at = parser.getCurrentLocation();
  return failure(parser.parseOperandList(numbers) || parser.parseRParen() ||
                 parser.parseOptionalAttrDict(result.attributes) ||
                 parser.parseColonTypeList(types) ||
                 parser.resolveOperands(numbers, types, at, result.operands));
}

void print_command(mlir::OpAsmPrinter& printer, mlir::Operation* op) {
  if (op->getNumOperands() > 0) printer << '(' << op->getOperands() << ')';
  printer.printOptionalAttrDict(op->getAttrs());
  if (op->getNumOperands() > 0) printer << " : " << op->getOperandTypes();
}

llvm::LogicalResult verify_command(mlir::Operation* op,
                                   llvm::ArrayRef<llvm::StringLiteral> fields) {
  if (op->getNumOperands() == fields.size()) return mlir::success();
  if (op->getNumOperands() > 0) {
    return op->emitOpError() << "has " << op->getNumOperands() << " operands; expected "
                             << fields.size() << ": " << llvm::join(fields, ", ");
  }
  for (const llvm::StringLiteral field : fields) {
    if (!is_plain_integer(op->getAttr(field))) {
      return op->emitOpError() << "has no number '" << field << "'; expected "
                               << llvm::join(fields, ", ");
    }
  }
  return mlir::success();
}

mlir::OpFoldResult field_of(mlir::Operation* op, llvm::ArrayRef<llvm::StringLiteral> fields,
                            unsigned index) {
  if (op->getNumOperands() > 0) return op->getOperand(index);
  return op->getAttr(fields[index]);
}

}  // namespace

#define SHIFTWISE_COMMAND(OP, FIELDS)                                                        \
  llvm::ArrayRef<llvm::StringLiteral> OP::fields() { return FIELDS; }                        \
  mlir::OpFoldResult OP::getField(unsigned index) { return field_of(*this, FIELDS, index); } \
  ParseResult OP::parse(OpAsmParser& parser, mlir::OperationState& result) {                 \
    return parse_command(parser, result);                                                    \
  }                                                                                          \
  void OP::print(mlir::OpAsmPrinter& printer) { print_command(printer, *this); }             \
  llvm::LogicalResult OP::verify() { return verify_command(*this, FIELDS); }

SHIFTWISE_COMMAND(SyncOp, kSyncFields)
SHIFTWISE_COMMAND(Write32Op, kWriteFields)
SHIFTWISE_COMMAND(MaskWrite32Op, kMaskedFields)

#undef SHIFTWISE_COMMAND

/// (@buffer, 0, 5), (@buffer, 0, %v) : i32, or (2, 3, 0, 5) {buffer_sym_name = "buffer"}.
ParseResult RtpWriteOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  mlir::StringAttr name;
  mlir::IntegerAttr index;
  if (parser.parseLParen()) return failure();
  const bool named = succeeded(parser.parseOptionalSymbolName(name));
  if (!named) {
    mlir::IntegerAttr column;
    mlir::IntegerAttr row;
    if (parseInt(parser, column) || parser.parseComma() || parseInt(parser, row)) return failure();
  }
  Mixed value;
  if (parser.parseComma() || parseInt(parser, index) || parser.parseComma() ||
      parse_mixed(parser, value)) {
    return failure();
  }
  if (value.constant) {
    result.addAttribute("value", parser.getBuilder().getI64IntegerAttr(*value.constant));
    mlir::Type ignored;
    if (succeeded(parser.parseOptionalColon()) && parser.parseType(ignored)) return failure();
  }
  const llvm::SMLoc at = parser.getCurrentLocation();
  if (parser.parseRParen() || parser.parseOptionalAttrDict(result.attributes)) return failure();
  if (!named) {
    name = mlir::dyn_cast_or_null<mlir::StringAttr>(result.attributes.get("buffer_sym_name"));
    if (!name) return parser.emitError(at, "expected {buffer_sym_name = \"...\"}");
    result.attributes.erase("buffer_sym_name");
  }
  result.addAttribute("buffer", mlir::FlatSymbolRefAttr::get(name));
  result.addAttribute("index", index);
  if (value.constant) return success();
  mlir::Type type;
  return failure(parser.parseColonType(type) ||
                 parser.resolveOperand(value.value, type, result.operands));
}

void RtpWriteOp::print(mlir::OpAsmPrinter& printer) {
  printer << '(' << getBufferAttr() << ", " << getIndex() << ", ";
  if (getDynamicValue()) {
    printer << getDynamicValue() << ')';
  } else {
    printer << getValue().value_or(0) << ')';
  }
  printer.printOptionalAttrDict((*this)->getAttrs(), {"buffer", "index", "value"});
  if (getDynamicValue()) printer << " : " << getDynamicValue().getType();
}

}  // namespace shiftwise::dialect::ops
