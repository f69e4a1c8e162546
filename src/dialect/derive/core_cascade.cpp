// SPDX-License-Identifier: Apache-2.0
// Wide values of cores, as far as they go through cascades: numbers of any width and vectors. A
// register holds a lane, or 64 bits of a number.
#include <fmt/format.h>

#include "dialect/derive/core_translator.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

constexpr int kRegisterBits = 64;

struct Lanes {
  int count = 0;
  int bits = 0;  ///< each
};

Lanes lanes_of(mlir::Type type, mlir::Operation& op, int cascade_bits) {
  Lanes lanes;
  if (const auto vector = mlir::dyn_cast<mlir::VectorType>(type)) {
    const mlir::Type element = vector.getElementType();
    if (element.isIntOrFloat() && vector.hasStaticShape() && !vector.isScalable() &&
        vector.getNumElements() <= cascade_bits) {
      lanes = {static_cast<int>(vector.getNumElements()),
               static_cast<int>(element.getIntOrFloatBitWidth())};
    }
  } else if (type.isIntOrFloat()) {
    const auto bits = static_cast<int>(type.getIntOrFloatBitWidth());
    lanes = bits <= kRegisterBits
                ? Lanes{1, bits}
                : Lanes{(bits + kRegisterBits - 1) / kRegisterBits, kRegisterBits};
  }
  const bool whole = lanes.bits == 8 || lanes.bits == 16 || lanes.bits == 32 || lanes.bits == 64;
  if (lanes.count == 0 || !whole || lanes.count * lanes.bits > cascade_bits) {
    refuse_unsupported(where(&op), "a value that a cascade does not carry at once",
                       fmt::format("cascades carry {} bits: vector<16xi32>, say", cascade_bits));
  }
  return lanes;
}

}  // namespace

bool CoreTranslator::cascade(mlir::Operation& op) {
  const int width = design_.device.cascade_bits;
  if (auto get = mlir::dyn_cast<ops::GetCascadeOp>(op)) {
    const Lanes lanes = lanes_of(get.getType(), op, width);
    std::vector<Index> registers;
    if (lanes.count == 1) {
      registers.push_back(define(get.getValue()));
    } else {
      std::vector<Index>& known = lanes_[get.getValue()];
      while (known.size() < static_cast<std::size_t>(lanes.count)) {
        known.push_back(code_.new_register());
      }
      registers = known;
    }
    code_.emit({.opcode = Opcode::kCascadeGet, .bits = static_cast<std::uint8_t>(lanes.bits)},
               registers);
    return true;
  }
  auto put = mlir::dyn_cast<ops::PutCascadeOp>(op);
  if (!put) return false;
  const Lanes lanes = lanes_of(put.getValue().getType(), op, width);
  code_.emit({.opcode = Opcode::kCascadePut, .bits = static_cast<std::uint8_t>(lanes.bits)},
             read_lanes(put.getValue(), lanes.count));
  return true;
}

/// One register for a number; for what is wider, constants and what came from a cascade.
std::vector<Index> CoreTranslator::read_lanes(mlir::Value value, int count) {
  if (count == 1) return {read(value)};
  if (const auto known = lanes_.find(value); known != lanes_.end()) return known->second;
  mlir::Operation* op = value.getDefiningOp();
  const auto constant = op != nullptr && op->getName().getStringRef() == "arith.constant"
                            ? op->getAttr("value")
                            : mlir::Attribute();
  std::vector<Index> registers;
  if (const auto number = mlir::dyn_cast_or_null<mlir::IntegerAttr>(constant)) {
    const llvm::APInt bits = number.getValue().sext(static_cast<unsigned>(count * kRegisterBits));
    for (int i = 0; i < count; ++i) {
      registers.push_back(code_.constant(static_cast<std::int64_t>(
          bits.extractBitsAsZExtValue(kRegisterBits, static_cast<unsigned>(i * kRegisterBits)))));
    }
  } else if (const auto ints = mlir::dyn_cast_or_null<mlir::DenseIntElementsAttr>(constant)) {
    for (const llvm::APInt& lane : ints) registers.push_back(code_.constant(lane.getSExtValue()));
  } else if (const auto floats = mlir::dyn_cast_or_null<mlir::DenseFPElementsAttr>(constant)) {
    for (const llvm::APFloat& lane : floats) {
      registers.push_back(
          code_.constant(static_cast<std::int64_t>(lane.bitcastToAPInt().getZExtValue())));
    }
  }
  if (registers.size() != static_cast<std::size_t>(count)) {
    mlir::Operation* named = op != nullptr ? op : value.getParentBlock()->getParentOp();
    refuse_unsupported(where(named), "a wide value that is neither constant nor from a cascade",
                       "let a kernel use the cascade: put_mcd, get_scd");
  }
  return registers;
}

}  // namespace shiftwise::dialect
