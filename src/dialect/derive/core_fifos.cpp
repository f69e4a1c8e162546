// SPDX-License-Identifier: Apache-2.0
// What cores wait for: object FIFOs and locks.
#include <fmt/format.h>

#include <algorithm>

#include "core/suggest.h"
#include "dialect/derive/core_translator.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {

Index CoreTranslator::port(const std::string& fifo, bool produce, mlir::Operation& op) {
  if (const auto made = ports_.find({fifo, produce}); made != ports_.end()) return made->second;
  const auto end = ends_.find({fifo, produce, program_.tile});
  if (end == ends_.end()) {
    const auto declared =
        std::find_if(design_.fifos.begin(), design_.fifos.end(),
                     [&](const ObjectFifo& candidate) { return candidate.name == fifo; });
    if (declared == design_.fifos.end()) {
      std::vector<std::string> names;
      for (const ObjectFifo& candidate : design_.fifos) names.push_back(candidate.name);
      refuse_invalid(where(&op), fmt::format("there is no object FIFO '{}'", fifo),
                     core::suggest(fifo, names));
    }
    refuse_invalid(
        where(&op),
        fmt::format("{} is no {} of '{}'", target::describe(design_.device, program_.tile),
                    produce ? "producer" : "consumer", fifo),
        fmt::format("the object FIFO is declared at {}", declared->location));
  }
  FifoPort added = end->second;
  added.core = core_;
  const auto index = static_cast<Index>(design_.program.ports.size());
  design_.program.ports.push_back(std::move(added));
  ports_[{fifo, produce}] = index;
  return index;
}

void CoreTranslator::acquire(ops::ObjectFifoAcquireOp op) {
  const Index used = port(op.getFifo().str(), op.getPort() == ops::FifoEnd::Produce, *op);
  const FifoPort& end = design_.program.ports[static_cast<std::size_t>(used)];
  const FifoPool& pool = design_.program.pools[static_cast<std::size_t>(end.pool)];
  const auto count = static_cast<std::int64_t>(op.getCount());
  if (count < 0 || count > static_cast<std::int64_t>(pool.buffers.size())) {
    refuse_invalid(
        where(op),
        fmt::format("it wants {} objects of '{}', which has {} on {}", count, end.fifo,
                    pool.buffers.size(), target::describe(design_.device, program_.tile)),
        "make the object FIFO deeper, or hold fewer objects");
  }
  const MemrefType& element =
      design_.program.buffers[static_cast<std::size_t>(pool.buffers.front())].type;
  const MemrefType asked = memref_type(op.getElement(), op);
  if (asked.text != element.text) {
    refuse_invalid(
        where(op),
        fmt::format("it takes {}, and objects of '{}' are {}", asked.text, end.fifo, element.text),
        "use the object FIFO's type, and cast where a kernel wants another");
  }
  const Index type = code_.type(element);
  code_.emit({.opcode = Opcode::kFifoAcquire, .b = static_cast<Index>(count), .immediate = used});
  // Objects are bound to views at once: a later acquire or release renumbers what is held.
  const auto bind = [&](mlir::Value object, std::int64_t number) {
    code_.emit({.opcode = Opcode::kFifoView,
                .dst = define_view(object),
                .b = static_cast<Index>(number),
                .c = type,
                .immediate = used});
  };
  if (!op.yieldsSubview()) {
    if (static_cast<std::int64_t>(op.getObjects().size()) > count) {
      refuse_invalid(where(op),
                     fmt::format("{} results for {} objects", op.getObjects().size(), count));
    }
    for (const auto [number, object] : llvm::enumerate(op.getObjects())) {
      bind(object, static_cast<std::int64_t>(number));
    }
    return;
  }
  for (const mlir::Value subview : op.getObjects()) {
    for (mlir::Operation* user : subview.getUsers()) {
      auto access = mlir::dyn_cast<ops::SubviewAccessOp>(user);
      if (!access) continue;
      const auto number = static_cast<std::int64_t>(access.getIndex());
      if (number < 0 || number >= count) {
        refuse_invalid(where(access),
                       fmt::format("object {} of {} that are acquired", number, count),
                       "objects are counted from 0");
      }
      bind(access.getObject(), number);
    }
  }
}

void CoreTranslator::release(ops::ObjectFifoReleaseOp op) {
  const Index used = port(op.getFifo().str(), op.getPort() == ops::FifoEnd::Produce, *op);
  const FifoPort& end = design_.program.ports[static_cast<std::size_t>(used)];
  const FifoPool& pool = design_.program.pools[static_cast<std::size_t>(end.pool)];
  const auto count = static_cast<std::int64_t>(op.getCount());
  if (count < 0 || count > static_cast<std::int64_t>(pool.buffers.size())) {
    refuse_invalid(where(op),
                   fmt::format("it gives back {} objects of '{}', which has {}", count, end.fifo,
                               pool.buffers.size()),
                   "release at most what is held");
  }
  code_.emit({.opcode = Opcode::kFifoRelease, .b = static_cast<Index>(count), .immediate = used});
}

void CoreTranslator::use_lock(ops::UseLockOp op) {
  const auto lock = names_.locks.find(op.getLock());
  if (lock == names_.locks.end()) refuse_invalid(where(op), "its lock is not an aie.lock");
  Instruction instruction{
      .opcode = op.getAction() == ops::LockAction::Release ? Opcode::kRelease : Opcode::kAcquire,
      .c = op.getAction() == ops::LockAction::Acquire ? 1 : 0,
      .immediate = lock->second};
  const mlir::OpFoldResult amount = op.getAmount();
  if (const auto value = mlir::dyn_cast_if_present<mlir::Value>(amount);
      value && !constants_.find(value)) {
    instruction.a = read(value);
  } else {
    constexpr std::int64_t kLargest = 1 << 20;
    instruction.b =
        static_cast<Index>(std::clamp(constants_.number(amount, op, "value"), -kLargest, kLargest));
  }
  code_.emit(instruction);
}

}  // namespace shiftwise::dialect
