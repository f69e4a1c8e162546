// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/module.h"

#include <fmt/format.h>
#include <llvm/Support/raw_ostream.h>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

/// No memory that a design can speak of is larger; guards the products below.
constexpr std::int64_t kMostElements = std::int64_t{1} << 40;

/// Of what is written into the text as dense<...>, which one word can blow up.
constexpr std::int64_t kMostInitialElements = std::int64_t{1} << 22;

/// Of locations inside of locations, which a text can stack by the ten thousand, the first place.
Location location_text(mlir::Location location) {
  while (true) {
    if (const auto name = mlir::dyn_cast<mlir::NameLoc>(location)) {
      location = name.getChildLoc();
    } else if (const auto call = mlir::dyn_cast<mlir::CallSiteLoc>(location)) {
      location = call.getCallee();
    } else if (const auto fused = mlir::dyn_cast<mlir::FusedLoc>(location);
               fused && !fused.getLocations().empty()) {
      location = fused.getLocations().front();
    } else {
      break;
    }
  }
  const auto file = mlir::dyn_cast<mlir::FileLineColLoc>(location);
  if (!file) return {};
  return fmt::format("{}:{}:{}", file.getFilename().str(), file.getLine(), file.getColumn());
}

std::string text_of(mlir::Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

void append(std::vector<std::byte>& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

}  // namespace

Location location_of(mlir::Operation* op) { return location_text(op->getLoc()); }

std::string where(mlir::Operation* op) {
  return at(location_of(op), op->getName().getStringRef().str());
}

MemrefType memref_type(mlir::MemRefType type, mlir::Operation* op) {
  MemrefType result{.text = text_of(type)};
  const mlir::Type element = type.getElementType();
  if (const auto integer = mlir::dyn_cast<mlir::IntegerType>(element)) {
    result.element = integer.isUnsigned() ? Element::kUint : Element::kInt;
    result.bits = integer.getWidth() == 1 ? 8 : static_cast<int>(integer.getWidth());
  } else if (mlir::isa<mlir::IndexType>(element)) {
    result.bits = 32;  // the array's addresses
  } else if (element.isBF16()) {
    result.element = Element::kBfloat;
    result.bits = 16;
  } else if (element.isF16() || element.isF32() || element.isF64()) {
    result.element = Element::kFloat;
    result.bits = static_cast<int>(element.getIntOrFloatBitWidth());
  } else {
    refuse_unsupported(where(op), "buffers of " + text_of(element), "use integers or floats");
  }
  if (result.bits != 8 && result.bits != 16 && result.bits != 32 && result.bits != 64) {
    refuse_unsupported(where(op), "buffers of " + text_of(element),
                       "elements are 8, 16, 32 or 64 bits wide");
  }
  std::int64_t elements = 1;
  for (const std::int64_t extent : type.getShape()) {
    const bool dynamic = mlir::ShapedType::isDynamic(extent);
    result.shape.push_back(dynamic ? -1 : extent);
    if (!dynamic &&
        (__builtin_mul_overflow(elements, extent, &elements) || elements > kMostElements)) {
      refuse_invalid(where(op), result.text + " has more elements than any memory");
    }
  }
  llvm::SmallVector<std::int64_t> strides;
  std::int64_t offset = 0;
  if (mlir::failed(mlir::getStridesAndOffset(type, strides, offset))) {
    refuse_unsupported(where(op), result.text + " is not laid out in strides");
  }
  result.strides.assign(strides.begin(), strides.end());
  result.offset = mlir::ShapedType::isDynamic(offset) ? 0 : offset;
  return result;
}

std::int64_t total_bytes(const MemrefType& type) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : type.shape) elements *= extent < 0 ? 0 : extent;
  return elements * type.element_bytes();
}

core::TileId tile_of(mlir::Value value, mlir::Operation* user, const target::Device& device) {
  std::optional<std::int64_t> column;
  std::optional<std::int64_t> row;
  if (auto tile = value.getDefiningOp<ops::TileOp>()) {
    column = tile.getCol();
    row = tile.getRow();
  } else if (auto logical = value.getDefiningOp<ops::LogicalTileOp>()) {
    column = logical.getCol();
    row = logical.getRow();
    if (!column || !row) {
      refuse_unsupported(where(logical), "the tile's place is left open",
                         "give its column and row");
    }
  } else {
    refuse_invalid(where(user), "its tile is not an aie.tile");
  }
  constexpr std::int64_t kLargest = 1 << 10;
  const core::TileId tile{static_cast<int>(std::clamp(*column, -kLargest, kLargest)),
                          static_cast<int>(std::clamp(*row, -kLargest, kLargest))};
  if (!device.contains(tile)) {
    refuse_unfit(where(value.getDefiningOp()),
                 fmt::format("{} has {} columns and {} rows; there is no tile ({}, {})",
                             device.name, device.columns, device.rows(), *column, *row),
                 "coordinates are (column, row) and start at 0");
  }
  return tile;
}

std::vector<std::byte> bytes_of(mlir::ElementsAttr values, mlir::Operation* op) {
  const mlir::Type element = values.getElementType();
  if (values.getNumElements() > kMostInitialElements) {
    refuse_unfit(where(op), "its initial value is larger than any memory");
  }
  if (element.isIntOrFloat() && element.getIntOrFloatBitWidth() > 64) {
    refuse_unsupported(where(op), "an initial value of " + text_of(element),
                       "elements are 8, 16, 32 or 64 bits wide");
  }
  std::vector<std::byte> bytes;
  if (const auto dense = mlir::dyn_cast<mlir::DenseIntElementsAttr>(values)) {
    const int width = std::max(1, (element.isIndex() ? 32 : bits_of(element)) / 8);
    for (const llvm::APInt& value : dense.getValues<llvm::APInt>()) {
      append(bytes, static_cast<std::uint64_t>(value.getSExtValue()), width);
    }
  } else if (const auto floats = mlir::dyn_cast<mlir::DenseFPElementsAttr>(values)) {
    const int width = static_cast<int>(element.getIntOrFloatBitWidth()) / 8;
    for (const llvm::APFloat& value : floats.getValues<llvm::APFloat>()) {
      append(bytes, value.bitcastToAPInt().getZExtValue(), width);
    }
  } else {
    refuse_unsupported(where(op), "its initial value is not a dense<...>",
                       "write the values into the text");
  }
  return bytes;
}

Direction direction_of(ops::DmaDirection direction) {
  return direction == ops::DmaDirection::S2MM ? Direction::kS2mm : Direction::kMm2s;
}

std::vector<Dimension> dimensions_of(ops::DimArrayAttr attribute) {
  std::vector<Dimension> dimensions;
  if (!attribute) return dimensions;
  for (const auto [size, stride] : llvm::zip_equal(attribute.getSizes(), attribute.getStrides())) {
    dimensions.push_back({size, stride});
  }
  return dimensions;
}

std::vector<Padding> padding_of(ops::PadArrayAttr attribute) {
  std::vector<Padding> padding;
  if (!attribute) return padding;
  for (const auto [before, after] :
       llvm::zip_equal(attribute.getBefores(), attribute.getAfters())) {
    padding.push_back({before, after});
  }
  return padding;
}

}  // namespace shiftwise::dialect
