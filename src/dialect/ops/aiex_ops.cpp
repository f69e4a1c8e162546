// SPDX-License-Identifier: Apache-2.0
// The operations of `aiex`: what TableGen generates, and what it cannot.
#include "dialect/ops/formats.h"

#define GET_OP_CLASSES
#include "dialect_generated/AiexOps.cpp.inc"

namespace shiftwise::dialect::ops {

void AiexDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialect_generated/AiexOps.cpp.inc"
      >();
}

namespace {

mlir::OpFoldResult value_or_number(mlir::Value value, mlir::IntegerAttr number,
                                   mlir::MLIRContext* context) {
  if (value) return value;
  if (number) return number;
  return mlir::Builder(context).getI32IntegerAttr(0);
}

}  // namespace

mlir::OpFoldResult ConfigureTaskOp::getRepeat() {
  return value_or_number(getDynamicRepeat(), getRepeatCountAttr(), getContext());
}

mlir::OpFoldResult ConfigureTaskForOp::getRepeat() {
  return value_or_number(getDynamicRepeat(), getRepeatCountAttr(), getContext());
}

mlir::OpFoldResult PushQueueOp::getBd() {
  return value_or_number(getDynamicBd(), getBdIdAttr(), getContext());
}

mlir::OpFoldResult PushQueueOp::getRepeat() {
  return value_or_number(getDynamicRepeat(), getRepeatCountAttr(), getContext());
}

llvm::LogicalResult PushQueueOp::verify() {
  if (getDynamicBd() || getBdIdAttr()) return mlir::success();
  return emitOpError("names no descriptor: expected bd_id");
}

mlir::OpFoldResult AddressPatchOp::getPlus() {
  return value_or_number(getDynamicPlus(), getArgPlusAttr(), getContext());
}

mlir::OpFoldResult RtpWriteOp::getWord() {
  return value_or_number(getDynamicValue(), getValueAttr(), getContext());
}

}  // namespace shiftwise::dialect::ops
