// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/modernize.h"

#include <array>
#include <utility>

#include "dialect/ops/ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace shiftwise::dialect {
namespace {

constexpr std::array kAttributes = {
    std::pair{"memtile_repeat", "repeat_count"},
    std::pair{"padValue", "pad_value"},
    std::pair{"stackSize", "stack_size"},
};

void rename_attributes(mlir::Operation* op) {
  if (!mlir::isa<ops::ObjectFifoOp, ops::CoreOp>(op)) return;
  for (const auto& [from, to] : kAttributes) {
    const mlir::Attribute value = op->getAttr(from);
    if (!ops::is_plain_integer(value) || op->hasAttr(to)) continue;
    op->removeAttr(from);
    op->setAttr(to, value);
  }
}

/// The device's name of early 2024.
void rename_device(ops::DeviceOp device) {
  if (device.getDevice() == "ipu" || device.getDevice() == "npu") device.setDevice("npu1");
}

/// A function in a device that gives orders to the controller.
bool is_sequence(mlir::func::FuncOp function) {
  if (function.isExternal() || !function.getBody().hasOneBlock()) return false;
  if (function.getNumResults() > 0) return false;
  return function
      .walk([](mlir::Operation* op) {
        return op->getDialect() != nullptr && op->getDialect()->getNamespace() == "aiex"
                   ? mlir::WalkResult::interrupt()
                   : mlir::WalkResult::advance();
      })
      .wasInterrupted();
}

void make_sequence(mlir::func::FuncOp function) {
  mlir::OpBuilder builder(function);
  mlir::OperationState state(function.getLoc(), ops::RuntimeSequenceOp::getOperationName());
  for (const mlir::NamedAttribute& attribute : function->getAttrs()) {
    if (attribute.getName() != "function_type" && attribute.getName() != "sym_visibility") {
      state.attributes.append(attribute);
    }
  }
  state.addRegion()->takeBody(function.getBody());
  mlir::Operation* sequence = builder.create(state);
  mlir::Block& block = sequence->getRegion(0).front();
  if (mlir::isa<mlir::func::ReturnOp>(block.back())) block.back().erase();
  function.erase();
}

}  // namespace

void modernize(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::func::FuncOp> sequences;
  module->walk([&](mlir::Operation* op) {
    rename_attributes(op);
    if (auto device = mlir::dyn_cast<ops::DeviceOp>(op)) rename_device(device);
    auto function = mlir::dyn_cast<mlir::func::FuncOp>(op);
    if (function && mlir::isa<ops::DeviceOp>(function->getParentOp()) && is_sequence(function)) {
      sequences.push_back(function);
    }
  });
  for (const mlir::func::FuncOp function : sequences) make_sequence(function);
}

}  // namespace shiftwise::dialect
