// SPDX-License-Identifier: Apache-2.0
// aie.dma_bd: three generations of text, one operation.
#include "dialect/ops/formats.h"

namespace shiftwise::dialect::ops {

using mlir::failed;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::ParseResult;
using mlir::success;
using Operand = OpAsmParser::UnresolvedOperand;

namespace {

/// What a descriptor's parentheses may hold after the buffer.
struct Pieces {
  llvm::SmallVector<Operand> offset;
  llvm::SmallVector<Operand> len;
  llvm::SmallVector<Operand> sizes;
  llvm::SmallVector<Operand> strides;
  mlir::NamedAttrList attributes;
};

void set_pattern(OpAsmParser& parser, Pieces& pieces, llvm::ArrayRef<std::int64_t> sizes,
                 llvm::ArrayRef<std::int64_t> strides) {
  if (sizes.empty() && strides.empty()) return;  // linear, said at length
  pieces.attributes.set("static_sizes", parser.getBuilder().getDenseI64ArrayAttr(sizes));
  pieces.attributes.set("static_strides", parser.getBuilder().getDenseI64ArrayAttr(strides));
}

ParseResult parse_pattern(OpAsmParser& parser, Pieces& pieces) {
  DimArrayAttr dimensions;
  if (parse_dimensions(parser, dimensions)) return failure();
  set_pattern(parser, pieces, dimensions.getSizes(), dimensions.getStrides());
  return success();
}

ParseResult parse_number(OpAsmParser& parser, Pieces& pieces, llvm::StringRef key,
                         llvm::SmallVectorImpl<Operand>& values) {
  Mixed mixed;
  if (parse_mixed(parser, mixed)) return failure();
  if (mixed.constant) {
    pieces.attributes.set(key, parser.getBuilder().getI64IntegerAttr(*mixed.constant));
  } else {
    values.push_back(mixed.value);
  }
  return success();
}

ParseResult parse_pad(OpAsmParser& parser, Pieces& pieces) {
  PadArrayAttr padding;
  if (parse_padding(parser, padding)) return failure();
  pieces.attributes.set("padding", padding);
  return success();
}

ParseResult parse_pad_value(OpAsmParser& parser, Pieces& pieces) {
  mlir::IntegerAttr value;
  if (parseInt(parser, value)) return failure();
  pieces.attributes.set("pad_value", value);
  return success();
}

/// `offset = 0 len = 64 sizes = [..] strides = [..] pad [..] pad_value = 0`, each optional.
ParseResult parse_keyed(OpAsmParser& parser, Pieces& pieces) {
  if (succeeded(parser.parseOptionalKeyword("offset")) &&
      (parser.parseEqual() || parse_number(parser, pieces, "static_offset", pieces.offset))) {
    return failure();
  }
  if (succeeded(parser.parseOptionalKeyword("len")) &&
      (parser.parseEqual() || parse_number(parser, pieces, "static_len", pieces.len))) {
    return failure();
  }
  if (succeeded(parser.parseOptionalKeyword("sizes"))) {
    llvm::SmallVector<std::int64_t> sizes;
    llvm::SmallVector<std::int64_t> strides;
    if (parser.parseEqual() || parse_mixed_list(parser, pieces.sizes, sizes) ||
        parser.parseKeyword("strides") || parser.parseEqual() ||
        parse_mixed_list(parser, pieces.strides, strides)) {
      return failure();
    }
    set_pattern(parser, pieces, sizes, strides);
  }
  if (succeeded(parser.parseOptionalKeyword("pad")) && parse_pad(parser, pieces)) return failure();
  if (succeeded(parser.parseOptionalKeyword("pad_value"))) {
    return failure(parser.parseEqual() || parse_pad_value(parser, pieces));
  }
  return success();
}

/// `, 0, 64, [<..>], [<..>], pad_value = 0`, or the same by keyword after a comma.
ParseResult parse_listed(OpAsmParser& parser, Pieces& pieces) {
  unsigned numbers = 0;
  bool pattern = false;
  bool padded = false;
  do {
    if (succeeded(parser.parseOptionalKeyword("dims"))) {
      if (parser.parseEqual() || parse_pattern(parser, pieces)) return failure();
      pattern = true;
    } else if (succeeded(parser.parseOptionalKeyword("pad_dims"))) {
      if (parser.parseEqual() || parse_pad(parser, pieces)) return failure();
      padded = true;
    } else if (succeeded(parser.parseOptionalKeyword("pad_value"))) {
      if (parser.parseEqual() || parse_pad_value(parser, pieces)) return failure();
    } else if (padded) {
      if (parse_pad_value(parser, pieces)) return failure();
    } else if (pattern) {
      if (parse_pad(parser, pieces)) return failure();
      padded = true;
    } else {
      Mixed mixed;
      const mlir::OptionalParseResult value = parser.parseOptionalOperand(mixed.value);
      std::int64_t number = 0;
      if (!value.has_value()) {
        const mlir::OptionalParseResult literal = parser.parseOptionalInteger(number);
        if (!literal.has_value()) {
          if (parse_pattern(parser, pieces)) return failure();
          pattern = true;
          continue;
        }
        if (failed(*literal)) return failure();
      } else if (failed(*value)) {
        return failure();
      }
      if (numbers == 2) {
        return parser.emitError(parser.getCurrentLocation(),
                                "expected dimensions after the offset and the length");
      }
      const char* key = numbers == 0 ? "static_offset" : "static_len";
      if (value.has_value()) {
        (numbers == 0 ? pieces.offset : pieces.len).push_back(mixed.value);
      } else {
        pieces.attributes.set(key, parser.getBuilder().getI64IntegerAttr(number));
      }
      ++numbers;
    }
  } while (succeeded(parser.parseOptionalComma()));
  return success();
}

/// The printer of 2024 wrote `offset`, `len`, `dimensions` and `pad_dimensions` into the
/// dictionary.
void take_from_dictionary(OpAsmParser& parser, Pieces& pieces, mlir::NamedAttrList& dictionary) {
  for (const auto& [from, to] : {std::pair{"offset", "static_offset"}, {"len", "static_len"}}) {
    if (mlir::Attribute number = dictionary.get(from); is_plain_integer(number)) {
      dictionary.erase(from);
      pieces.attributes.set(to, parser.getBuilder().getI64IntegerAttr(
                                    value_of(mlir::cast<mlir::IntegerAttr>(number))));
    }
  }
  if (auto dims = mlir::dyn_cast_or_null<DimArrayAttr>(dictionary.get("dimensions"))) {
    dictionary.erase("dimensions");
    set_pattern(parser, pieces, dims.getSizes(), dims.getStrides());
  }
  if (auto pads = mlir::dyn_cast_or_null<PadArrayAttr>(dictionary.get("pad_dimensions"))) {
    dictionary.erase("pad_dimensions");
    pieces.attributes.set("padding", pads);
  }
}

std::optional<mlir::OpFoldResult> number_or_value(mlir::ValueRange values,
                                                  mlir::IntegerAttr number) {
  if (!values.empty()) return mlir::OpFoldResult(values.front());
  if (number) return mlir::OpFoldResult(number);
  return std::nullopt;
}

void print_number(mlir::OpAsmPrinter& printer, mlir::OpFoldResult number) {
  if (const auto value = mlir::dyn_cast<mlir::Value>(number)) {
    printer << value;
  } else {
    printer << value_of(mlir::cast<mlir::IntegerAttr>(mlir::cast<mlir::Attribute>(number)));
  }
}

constexpr llvm::StringRef kElidedOfDescriptor[] = {
    "operandSegmentSizes", "static_offset", "static_len", "static_sizes",
    "static_strides",      "padding",       "pad_value"};

}  // namespace

ParseResult DmaBdOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  Operand buffer;
  mlir::Type type;
  Pieces pieces;
  mlir::NamedAttrList dictionary;
  if (parser.parseLParen() || parser.parseOperand(buffer) || parser.parseColonType(type)) {
    return failure();
  }
  if (succeeded(parser.parseOptionalComma()) ? parse_listed(parser, pieces)
                                             : parse_keyed(parser, pieces)) {
    return failure();
  }
  if (parser.parseRParen() || parser.parseOptionalAttrDict(dictionary)) return failure();
  take_from_dictionary(parser, pieces, dictionary);
  const mlir::Type number = parser.getBuilder().getI32Type();
  if (parser.resolveOperand(buffer, type, result.operands) ||
      parser.resolveOperands(pieces.offset, number, result.operands) ||
      parser.resolveOperands(pieces.len, number, result.operands) ||
      parser.resolveOperands(pieces.sizes, number, result.operands) ||
      parser.resolveOperands(pieces.strides, number, result.operands)) {
    return failure();
  }
  const auto count = [](const auto& list) { return static_cast<std::int32_t>(list.size()); };
  dictionary.append(pieces.attributes);
  dictionary.set("operandSegmentSizes", parser.getBuilder().getDenseI32ArrayAttr(
                                            {1, count(pieces.offset), count(pieces.len),
                                             count(pieces.sizes), count(pieces.strides)}));
  result.addAttributes(dictionary);
  return success();
}

void DmaBdOp::print(mlir::OpAsmPrinter& printer) {
  printer << '(' << getBuffer() << " : " << getBuffer().getType();
  const bool old = printing_2024(*this);
  const bool pattern = getStaticSizes().has_value();
  const auto offset = getOffset();
  const auto len = getLen();
  if (old) {
    // A position is only readable with everything in front of it.
    const bool more = len || pattern || getPaddingAttr();
    if (offset || more) printer << ", ";
    if (offset) {
      print_number(printer, *offset);
    } else if (more) {
      printer << '0';
    }
    if (len) {
      printer << ", ";
      print_number(printer, *len);
    }
    if (pattern) {
      printer << ", ";
      print_dimensions(printer,
                       DimArrayAttr::get(getContext(), *getStaticSizes(), *getStaticStrides()));
    } else if (getPaddingAttr()) {
      printer << ", []";
    }
    if (getPaddingAttr()) {
      printer << ", ";
      print_padding(printer, getPaddingAttr());
    }
    if (getPadValue()) printer << ", pad_value = " << *getPadValue();
  } else {
    if (offset) {
      printer << " offset = ";
      print_number(printer, *offset);
    }
    if (len) {
      printer << " len = ";
      print_number(printer, *len);
    }
    if (pattern) {
      printer << " sizes = ";
      print_mixed_list(printer, getDynamicSizes(), *getStaticSizes());
      printer << " strides = ";
      print_mixed_list(printer, getDynamicStrides(), *getStaticStrides());
    }
    if (getPaddingAttr()) {
      printer << " pad ";
      print_padding(printer, getPaddingAttr());
    }
    if (getPadValue()) printer << " pad_value = " << *getPadValue();
  }
  printer << ')';
  printer.printOptionalAttrDict((*this)->getAttrs(), kElidedOfDescriptor);
}

std::optional<mlir::OpFoldResult> DmaBdOp::getOffset() {
  return number_or_value(getDynamicOffset(), getStaticOffsetAttr());
}

std::optional<mlir::OpFoldResult> DmaBdOp::getLen() {
  return number_or_value(getDynamicLen(), getStaticLenAttr());
}

llvm::SmallVector<mlir::OpFoldResult> DmaBdOp::getSizes() {
  return mixed_list(getDynamicSizes(), getStaticSizes().value_or(llvm::ArrayRef<std::int64_t>()),
                    getContext());
}

llvm::SmallVector<mlir::OpFoldResult> DmaBdOp::getStrides() {
  return mixed_list(getDynamicStrides(),
                    getStaticStrides().value_or(llvm::ArrayRef<std::int64_t>()), getContext());
}

}  // namespace shiftwise::dialect::ops
