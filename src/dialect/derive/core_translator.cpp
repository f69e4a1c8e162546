// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/core_translator.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// Operations of one core, those that leave no instruction too: functions are written out at
/// every call, which a hostile text can multiply.
constexpr std::int64_t kMostOperations = 1 << 20;

bool is_view(mlir::Value value) { return mlir::isa<mlir::MemRefType>(value.getType()); }

}  // namespace

void CoreTranslator::run(mlir::Region& body) {
  frames_.push_back({});
  region(body);
  frames_.pop_back();
  code_.finish();
  program_.endless = program_.endless || !code_.ends();
}

void CoreTranslator::operation(mlir::Operation& op) {
  if (++operations_ > kMostOperations) {
    refuse_unfit(where(&op),
                 fmt::format("its core comes to more than {} operations with every "
                             "function written out",
                             kMostOperations),
                 "let it call functions in loops");
  }
  code_.set_location(location_of(&op));
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "arith.constant") return;  // where it is read
  if (arithmetic(op) || control(op) || memory(op) || cascade(op) || aie_operation(op)) return;
  const bool vectors = llvm::any_of(
      op.getResultTypes(), [](mlir::Type type) { return mlir::isa<mlir::VectorType>(type); });
  refuse_unsupported(
      where(&op),
      vectors ? "a core's own code has no vector arithmetic here" : "a core cannot execute it here",
      "move it into a kernel, which runs as native code");
}

bool CoreTranslator::aie_operation(mlir::Operation& op) {
  if (auto take = mlir::dyn_cast<ops::ObjectFifoAcquireOp>(op)) {
    acquire(take);
  } else if (auto give = mlir::dyn_cast<ops::ObjectFifoReleaseOp>(op)) {
    release(give);
  } else if (auto lock = mlir::dyn_cast<ops::UseLockOp>(op)) {
    use_lock(lock);
  } else if (auto event = mlir::dyn_cast<ops::EventOp>(op)) {
    code_.emit(
        {.opcode = Opcode::kEvent, .immediate = static_cast<std::int64_t>(event.getNumber())});
  } else {
    return mlir::isa<ops::SubviewAccessOp>(op);  // made where the objects are acquired
  }
  return true;
}

Index CoreTranslator::read(mlir::Value value) {
  if (const auto found = registers_.find(value); found != registers_.end()) return found->second;
  if (const auto known = constants_.find(value)) return code_.constant(*known);
  mlir::Operation* op = value.getDefiningOp();
  if (op != nullptr && op->getName().getStringRef() == "arith.constant") {
    if (const auto real = op->getAttrOfType<mlir::FloatAttr>("value")) {
      return code_.constant(
          static_cast<std::int64_t>(real.getValue().bitcastToAPInt().getZExtValue()));
    }
  }
  mlir::Operation* named = op != nullptr ? op : value.getParentBlock()->getParentOp();
  refuse_unsupported(where(named), "its value is not one that a core computes here",
                     "cores hold numbers of up to 64 bits; the rest belongs into kernels");
}

Index CoreTranslator::read_view(mlir::Value value) {
  if (const auto found = views_.find(value); found != views_.end()) return found->second;
  if (const auto buffer = names_.buffers.find(value); buffer != names_.buffers.end()) {
    return code_.buffer(buffer->second,
                        design_.program.buffers[static_cast<std::size_t>(buffer->second)].type);
  }
  mlir::Operation* op = value.getDefiningOp();
  mlir::Operation* named = op != nullptr ? op : value.getParentBlock()->getParentOp();
  refuse_unsupported(where(named), "its memory is not one that a core reaches by name",
                     "use an aie.buffer or an object FIFO");
}

Index CoreTranslator::define(mlir::Value value) {
  if (value.getType().isIntOrFloat() && value.getType().getIntOrFloatBitWidth() > 64) {
    mlir::Operation* op = value.getDefiningOp();
    refuse_unsupported(where(op != nullptr ? op : value.getParentBlock()->getParentOp()),
                       "a number of more than 64 bits", "move it into a kernel");
  }
  const auto [entry, added] = registers_.try_emplace(value, kNone);
  if (added) entry->second = code_.new_register();
  return entry->second;
}

Index CoreTranslator::define_view(mlir::Value value) {
  const auto [entry, added] = views_.try_emplace(value, kNone);
  if (added) entry->second = code_.new_view();
  return entry->second;
}

void CoreTranslator::moves(mlir::ValueRange from, mlir::ValueRange to, mlir::Operation& op) {
  std::vector<Move> list;
  for (const auto [source, target] : llvm::zip(from, to)) {
    if (is_view(source)) {
      list.push_back(
          {true, read_view(source), define_view(target), code_.type(view_type(target, op))});
    } else {
      list.push_back({false, read(source), define(target), kNone});
    }
  }
  moves(std::move(list));
}

/// All at once: what one move overwrites, another may still have to read.
void CoreTranslator::moves(std::vector<Move> list) {
  const auto emit = [&](const Move& move, Index from, Index to) {
    if (from == to) return;
    if (move.view) {
      code_.emit({.opcode = Opcode::kView, .dst = to, .a = from, .c = move.type});
    } else {
      code_.emit({.opcode = Opcode::kCopy, .dst = to, .a = from});
    }
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool read_later = std::any_of(
        list.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.end(),
        [&](const Move& later) { return later.view == list[i].view && later.from == list[i].to; });
    if (!read_later || list[i].from == list[i].to) {
      emit(list[i], list[i].from, list[i].to);
      continue;
    }
    // Keep the old value for those that read it.
    const Index kept = list[i].view ? code_.new_view() : code_.new_register();
    emit(list[i], list[i].to, kept);
    for (std::size_t j = i + 1; j < list.size(); ++j) {
      if (list[j].view == list[i].view && list[j].from == list[i].to) list[j].from = kept;
    }
    emit(list[i], list[i].from, list[i].to);
  }
}

void read_cores(ops::DeviceOp device, const Names& names, const FifoPorts& ends, Design& design) {
  for (mlir::Operation& op : device.getBody().front()) {
    auto core = mlir::dyn_cast<ops::CoreOp>(op);
    if (!core) continue;
    CoreProgram program{.tile = tile_of(core.getTile(), core, design.device),
                        .stack_bytes = static_cast<std::int64_t>(
                            core.getStackSize().value_or(design.device.stack_bytes)),
                        .location = location_of(core)};
    const std::string tile = target::describe(design.device, program.tile);
    if (design.device.kind(program.tile) != target::TileKind::kCompute) {
      refuse_unfit(where(core), tile + " has no core", "cores are in compute tiles");
    }
    for (const CoreProgram& other : design.program.cores) {
      if (other.tile == program.tile) {
        refuse_invalid(where(core),
                       fmt::format("{} has a program already, at {}", tile, other.location));
      }
    }
    if (core.getBody().empty()) {
      refuse_invalid(where(core), "it has no code", "end it with aie.end");
    }
    if (const auto file = core.getElfFile()) {
      if (core.getBody().front().getOperations().size() <= 1) {
        refuse_unsupported(where(core), fmt::format("its program is only in '{}'", file->str()),
                           "give the core's code as text");
      }
    }
    if (const auto file = core.getLinkWith()) program.link_with.push_back(file->str());
    if (const auto files = core.getLinkFiles()) {
      for (const mlir::Attribute entry : *files) {
        if (const auto name = mlir::dyn_cast<mlir::StringAttr>(entry)) {
          program.link_with.push_back(name.getValue().str());
        }
      }
    }
    const auto index = static_cast<Index>(design.program.cores.size());
    CoreTranslator(design, names, ends, program, index).run(core.getBody());
    design.program.cores.push_back(std::move(program));
  }
}

}  // namespace shiftwise::dialect
