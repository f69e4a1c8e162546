// SPDX-License-Identifier: Apache-2.0
// aie.objectfifo and its links.
#include "dialect/ops/formats.h"

namespace shiftwise::dialect::ops {

using mlir::failed;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::ParseResult;
using mlir::success;
using Operand = OpAsmParser::UnresolvedOperand;

namespace {

constexpr llvm::StringRef kElidedOfFifo[] = {"sym_name",  "depth",       "type",
                                             "to_stream", "from_stream", "init_values"};

/// A tile, with an access pattern or none (null).
ParseResult parse_end(OpAsmParser& parser, std::array<llvm::StringRef, 2> keywords, Operand& tile,
                      DimArrayAttr& dimensions) {
  if (parser.parseOperand(tile)) return failure();
  if (failed(parser.parseOptionalKeyword(keywords[0])) &&
      failed(parser.parseOptionalKeyword(keywords[1]))) {
    return success();
  }
  return parse_dimensions(parser, dimensions);
}

/// [dense<..> : memref<..>, ...]; the type may be missing, it is the FIFO's.
ParseResult parse_initial_values(OpAsmParser& parser, mlir::MemRefType element,
                                 mlir::ArrayAttr& values) {
  const llvm::SMLoc at = parser.getCurrentLocation();
  if (!element.hasStaticShape() ||
      !mlir::RankedTensorType::isValidElementType(element.getElementType())) {
    return parser.emitError(at, "objects of this type cannot have initial values");
  }
  const auto tensor = mlir::RankedTensorType::get(element.getShape(), element.getElementType());
  llvm::SmallVector<mlir::Attribute> list;
  const auto one = [&]() -> ParseResult {
    mlir::ElementsAttr value;
    if (parser.parseAttribute(value, tensor)) return failure();
    list.push_back(value);
    if (failed(parser.parseOptionalColon())) return success();
    const llvm::SMLoc where = parser.getCurrentLocation();
    mlir::Type type;
    if (parser.parseType(type)) return failure();
    if (type == element || type == tensor) return success();
    return parser.emitError(where, "the initial value has another type than the objects");
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, one)) return failure();
  values = parser.getBuilder().getArrayAttr(list);
  return success();
}

}  // namespace

ParseResult ObjectFifoOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  mlir::Builder& builder = parser.getBuilder();
  mlir::StringAttr name;
  llvm::SmallVector<Operand> tiles(1);
  DimArrayAttr to_stream;
  llvm::SmallVector<mlir::Attribute> from_stream;
  bool any_from_stream = false;
  if (parser.parseSymbolName(name, "sym_name", result.attributes) || parser.parseLParen() ||
      parse_end(parser, {"dimensionsToStream", "toStream"}, tiles[0], to_stream) ||
      parser.parseComma()) {
    return failure();
  }
  const auto consumer = [&]() -> ParseResult {
    DimArrayAttr dimensions;
    if (parse_end(parser, {"dimensionsFromStream", "fromStream"}, tiles.emplace_back(),
                  dimensions)) {
      return failure();
    }
    any_from_stream |= dimensions && !dimensions.getSizes().empty();
    from_stream.push_back(dimensions ? dimensions : DimArrayAttr::get(parser.getContext(), {}, {}));
    return success();
  };
  if (succeeded(parser.parseOptionalLBrace())) {
    if (failed(parser.parseOptionalRBrace()) &&
        (parser.parseCommaSeparatedList(consumer) || parser.parseRBrace())) {
      return failure();
    }
  } else if (consumer()) {
    return failure();
  }
  if (to_stream && !to_stream.getSizes().empty()) result.addAttribute("to_stream", to_stream);
  if (any_from_stream) result.addAttribute("from_stream", builder.getArrayAttr(from_stream));

  mlir::Attribute depth;
  mlir::Type type;
  if (parser.parseComma() || parser.parseAttribute(depth) || parser.parseRParen() ||
      parser.parseOptionalAttrDict(result.attributes) || parser.parseColon()) {
    return failure();
  }
  const llvm::SMLoc at = parser.getCurrentLocation();
  if (parser.parseType(type)) return failure();
  const auto fifo = mlir::dyn_cast<FifoType>(type);
  if (!fifo) return parser.emitError(at, "expected !aie.objectfifo<memref<...>>");
  result.addAttribute("depth", depth);
  result.addAttribute("type", mlir::TypeAttr::get(type));
  if (succeeded(parser.parseOptionalEqual())) {
    mlir::ArrayAttr values;
    if (parse_initial_values(parser, fifo.getElement(), values)) return failure();
    result.addAttribute("init_values", values);
  }
  return parser.resolveOperands(tiles, builder.getIndexType(), result.operands);
}

void ObjectFifoOp::print(mlir::OpAsmPrinter& printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(' << getProducer();
  if (getToStreamAttr()) {
    printer << " dimensionsToStream ";
    print_dimensions(printer, getToStreamAttr());
  }
  printer << ", {";
  for (unsigned i = 0; i < getConsumers().size(); ++i) {
    if (i > 0) printer << ", ";
    printer << getConsumers()[i];
    if (const DimArrayAttr dimensions = getFromStreamOf(i)) {
      printer << " dimensionsFromStream ";
      print_dimensions(printer, dimensions);
    }
  }
  printer << "}, ";
  if (const auto one = mlir::dyn_cast<mlir::IntegerAttr>(getDepthAttr())) {
    printer << value_of(one) << " : i32";
  } else {
    printer << getDepthAttr();
  }
  printer << ')';
  printer.printOptionalAttrDict((*this)->getAttrs(), kElidedOfFifo);
  printer << " : " << getType();
  if (!getInitValuesAttr()) return;
  printer << " = [";
  llvm::interleaveComma(getInitValuesAttr(), printer, [&](mlir::Attribute value) {
    printer.printAttributeWithoutType(value);
    printer << " : " << getElement();
  });
  printer << ']';
}

mlir::MemRefType ObjectFifoOp::getElement() { return mlir::cast<FifoType>(getType()).getElement(); }

llvm::SmallVector<std::int64_t> ObjectFifoOp::getDepths() {
  if (const auto one = mlir::dyn_cast<mlir::IntegerAttr>(getDepthAttr())) return {value_of(one)};
  llvm::SmallVector<std::int64_t> depths;
  for (const mlir::Attribute depth : mlir::cast<mlir::ArrayAttr>(getDepthAttr())) {
    depths.push_back(value_of(mlir::cast<mlir::IntegerAttr>(depth)));
  }
  return depths;
}

std::int64_t ObjectFifoOp::getDepthAt(unsigned end) {
  const auto depths = getDepths();
  return depths.size() == 1 ? depths[0] : depths[end];
}

DimArrayAttr ObjectFifoOp::getFromStreamOf(unsigned index) {
  if (!getFromStreamAttr()) return {};
  const auto dimensions = mlir::cast<DimArrayAttr>(getFromStreamAttr()[index]);
  return dimensions.getSizes().empty() ? DimArrayAttr() : dimensions;
}

llvm::LogicalResult ObjectFifoOp::verify() {
  if (const auto list = mlir::dyn_cast<mlir::ArrayAttr>(getDepthAttr())) {
    if (!llvm::all_of(list, is_plain_integer)) return emitOpError("depths must be integers");
    if (list.size() != getConsumers().size() + 1) {
      return emitOpError() << list.size() << " depths for a producer and " << getConsumers().size()
                           << " consumers; expected one depth, or one for each end";
    }
  }
  if (const auto from = getFromStreamAttr()) {
    if (from.size() != getConsumers().size() ||
        !llvm::all_of(from, [](mlir::Attribute each) { return mlir::isa<DimArrayAttr>(each); })) {
      return emitOpError("from_stream must hold one pattern for each consumer");
    }
  }
  for (const std::int64_t depth : getDepths()) {
    if (depth < 1) return emitOpError() << "depth " << depth << " holds no object";
    if (depth > 1 << 20) {
      return emitOpError() << "depth " << depth << " is more than any memory holds";
    }
  }
  return mlir::success();
}

llvm::LogicalResult ObjectFifoLinkOp::verify() {
  const auto symbols = [](mlir::ArrayAttr list) {
    return llvm::all_of(
        list, [](mlir::Attribute each) { return mlir::isa<mlir::FlatSymbolRefAttr>(each); });
  };
  if (!symbols(getInputs()) || !symbols(getOutputs())) {
    return emitOpError("joins object FIFOs by their names: [@a] -> [@b]");
  }
  if (getInputs().empty() || getOutputs().empty()) {
    return emitOpError("needs an object FIFO on each side");
  }
  for (const auto& [offsets, names, side] : {std::tuple{getSrcOffsetsAttr(), getInputs(), "source"},
                                             {getDstOffsetsAttr(), getOutputs(), "destination"}}) {
    if (!offsets || offsets.empty()) continue;
    if (!llvm::all_of(offsets, is_plain_integer)) return emitOpError("offsets must be integers");
    if (offsets.size() != names.size()) {
      return emitOpError() << offsets.size() << ' ' << side << " offsets for " << names.size()
                           << " object FIFOs";
    }
  }
  return mlir::success();
}

}  // namespace shiftwise::dialect::ops
