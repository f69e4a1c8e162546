// SPDX-License-Identifier: Apache-2.0
// Types, attributes, and what the two dialects consist of.
#include "dialect/ops/formats.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectImplementation.h"

// clang-format off
#include "dialect_generated/AieDialect.cpp.inc"
#include "dialect_generated/AiexDialect.cpp.inc"
#include "dialect_generated/Enums.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect_generated/Types.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect_generated/Attrs.cpp.inc"
// clang-format on

namespace shiftwise::dialect::ops {

bool is_plain_integer(mlir::Attribute attribute) {
  const auto number = mlir::dyn_cast_or_null<mlir::IntegerAttr>(attribute);
  return number && number.getValue().getBitWidth() <= 64;
}

std::int64_t value_of(mlir::IntegerAttr attribute) {
  return attribute.getType().isUnsignedInteger()
             ? static_cast<std::int64_t>(attribute.getValue().getZExtValue())
             : attribute.getValue().getSExtValue();
}

std::optional<std::int64_t> constant_of(mlir::OpFoldResult value) {
  if (const auto attribute = mlir::dyn_cast_if_present<mlir::Attribute>(value)) {
    if (!is_plain_integer(attribute)) return std::nullopt;
    return value_of(mlir::cast<mlir::IntegerAttr>(attribute));
  }
  return mlir::getConstantIntValue(value);
}

std::optional<core::TileId> tile_of(mlir::Value value) {
  mlir::Operation* op = value.getDefiningOp();
  if (auto tile = mlir::dyn_cast_if_present<TileOp>(op)) {
    return core::TileId{static_cast<int>(tile.getCol()), static_cast<int>(tile.getRow())};
  }
  if (auto tile = mlir::dyn_cast_if_present<LogicalTileOp>(op)) {
    if (!tile.getCol() || !tile.getRow()) return std::nullopt;
    return core::TileId{static_cast<int>(*tile.getCol()), static_cast<int>(*tile.getRow())};
  }
  return std::nullopt;
}

mlir::Attribute DimArrayAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  DimArrayAttr dimensions;
  return parse_dimensions(parser, dimensions) ? DimArrayAttr() : dimensions;
}
void DimArrayAttr::print(mlir::AsmPrinter& printer) const { print_dimensions(printer, *this); }

mlir::Attribute PadArrayAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  PadArrayAttr padding;
  return parse_padding(parser, padding) ? PadArrayAttr() : padding;
}
void PadArrayAttr::print(mlir::AsmPrinter& printer) const { print_padding(printer, *this); }

mlir::Attribute PacketAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  PacketAttr packet;
  return parse_packet(parser, packet) ? PacketAttr() : packet;
}
void PacketAttr::print(mlir::AsmPrinter& printer) const { print_packet(printer, *this); }

mlir::Attribute AieDialect::parseAttribute(mlir::DialectAsmParser& parser, mlir::Type type) const {
  const llvm::StringRef text = parser.getFullSymbolSpec();
  llvm::StringRef keyword;
  mlir::Attribute attribute;
  const mlir::OptionalParseResult known =
      generatedAttributeParser(parser, &keyword, type, attribute);
  if (known.has_value()) return attribute;
  return RawAttr::get(getContext(), text);
}

void AieDialect::printAttribute(mlir::Attribute attribute, mlir::DialectAsmPrinter& printer) const {
  if (const auto raw = mlir::dyn_cast<RawAttr>(attribute)) {
    printer << raw.getText();
    return;
  }
  (void)generatedAttributePrinter(attribute, printer);
}

void AieDialect::register_types() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect_generated/Types.cpp.inc"
      >();
}

void AieDialect::register_attributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect_generated/Attrs.cpp.inc"
      >();
}

}  // namespace shiftwise::dialect::ops
