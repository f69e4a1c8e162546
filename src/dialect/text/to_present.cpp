// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "dialect/ops/ops.h"
#include "dialect/text/eras.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace shiftwise::dialect {
namespace {

mlir::Value constant_i32(mlir::OpBuilder& builder, mlir::Location location, std::int64_t value) {
  return builder.create<mlir::arith::ConstantOp>(
      location, builder.getI32IntegerAttr(static_cast<std::int32_t>(value)));
}

/// One subview and accesses to it become the objects themselves.
void spread(ops::ObjectFifoAcquireOp acquire) {
  if (!acquire.yieldsSubview() || acquire.getCount() < 1) return;
  const mlir::Value subview = acquire.getResult(0);
  for (const mlir::Operation* user : subview.getUsers()) {
    if (!mlir::isa<ops::SubviewAccessOp>(user)) return;
  }
  mlir::OpBuilder builder(acquire);
  const llvm::SmallVector<mlir::Type> types(static_cast<std::size_t>(acquire.getCount()),
                                            acquire.getElement());
  auto objects = builder.create<ops::ObjectFifoAcquireOp>(acquire.getLoc(), types,
                                                          mlir::ValueRange(), acquire->getAttrs());
  for (mlir::Operation* user : llvm::make_early_inc_range(subview.getUsers())) {
    auto access = mlir::cast<ops::SubviewAccessOp>(user);
    access.getObject().replaceAllUsesWith(
        objects.getResult(static_cast<unsigned>(access.getIndex())));
    access.erase();
  }
  acquire.erase();
}

/// Numbers of the dictionary become operands.
template <typename Command>
void use_operands(Command command) {
  if (command->getNumOperands() > 0) return;
  mlir::OpBuilder builder(command);
  llvm::SmallVector<mlir::Value> numbers;
  std::map<std::int64_t, mlir::Value> constants;
  for (unsigned i = 0; i < Command::fields().size(); ++i) {
    const std::int64_t number = *ops::constant_of(command.getField(i));
    mlir::Value& constant = constants[number];
    if (!constant) constant = constant_i32(builder, command.getLoc(), number);
    numbers.push_back(constant);
  }
  for (const llvm::StringLiteral field : Command::fields()) command->removeAttr(field);
  command->setOperands(numbers);
}

void use_operands(ops::PushQueueOp push) {
  if (push.getDynamicBd()) return;
  mlir::OpBuilder builder(push);
  const mlir::Value bd = constant_i32(builder, push.getLoc(), *ops::constant_of(push.getBd()));
  const mlir::Value repeat =
      constant_i32(builder, push.getLoc(), *ops::constant_of(push.getRepeat()));
  push.getDynamicBdMutable().assign(bd);
  push.getDynamicRepeatMutable().assign(repeat);
  push.removeBdIdAttr();
  push.removeRepeatCountAttr();
}

void use_operands(ops::AddressPatchOp patch) {
  if (patch.getDynamicPlus()) return;
  mlir::OpBuilder builder(patch);
  const std::int64_t plus = *ops::constant_of(patch.getPlus());
  patch.removeArgPlusAttr();
  patch.getDynamicPlusMutable().assign(constant_i32(builder, patch.getLoc(), plus));
}

/// The shim tile of a column: the one that is declared, or a new one in front.
mlir::Value shim_tile(mlir::Operation* user, std::int64_t column) {
  mlir::Block& block = *user->getBlock();
  for (ops::TileOp tile : block.getOps<ops::TileOp>()) {
    if (tile.getCol() != static_cast<std::int64_t>(column) || tile.getRow() != 0) continue;
    if (user->isBeforeInBlock(tile)) tile->moveBefore(user);
    return tile.getResult();
  }
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockBegin(&block);
  return builder.create<ops::TileOp>(user->getLoc(), builder.getIndexType(),
                                     builder.getI32IntegerAttr(static_cast<std::int32_t>(column)),
                                     builder.getI32IntegerAttr(0));
}

void name_tile(ops::ShimDmaAllocationOp allocation) {
  if (allocation.getTile() || !allocation.getCol()) return;
  const mlir::Value tile = shim_tile(allocation, *allocation.getCol());
  allocation.removeColAttr();
  allocation.getTileMutable().assign(tile);
}

}  // namespace

void to_present(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::Operation*> all;
  module->walk([&](mlir::Operation* op) { all.push_back(op); });
  for (mlir::Operation* op : all) {
    if (auto command = mlir::dyn_cast<ops::SyncOp>(op)) use_operands(command);
    if (auto command = mlir::dyn_cast<ops::Write32Op>(op)) use_operands(command);
    if (auto command = mlir::dyn_cast<ops::MaskWrite32Op>(op)) use_operands(command);
    if (auto push = mlir::dyn_cast<ops::PushQueueOp>(op)) use_operands(push);
    if (auto patch = mlir::dyn_cast<ops::AddressPatchOp>(op)) use_operands(patch);
    if (auto allocation = mlir::dyn_cast<ops::ShimDmaAllocationOp>(op)) name_tile(allocation);
  }
  llvm::SmallVector<ops::ObjectFifoAcquireOp> acquires;
  module->walk([&](ops::ObjectFifoAcquireOp acquire) { acquires.push_back(acquire); });
  for (const ops::ObjectFifoAcquireOp acquire : acquires) spread(acquire);
}

}  // namespace shiftwise::dialect
