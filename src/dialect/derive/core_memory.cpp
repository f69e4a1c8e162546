// SPDX-License-Identifier: Apache-2.0
// Memory of cores: memref.
#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/core_translator.h"
#include "dialect/derive/refuse.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace shiftwise::dialect {

bool CoreTranslator::memory(mlir::Operation& op) {
  const llvm::StringRef name = op.getName().getStringRef();
  if (name == "memref.load") {
    access(op, false);
  } else if (name == "memref.store") {
    access(op, true);
  } else if (name == "memref.subview" || name == "memref.reinterpret_cast") {
    move_view(op);
  } else if (name == "memref.collapse_shape" || name == "memref.expand_shape" ||
             name == "memref.cast" || name == "memref.memory_space_cast") {
    same_view(op);
  } else if (name == "memref.alloc" || name == "memref.alloca") {
    scratch(op, {});
  } else if (name == "memref.get_global") {
    global(op);
  } else if (name == "memref.copy") {
    copy(op);
  } else {
    return name == "memref.dealloc" || name == "memref.assume_alignment";
  }
  return true;
}

/// A view's own type: where it starts is in the view, not in the type.
MemrefType CoreTranslator::view_type(mlir::Value value, mlir::Operation& op) {
  const auto memref = mlir::dyn_cast<mlir::MemRefType>(value.getType());
  if (!memref) refuse_unsupported(where(&op), "a memref without a rank", "give its extents");
  MemrefType type = memref_type(memref, &op);
  type.offset = 0;
  for (const std::int64_t stride : type.strides) {
    if (mlir::ShapedType::isDynamic(stride)) {
      refuse_unsupported(where(&op), "the strides of " + type.text + " are open",
                         "give them as constants");
    }
  }
  return type;
}

void CoreTranslator::access(mlir::Operation& op, bool store) {
  const unsigned memref = store ? 1 : 0;
  const Index view = read_view(op.getOperand(memref));
  const auto type = view_type(op.getOperand(memref), op);
  std::vector<Index> indices;
  for (const mlir::Value index : op.getOperands().drop_front(memref + 1)) {
    indices.push_back(read(index));
  }
  const auto bits = static_cast<std::uint8_t>(type.bits);
  if (store) {
    code_.emit({.opcode = Opcode::kStore, .bits = bits, .a = view, .b = read(op.getOperand(0))},
               indices);
  } else {
    if (!op.getResult(0).getType().isIntOrIndexOrFloat()) {
      refuse_unsupported(where(&op), "a load of what is not a number");
    }
    code_.emit({.opcode = Opcode::kLoad, .bits = bits, .dst = define(op.getResult(0)), .a = view},
               indices);
  }
}

void CoreTranslator::move_view(mlir::Operation& op) {
  auto moved = mlir::cast<mlir::OffsetSizeAndStrideOpInterface>(op);
  const Index from = read_view(op.getOperand(0));
  const MemrefType source = view_type(op.getOperand(0), op);
  // A subview counts in the source's strides, a reinterpret_cast in elements from its start.
  const bool in_strides = op.getName().getStringRef() == "memref.subview";
  std::int64_t fixed = 0;
  Index dynamic = kNone;
  const auto offsets = moved.getMixedOffsets();
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const std::int64_t stride = in_strides ? source.strides.at(i) : 1;
    const auto value = mlir::dyn_cast_if_present<mlir::Value>(offsets[i]);
    if (!value || constants_.find(value)) {
      std::int64_t distance = 0;
      if (__builtin_mul_overflow(constants_.number(offsets[i], &op, "offset"), stride, &distance) ||
          __builtin_add_overflow(fixed, distance, &fixed)) {
        refuse_invalid(where(&op), "its offset is beyond any memory");
      }
      continue;
    }
    Index term = read(value);
    if (stride != 1) {
      const Index product = code_.new_register();
      code_.emit({.opcode = Opcode::kMul, .dst = product, .a = term, .b = code_.constant(stride)});
      term = product;
    }
    if (dynamic != kNone) {
      const Index sum = code_.new_register();
      code_.emit({.opcode = Opcode::kAdd, .dst = sum, .a = dynamic, .b = term});
      term = sum;
    }
    dynamic = term;
  }
  code_.emit({.opcode = Opcode::kView,
              .dst = define_view(op.getResult(0)),
              .a = from,
              .b = dynamic,
              .c = code_.type(view_type(op.getResult(0), op)),
              .immediate = fixed});
}

void CoreTranslator::same_view(mlir::Operation& op) {
  const Index from = read_view(op.getOperand(0));
  code_.emit({.opcode = Opcode::kView,
              .dst = define_view(op.getResult(0)),
              .a = from,
              .c = code_.type(view_type(op.getResult(0), op))});
}

void CoreTranslator::scratch(mlir::Operation& op, std::vector<std::byte> initial) {
  const MemrefType type = view_type(op.getResult(0), op);
  if (std::count(type.shape.begin(), type.shape.end(), -1) != 0) {
    refuse_unsupported(where(&op), "the size of " + type.text + " is open", "give every extent");
  }
  const std::int64_t bytes = total_bytes(type);
  if (bytes > design_.device.facts(program_.tile).memory_bytes) {
    refuse_unfit(where(&op), fmt::format("{} has {} bytes, {} has {}", type.text, bytes,
                                         target::describe(design_.device, program_.tile),
                                         design_.device.facts(program_.tile).memory_bytes));
  }
  // What it allocates in a function has its place again at every call.
  scratch_bytes_ += bytes;
  if (scratch_bytes_ > design_.device.facts(program_.tile).memory_bytes) {
    refuse_unfit(where(&op),
                 fmt::format("with it the core's own memrefs have {} bytes, {} has {}",
                             scratch_bytes_, target::describe(design_.device, program_.tile),
                             design_.device.facts(program_.tile).memory_bytes));
  }
  std::vector<Buffer>& buffers = design_.program.buffers;
  buffers.push_back({.name = fmt::format("core_{}_{}_scratch_{}", program_.tile.column,
                                         program_.tile.row, buffers.size()),
                     .tile = program_.tile,
                     .type = type,
                     .bytes = bytes,
                     .initial = std::move(initial),
                     .location = location_of(&op)});
  views_[op.getResult(0)] = code_.buffer(static_cast<Index>(buffers.size()) - 1, type);
}

void CoreTranslator::global(mlir::Operation& op) {
  const auto name = op.getAttrOfType<mlir::FlatSymbolRefAttr>("name");
  mlir::Operation* global = name ? mlir::SymbolTable::lookupNearestSymbolFrom(&op, name) : nullptr;
  if (global == nullptr) refuse_invalid(where(&op), "there is no such memref.global");
  const auto values = global->getAttrOfType<mlir::ElementsAttr>("initial_value");
  // A declaration has a unit attribute or none: bytes that nobody has written.
  std::vector<std::byte> initial;
  if (values) initial = bytes_of(values, global);
  scratch(op, std::move(initial));
}

void CoreTranslator::copy(mlir::Operation& op) {
  const Index from = read_view(op.getOperand(0));
  const Index to = read_view(op.getOperand(1));
  const MemrefType type = view_type(op.getOperand(0), op);
  if (std::count(type.shape.begin(), type.shape.end(), -1) != 0) {
    refuse_unsupported(where(&op), "the size of " + type.text + " is open");
  }
  std::vector<Index> indices;
  std::vector<Index> tests;
  std::vector<Index> exits;
  const Index inside = code_.new_register();
  for (const std::int64_t extent : type.shape) {
    indices.push_back(code_.new_register());
    code_.emit({.opcode = Opcode::kCopy, .dst = indices.back(), .a = code_.constant(0)});
    tests.push_back(code_.here());
    code_.emit({.opcode = Opcode::kCompare,
                .dst = inside,
                .a = indices.back(),
                .b = code_.constant(extent),
                .immediate = static_cast<std::int64_t>(Predicate::kSlt)});
    exits.push_back(code_.jump_unless(inside));
  }
  const auto bits = static_cast<std::uint8_t>(type.bits);
  const Index value = code_.new_register();
  code_.emit({.opcode = Opcode::kLoad, .bits = bits, .dst = value, .a = from}, indices);
  code_.emit({.opcode = Opcode::kStore, .bits = bits, .a = to, .b = value}, indices);
  for (std::size_t i = type.shape.size(); i-- > 0;) {
    code_.emit(
        {.opcode = Opcode::kAdd, .dst = indices[i], .a = indices[i], .b = code_.constant(1)});
    code_.jump_to(tests[i]);
    code_.land(exits[i]);
  }
}

}  // namespace shiftwise::dialect
