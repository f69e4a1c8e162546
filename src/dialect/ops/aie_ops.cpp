// SPDX-License-Identifier: Apache-2.0
// The operations of `aie`: what TableGen generates, and what it cannot.
#include <fmt/format.h>

#include "dialect/ops/formats.h"
#include "mlir/IR/Diagnostics.h"

#define GET_OP_CLASSES
#include "dialect_generated/AieOps.cpp.inc"

namespace shiftwise::dialect::ops {

void AieDialect::initialize() {
  register_types();
  register_attributes();
  addOperations<
#define GET_OP_LIST
#include "dialect_generated/AieOps.cpp.inc"
      >();
}

namespace {

void name_by_tile(mlir::Value result, mlir::Value tile, const char* what,
                  mlir::OpAsmSetValueNameFn name) {
  const std::optional<core::TileId> place = tile_of(tile);
  name(result, place ? fmt::format("{}_{}_{}", what, place->column, place->row) : what);
}

void name_by_symbol(mlir::Value result, std::optional<llvm::StringRef> symbol,
                    mlir::OpAsmSetValueNameFn name) {
  if (symbol) name(result, *symbol);
}

}  // namespace

void TileOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_tile(getResult(), getResult(), "tile", name);
}
void CoreOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_tile(getResult(), getTile(), "core", name);
}
void MemOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_tile(getResult(), getTile(), "mem", name);
}
void MemTileDmaOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_tile(getResult(), getTile(), "memtile_dma", name);
}
void ShimDmaOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_tile(getResult(), getTile(), "shim_dma", name);
}
void BufferOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_symbol(getBuffer(), getSymName(), name);
}
void ExternalBufferOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_symbol(getBuffer(), getSymName(), name);
}
void LockOp::getAsmResultNames(mlir::OpAsmSetValueNameFn name) {
  name_by_symbol(getResult(), getSymName(), name);
}

mlir::OpFoldResult UseLockOp::getAmount() {
  if (getDynamicValue()) return getDynamicValue();
  if (getValueAttr()) return getValueAttr();
  return mlir::Builder(getContext()).getI32IntegerAttr(1);
}

std::optional<std::int64_t> ShimDmaAllocationOp::getColumn() {
  if (getCol()) return getCol();
  if (getTile()) {
    if (const auto tile = tile_of(getTile())) return tile->column;
  }
  return std::nullopt;
}

bool ObjectFifoAcquireOp::yieldsSubview() {
  return getNumResults() == 1 && mlir::isa<SubviewType>(getResult(0).getType());
}

mlir::MemRefType ObjectFifoAcquireOp::getElement() {
  if (getNumResults() == 0) return {};
  const mlir::Type type = getResult(0).getType();
  if (const auto subview = mlir::dyn_cast<SubviewType>(type)) return subview.getElement();
  return mlir::dyn_cast<mlir::MemRefType>(type);
}

llvm::LogicalResult ObjectFifoAcquireOp::verify() {
  constexpr std::int64_t kMost = 4096;  // far more than any tile has room for
  if (getCount() < 1 || getCount() > kMost) {
    return emitOpError() << "cannot acquire " << getCount() << " objects";
  }
  if (getNumResults() == 0 || yieldsSubview()) return mlir::success();
  for (const mlir::Type type : getResultTypes()) {
    if (mlir::isa<SubviewType>(type)) {
      return emitOpError("yields either one subview or the objects themselves");
    }
  }
  if (static_cast<std::int64_t>(getNumResults()) == getCount()) return mlir::success();
  return emitOpError() << "acquires " << getCount() << " objects but yields " << getNumResults();
}

llvm::LogicalResult SubviewAccessOp::verify() {
  if (getIndex() < 0) return emitOpError() << "index " << getIndex() << " is negative";
  auto acquire = getSubview().getDefiningOp<ObjectFifoAcquireOp>();
  if (acquire && getIndex() >= acquire.getCount()) {
    return emitOpError() << "object " << getIndex() << " of " << acquire.getCount()
                         << " that were acquired";
  }
  const mlir::MemRefType element = mlir::cast<SubviewType>(getSubview().getType()).getElement();
  if (element == getObject().getType()) return mlir::success();
  return emitOpError() << "the objects are " << element << ", not " << getObject().getType();
}

}  // namespace shiftwise::dialect::ops
