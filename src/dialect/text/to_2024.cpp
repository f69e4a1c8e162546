// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/diagnostic.h"
#include "dialect/derive/module.h"
#include "dialect/ops/ops.h"
#include "dialect/text/eras.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace shiftwise::dialect {
namespace {

[[noreturn]] void refuse(mlir::Operation* op, const std::string& why, const std::string& hint) {
  throw core::Error(
      {.what = "the design has no form of 2024", .where = where(op), .why = why, .hint = hint});
}

class Converter {
 public:
  explicit Converter(mlir::ModuleOp module) : module_(module) {}

  void run() {
    drop_device_names();
    llvm::SmallVector<mlir::Operation*> all;
    module_->walk([&](mlir::Operation* op) { all.push_back(op); });
    for (mlir::Operation* op : all) convert(op);
    for (mlir::Operation* op : constants_) {
      if (op->use_empty()) op->erase();
    }
  }

 private:
  void drop_device_names() {
    ops::DeviceOp first;
    for (ops::DeviceOp device : module_.getOps<ops::DeviceOp>()) {
      if (first) refuse(device, "it is the second device of the module", "print them one by one");
      first = device;
    }
    if (first) first.removeSymNameAttr();
  }

  void convert(mlir::Operation* op) {
    if (auto x = mlir::dyn_cast<ops::ObjectFifoAcquireOp>(op)) return gather(x);
    if (auto x = mlir::dyn_cast<ops::SyncOp>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::Write32Op>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::MaskWrite32Op>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::PushQueueOp>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::AddressPatchOp>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::RtpWriteOp>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::UseLockOp>(op)) return use_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::DmaBdOp>(op)) return use_literals(x);
    if (auto x = mlir::dyn_cast<ops::MemcpyOp>(op)) return use_literals(x);
    if (auto x = mlir::dyn_cast<ops::ConfigureTaskOp>(op)) return repeat_in_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::ConfigureTaskForOp>(op)) return repeat_in_dictionary(x);
    if (auto x = mlir::dyn_cast<ops::ShimDmaAllocationOp>(op)) return name_column(x);
    if (auto x = mlir::dyn_cast<ops::LogicalTileOp>(op)) return place(x);
    if (auto x = mlir::dyn_cast<ops::CoreOp>(op)) return link(x);
    if (mlir::isa<ops::ConfigureOp, ops::RunOp>(op)) {
      refuse(op, "sequences could not run other devices then", {});
    }
  }

  std::int64_t literal(mlir::Operation* op, mlir::OpFoldResult value, const std::string& which) {
    const std::optional<std::int64_t> number = ops::constant_of(value);
    if (!number) refuse(op, which + " is computed; text of 2024 has numbers only", {});
    if (const auto operand = mlir::dyn_cast<mlir::Value>(value)) {
      constants_.insert(operand.getDefiningOp());
    }
    return *number;
  }

  /// Registers and what is written to them were unsigned.
  mlir::IntegerAttr ui32(std::int64_t value) {
    mlir::Builder builder(module_.getContext());
    return builder.getIntegerAttr(builder.getIntegerType(32, /*isSigned=*/false),
                                  static_cast<std::uint32_t>(value));
  }

  mlir::IntegerAttr i32(std::int64_t value) {
    return mlir::Builder(module_.getContext()).getI32IntegerAttr(static_cast<std::int32_t>(value));
  }

  /// The objects become a subview and accesses to it.
  static void gather(ops::ObjectFifoAcquireOp acquire) {
    if (acquire.getNumResults() == 0 || acquire.yieldsSubview()) return;
    mlir::OpBuilder builder(acquire);
    const auto element = acquire.getElement();
    const mlir::Type subview = ops::SubviewType::get(acquire.getContext(), element);
    auto whole = builder.create<ops::ObjectFifoAcquireOp>(
        acquire.getLoc(), mlir::TypeRange(subview), mlir::ValueRange(), acquire->getAttrs());
    for (mlir::OpResult object : acquire.getResults()) {
      if (object.use_empty()) continue;
      object.replaceAllUsesWith(
          builder
              .create<ops::SubviewAccessOp>(
                  acquire.getLoc(), element, whole.getResult(0),
                  builder.getI32IntegerAttr(static_cast<std::int32_t>(object.getResultNumber())))
              .getObject());
    }
    acquire.erase();
  }

  template <typename Command>
  void use_dictionary(Command command) {
    if (command->getNumOperands() == 0) return;
    for (unsigned i = 0; i < Command::fields().size(); ++i) {
      const llvm::StringRef field = Command::fields()[i];
      const std::int64_t value =
          literal(command, command.getField(i), fmt::format("'{}'", field.str()));
      command->setAttr(field, mlir::isa<ops::SyncOp>(command) ? i32(value) : ui32(value));
    }
    command->setOperands({});
  }

  void use_dictionary(ops::PushQueueOp push) {
    if (!push.getDynamicBd()) return;
    push.setBdIdAttr(i32(literal(push, push.getBd(), "'bd_id'")));
    push.setRepeatCountAttr(i32(literal(push, push.getRepeat(), "the repeat count")));
    push.getDynamicBdMutable().clear();
    push.getDynamicRepeatMutable().clear();
  }

  void use_dictionary(ops::AddressPatchOp patch) {
    if (!patch.getDynamicPlus()) return;
    patch.setArgPlusAttr(i32(literal(patch, patch.getPlus(), "'arg_plus'")));
    patch.getDynamicPlusMutable().clear();
  }

  void use_dictionary(ops::RtpWriteOp write) {
    if (!write.getDynamicValue()) return;
    write.setValueAttr(i32(literal(write, write.getWord(), "the value")));
    write.getDynamicValueMutable().clear();
  }

  void use_dictionary(ops::UseLockOp use) {
    if (!use.getDynamicValue()) return;
    const std::optional<std::int64_t> value = ops::constant_of(use.getAmount());
    if (!value) return;  // computed amounts were legal
    use.setValueAttr(i32(literal(use, use.getAmount(), "the value")));
    use.getDynamicValueMutable().clear();
  }

  template <typename Task>
  void repeat_in_dictionary(Task task) {
    if (!task.getDynamicRepeat()) return;
    task.setRepeatCountAttr(i32(literal(task, task.getRepeat(), "the repeat count")));
    task.getDynamicRepeatMutable().clear();
  }

  llvm::SmallVector<std::int64_t> literals(mlir::Operation* op,
                                           llvm::ArrayRef<mlir::OpFoldResult> values,
                                           const std::string& which) {
    llvm::SmallVector<std::int64_t> numbers;
    for (const mlir::OpFoldResult value : values) numbers.push_back(literal(op, value, which));
    return numbers;
  }

  void use_literals(ops::DmaBdOp bd) {
    mlir::Builder builder(bd.getContext());
    if (!bd.getDynamicOffset().empty()) {
      bd.setStaticOffsetAttr(builder.getI64IntegerAttr(literal(bd, *bd.getOffset(), "the offset")));
      bd.getDynamicOffsetMutable().clear();
    }
    if (!bd.getDynamicLen().empty()) {
      bd.setStaticLenAttr(builder.getI64IntegerAttr(literal(bd, *bd.getLen(), "the length")));
      bd.getDynamicLenMutable().clear();
    }
    if (!bd.getStaticSizes()) return;
    const auto sizes = literals(bd, bd.getSizes(), "a size");
    const auto strides = literals(bd, bd.getStrides(), "a stride");
    bd.getDynamicSizesMutable().clear();
    bd.getDynamicStridesMutable().clear();
    bd.setStaticSizes(sizes);
    bd.setStaticStrides(strides);
    if (bd.getStaticLenAttr()) return;
    // The position of the dimensions is behind the length: say what was implied.
    std::int64_t length = 1;
    for (const std::int64_t size : sizes) {
      if (__builtin_mul_overflow(length, size, &length)) refuse(bd, "the sizes are too large", {});
    }
    bd.setStaticLenAttr(builder.getI64IntegerAttr(length));
  }

  void use_literals(ops::MemcpyOp memcpy) {
    const auto offsets = literals(memcpy, memcpy.getOffsets(), "an offset");
    const auto sizes = literals(memcpy, memcpy.getSizes(), "a size");
    const auto strides = literals(memcpy, memcpy.getStrides(), "a stride");
    memcpy.getDynamicOffsetsMutable().clear();
    memcpy.getDynamicSizesMutable().clear();
    memcpy.getDynamicStridesMutable().clear();
    memcpy.setStaticOffsets(offsets);
    memcpy.setStaticSizes(sizes);
    memcpy.setStaticStrides(strides);
  }

  void name_column(ops::ShimDmaAllocationOp allocation) {
    if (!allocation.getTile()) return;
    const std::optional<std::int64_t> column = allocation.getColumn();
    if (!column) refuse(allocation, "the place of its tile is open", "give the tile its place");
    allocation.setColAttr(i32(*column));
    allocation.getTileMutable().clear();
  }

  void place(ops::LogicalTileOp logical) {
    if (!logical.getCol() || !logical.getRow()) {
      refuse(logical, "its place is open", "give the tile its place");
    }
    mlir::OpBuilder builder(logical);
    auto tile = builder.create<ops::TileOp>(logical.getLoc(), builder.getIndexType(),
                                            logical.getColAttr(), logical.getRowAttr());
    for (const mlir::NamedAttribute& attribute : logical->getDiscardableAttrs()) {
      tile->setAttr(attribute.getName(), attribute.getValue());
    }
    logical.getResult().replaceAllUsesWith(tile.getResult());
    logical.erase();
  }

  /// Objects were named at the core; now the functions name them.
  void link(ops::CoreOp core) {
    if (core.getLinkWith()) return;
    llvm::SetVector<llvm::StringRef> objects;
    core.walk([&](mlir::func::CallOp call) {
      auto callee = mlir::SymbolTable::lookupNearestSymbolFrom(call, call.getCalleeAttr());
      if (callee == nullptr) return;
      if (auto object = callee->getAttrOfType<mlir::StringAttr>("link_with")) {
        objects.insert(object.getValue());
      }
    });
    if (const mlir::ArrayAttr files = core.getLinkFilesAttr()) {
      for (const mlir::Attribute file : files) {
        if (auto name = mlir::dyn_cast<mlir::StringAttr>(file)) objects.insert(name.getValue());
      }
      core.removeLinkFilesAttr();
    }
    if (objects.size() > 1) {
      refuse(core, "its functions come from more than one object file; a core had one then",
             "link them into one archive");
    }
    if (!objects.empty()) core.setLinkWith(objects.front());
  }

  mlir::ModuleOp module_;
  llvm::SetVector<mlir::Operation*> constants_;
};

}  // namespace

void to_2024(mlir::ModuleOp module) { Converter(module).run(); }

}  // namespace shiftwise::dialect
