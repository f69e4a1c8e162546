// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/sequence_reader.h"

#include <fmt/format.h>

#include "dialect/derive/refuse.h"
#include "dialect/derive/sequences.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace shiftwise::dialect {
namespace {

/// Operations that one sequence may come to when its loops are run.
constexpr std::int64_t kMostSteps = 1 << 18;
constexpr int kDeepestLoop = 100;

}  // namespace

Sequence SequenceReader::run(mlir::Operation& op, std::string name) {
  sequence_.name = std::move(name);
  sequence_.location = location_of(&op);
  mlir::Block& body = op.getRegion(0).front();
  for (const mlir::BlockArgument argument : body.getArguments()) {
    const auto memref = mlir::dyn_cast<mlir::MemRefType>(argument.getType());
    if (!memref) {
      refuse_unsupported(where(&op),
                         fmt::format("argument {} is not a memref", argument.getArgNumber()),
                         "pass numbers as run-time parameters");
    }
    host_[argument] = {static_cast<Index>(sequence_.arguments.size()), 0};
    sequence_.arguments.push_back(memref_type(memref, &op));
  }
  block(body);
  for (const auto& [tile, count] : notes_) {
    design_.program.notes.push_back(
        fmt::format("{}: {} write{} to trace and counter registers of {} left out",
                    at(sequence_.location, "sequence"), count, count == 1 ? "" : "s",
                    target::describe(design_.device, tile)));
  }
  return std::move(sequence_);
}

void SequenceReader::add(HostOperation operation) {
  sequence_.operations.push_back(std::move(operation));
}

void SequenceReader::block(mlir::Block& block) {
  if (++depth_ > kDeepestLoop) {
    refuse_unsupported(where(block.getParentOp()), "control flow is nested too deeply");
  }
  for (mlir::Operation& op : block) operation(op);
  --depth_;
}

void SequenceReader::count(std::int64_t steps, mlir::Operation* op) {
  steps_ += steps;
  if (steps_ <= kMostSteps) return;
  refuse_unsupported(where(op),
                     fmt::format("the sequence comes to more than {} operations", kMostSteps),
                     "move more with each transfer");
}

void SequenceReader::operation(mlir::Operation& op) {
  count(1, &op);
  const llvm::StringRef name = op.getName().getStringRef();
  // Arithmetic is done where its result is read.
  if (op.getName().getDialectNamespace() == "arith" || name == "scf.yield" ||
      name == "func.return" || name == "memref.get_global" || name == "memref.assume_alignment" ||
      name == "aie.end") {
    return;
  }
  if (control(op) || task_operation(op) || command(op)) return;
  refuse_unsupported(where(&op), "a sequence cannot do it here",
                     "sequences move data, write parameters and wait");
}

bool SequenceReader::control(mlir::Operation& op) {
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "scf.for") {
    loop(op);
  } else if (name == "scf.if") {
    const bool holds = number(op.getOperand(0), &op, "condition") != 0;
    mlir::Region& chosen = op.getRegion(holds ? 0 : 1);
    if (!chosen.empty()) {
      block(chosen.front());
      transfer(chosen.front().back().getOperands(), op.getResults());
    }
  } else if (name == "memref.subview" || name == "memref.reinterpret_cast" ||
             name == "memref.cast" || name == "memref.collapse_shape" ||
             name == "memref.expand_shape") {
    view(op);
  } else {
    return false;
  }
  return true;
}

void SequenceReader::loop(mlir::Operation& op) {
  const std::int64_t lower = number(op.getOperand(0), &op, "lower bound");
  const std::int64_t upper = number(op.getOperand(1), &op, "upper bound");
  const std::int64_t step = number(op.getOperand(2), &op, "step");
  if (step <= 0) refuse_invalid(where(&op), fmt::format("a step of {}", step));
  mlir::Block& body = op.getRegion(0).front();
  const mlir::ValueRange carried = body.getArguments().drop_front();
  transfer(op.getOperands().drop_front(3), carried);
  for (std::int64_t i = lower; i < upper;) {
    count(1, &op);  // an empty body has no operation that counts
    constants_.set(body.getArgument(0), i);
    block(body);
    transfer(body.back().getOperands(), carried);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  transfer(carried, op.getResults());
}

/// A part of a host buffer.
void SequenceReader::view(mlir::Operation& op) {
  const auto source = host_.find(op.getOperand(0));
  if (source == host_.end()) {
    refuse_unsupported(where(&op), "a view of what is not an argument of the sequence");
  }
  HostView moved = source->second;
  const bool in_strides = op.getName().getStringRef() == "memref.subview";
  if (auto offsets = mlir::dyn_cast<mlir::OffsetSizeAndStrideOpInterface>(op)) {
    const auto memref = mlir::dyn_cast<mlir::MemRefType>(op.getOperand(0).getType());
    if (!memref) refuse_unsupported(where(&op), "a memref without a rank", "give its extents");
    const MemrefType type = memref_type(memref, &op);
    std::size_t dimension = 0;
    for (const mlir::OpFoldResult offset : offsets.getMixedOffsets()) {
      const std::int64_t stride = in_strides ? type.strides.at(dimension++) : 1;
      std::int64_t distance = 0;
      if (__builtin_mul_overflow(number(offset, &op, "offset"), stride, &distance) ||
          __builtin_add_overflow(moved.offset, distance, &moved.offset)) {
        refuse_invalid(where(&op), "its offset is beyond any memory");
      }
    }
  }
  host_[op.getResult(0)] = moved;
}

/// All at once: values that a loop carries may be exchanged.
void SequenceReader::transfer(mlir::ValueRange from, mlir::ValueRange to) {
  struct Carried {
    std::optional<std::int64_t> number;
    std::optional<Index> task;
  };
  std::vector<Carried> values;
  for (const mlir::Value value : from) {
    Carried carried;
    if (const auto task = tasks_.find(value); task != tasks_.end()) {
      carried.task = task->second;
    } else {
      carried.number = constants_.find(value);
    }
    values.push_back(carried);
  }
  for (const auto [target, value] : llvm::zip(to, values)) {
    if (value.task) tasks_[target] = *value.task;
    if (value.number) constants_.set(target, *value.number);
  }
}

void read_sequences(ops::DeviceOp device, const Names& names, Design& design) {
  for (mlir::Operation& op : device.getBody().front()) {
    auto sequence = mlir::dyn_cast<ops::RuntimeSequenceOp>(op);
    if (!sequence || sequence.getBody().empty()) continue;
    design.program.sequences.push_back(
        SequenceReader(design, names).run(op, sequence.getSymName().value_or("sequence").str()));
  }
}

}  // namespace shiftwise::dialect
