// SPDX-License-Identifier: Apache-2.0
#include "dialect/ops/formats.h"

#include <limits>

namespace shiftwise::dialect::ops {

using mlir::AsmParser;
using mlir::AsmPrinter;
using mlir::failed;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::OpAsmPrinter;
using mlir::ParseResult;
using mlir::success;
using Operand = OpAsmParser::UnresolvedOperand;

namespace {

constexpr std::int64_t kOpen = mlir::ShapedType::kDynamic;

mlir::IntegerAttr number_attr(AsmParser& parser, std::int64_t value) {
  const bool fits = value >= std::numeric_limits<std::int32_t>::min() &&
                    value <= std::numeric_limits<std::int32_t>::max();
  return parser.getBuilder().getIntegerAttr(
      fits ? parser.getBuilder().getI32Type() : parser.getBuilder().getI64Type(), value);
}

/// `name =` in front of a number, one of two names, or nothing.
ParseResult parse_label(AsmParser& parser, llvm::StringRef name, llvm::StringRef other) {
  if (failed(parser.parseOptionalKeyword(name)) && failed(parser.parseOptionalKeyword(other))) {
    return success();
  }
  return parser.parseEqual();
}

/// [<a = 1, b = 2>, ...] into two lists.
ParseResult parse_pairs(AsmParser& parser, std::array<llvm::StringRef, 2> firsts,
                        std::array<llvm::StringRef, 2> seconds,
                        llvm::SmallVectorImpl<std::int64_t>& left,
                        llvm::SmallVectorImpl<std::int64_t>& right) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() -> ParseResult {
    std::int64_t a = 0;
    std::int64_t b = 0;
    if (parser.parseLess() || parse_label(parser, firsts[0], firsts[1]) || parser.parseInteger(a) ||
        parser.parseComma() || parse_label(parser, seconds[0], seconds[1]) ||
        parser.parseInteger(b) || parser.parseGreater()) {
      return failure();
    }
    left.push_back(a);
    right.push_back(b);
    return success();
  });
}

void print_pairs(AsmPrinter& printer, llvm::StringRef first, llvm::StringRef second,
                 llvm::ArrayRef<std::int64_t> left, llvm::ArrayRef<std::int64_t> right) {
  printer << '[';
  for (std::size_t i = 0; i < left.size(); ++i) {
    printer << (i == 0 ? "<" : ", <") << first << " = " << left[i] << ", " << second << " = "
            << right[i] << '>';
  }
  printer << ']';
}

/// What follows a number and says nothing: ": i32".
ParseResult skip_type(AsmParser& parser) {
  if (failed(parser.parseOptionalColon())) return success();
  mlir::Type type;
  const llvm::SMLoc at = parser.getCurrentLocation();
  if (parser.parseType(type)) return failure();
  if (type.isIntOrIndex()) return success();
  return parser.emitError(at, "expected an integer type after the number");
}

}  // namespace

ParseResult parseWord(OpAsmParser& parser, mlir::StringAttr& word) {
  std::string text;
  if (parser.parseKeywordOrString(&text)) return failure();
  word = parser.getBuilder().getStringAttr(text);
  return success();
}

void printWord(OpAsmPrinter& printer, mlir::Operation*, mlir::StringAttr word) {
  printer.printKeywordOrString(word.getValue());
}

ParseResult parseInt(OpAsmParser& parser, mlir::IntegerAttr& number) {
  std::int64_t value = 0;
  if (parser.parseInteger(value)) return failure();
  number = number_attr(parser, value);
  return skip_type(parser);
}

void printInt(OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr number) {
  printer << value_of(number);
}

ParseResult parseIntOrOpen(OpAsmParser& parser, mlir::IntegerAttr& number) {
  if (succeeded(parser.parseOptionalQuestion())) return success();
  return parseInt(parser, number);
}

void printIntOrOpen(OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr number) {
  if (number) {
    printer << value_of(number);
  } else {
    printer << '?';
  }
}

ParseResult parseOptionalInt(OpAsmParser& parser, mlir::IntegerAttr& number) {
  if (failed(parser.parseOptionalComma())) return success();
  return parseInt(parser, number);
}

void printOptionalInt(OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr number) {
  if (number) printer << ", " << value_of(number);
}

ParseResult parse_dimensions(AsmParser& parser, DimArrayAttr& dimensions) {
  llvm::SmallVector<std::int64_t> sizes;
  llvm::SmallVector<std::int64_t> strides;
  if (parse_pairs(parser, {"size", "wrap"}, {"stride", "step"}, sizes, strides)) return failure();
  dimensions = DimArrayAttr::get(parser.getContext(), sizes, strides);
  return success();
}

void print_dimensions(AsmPrinter& printer, DimArrayAttr dimensions) {
  print_pairs(printer, "size", "stride", dimensions.getSizes(), dimensions.getStrides());
}

ParseResult parse_padding(AsmParser& parser, PadArrayAttr& padding) {
  llvm::SmallVector<std::int64_t> befores;
  llvm::SmallVector<std::int64_t> afters;
  if (parse_pairs(parser, {"const_pad_before", "before"}, {"const_pad_after", "after"}, befores,
                  afters)) {
    return failure();
  }
  padding = PadArrayAttr::get(parser.getContext(), befores, afters);
  return success();
}

void print_padding(AsmPrinter& printer, PadArrayAttr padding) {
  print_pairs(printer, "const_pad_before", "const_pad_after", padding.getBefores(),
              padding.getAfters());
}

ParseResult parse_packet(AsmParser& parser, PacketAttr& packet) {
  std::int64_t numbers[2] = {0, 0};  // type, id
  bool seen[2] = {false, false};
  if (parser.parseLess()) return failure();
  for (int i = 0; i < 2; ++i) {
    if (i == 1 && parser.parseComma()) return failure();
    const llvm::SMLoc at = parser.getCurrentLocation();
    llvm::StringRef name;
    if (parser.parseKeyword(&name)) return failure();
    const int which = name == "pkt_type" ? 0 : name == "pkt_id" ? 1 : 2;
    if (which == 2 || seen[which]) {
      return parser.emitError(at, "expected one 'pkt_type' and one 'pkt_id'");
    }
    seen[which] = true;
    if (parser.parseEqual() || parser.parseInteger(numbers[which])) return failure();
  }
  packet = PacketAttr::get(parser.getContext(), numbers[0], numbers[1]);
  return parser.parseGreater();
}

void print_packet(AsmPrinter& printer, PacketAttr packet) {
  printer << "<pkt_type = " << packet.getType() << ", pkt_id = " << packet.getId() << '>';
}

ParseResult parse_mixed(OpAsmParser& parser, Mixed& mixed) {
  const mlir::OptionalParseResult operand = parser.parseOptionalOperand(mixed.value);
  if (operand.has_value()) return *operand;
  std::int64_t number = 0;
  if (parser.parseInteger(number)) return failure();  // kOpen itself does not pass
  mixed.constant = number;
  return success();
}

ParseResult parse_mixed_list(OpAsmParser& parser, llvm::SmallVectorImpl<Operand>& values,
                             llvm::SmallVectorImpl<std::int64_t>& numbers) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() -> ParseResult {
    Mixed mixed;
    if (parse_mixed(parser, mixed)) return failure();
    if (!mixed.constant) values.push_back(mixed.value);
    numbers.push_back(mixed.constant.value_or(kOpen));
    return success();
  });
}

void print_mixed_list(OpAsmPrinter& printer, mlir::ValueRange values,
                      llvm::ArrayRef<std::int64_t> numbers) {
  printer << '[';
  unsigned next = 0;
  llvm::interleaveComma(numbers, printer, [&](std::int64_t number) {
    if (number == kOpen && next < values.size()) {
      printer << values[next++];
    } else {
      printer << number;
    }
  });
  printer << ']';
}

llvm::SmallVector<mlir::OpFoldResult> mixed_list(mlir::ValueRange values,
                                                 llvm::ArrayRef<std::int64_t> numbers,
                                                 mlir::MLIRContext* context) {
  llvm::SmallVector<mlir::OpFoldResult> result;
  mlir::Builder builder(context);
  unsigned next = 0;
  for (const std::int64_t number : numbers) {
    if (number == kOpen && next < values.size()) {
      result.emplace_back(values[next++]);
    } else {
      result.emplace_back(builder.getI64IntegerAttr(number));
    }
  }
  return result;
}

bool printing_2024(mlir::Operation* op) {
  return op->getContext()->getLoadedDialect<AieDialect>()->printing_2024;
}

ParseResult parseLockValue(OpAsmParser& parser, mlir::IntegerAttr& value,
                           std::optional<Operand>& dynamic, mlir::Type& type,
                           mlir::StringAttr& blocking) {
  if (failed(parser.parseOptionalComma())) return success();
  Mixed mixed;
  if (parse_mixed(parser, mixed) || (mixed.constant && skip_type(parser))) return failure();
  if (mixed.constant) {
    value = number_attr(parser, *mixed.constant);
  } else {
    dynamic = mixed.value;
    type = parser.getBuilder().getI32Type();
  }
  if (failed(parser.parseOptionalComma())) return success();
  return parseWord(parser, blocking);
}

void printLockValue(OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr value,
                    mlir::Value dynamic, mlir::Type, mlir::StringAttr blocking) {
  if (dynamic) {
    printer << ", " << dynamic;
  } else if (value || blocking) {
    printer << ", " << (value ? value_of(value) : 1);
  }
  if (blocking) {
    printer << ", ";
    printer.printKeywordOrString(blocking.getValue());
  }
}

ParseResult parseInitialValue(OpAsmParser& parser, mlir::Type memref, mlir::ElementsAttr& value) {
  if (failed(parser.parseOptionalEqual())) return success();
  const llvm::SMLoc at = parser.getCurrentLocation();
  const auto type = mlir::dyn_cast<mlir::MemRefType>(memref);
  if (!type || !type.hasStaticShape() ||
      !mlir::RankedTensorType::isValidElementType(type.getElementType())) {
    return parser.emitError(at, "a buffer of this type cannot have an initial value");
  }
  return parser.parseAttribute(value,
                               mlir::RankedTensorType::get(type.getShape(), type.getElementType()));
}

void printInitialValue(OpAsmPrinter& printer, mlir::Operation*, mlir::Type,
                       mlir::ElementsAttr value) {
  if (!value) return;
  printer << " = ";
  printer.printAttributeWithoutType(value);
}

ParseResult parseLinkOffsets(OpAsmParser& parser, mlir::ArrayAttr& source,
                             mlir::ArrayAttr& destination) {
  if (failed(parser.parseOptionalLParen())) return success();
  if (succeeded(parser.parseOptionalRParen())) return success();
  if (parser.parseAttribute(source) || parser.parseAttribute(destination)) return failure();
  return parser.parseRParen();
}

void printLinkOffsets(OpAsmPrinter& printer, mlir::Operation*, mlir::ArrayAttr source,
                      mlir::ArrayAttr destination) {
  const auto list = [&](mlir::ArrayAttr offsets) {
    printer << '[';
    if (offsets) {
      llvm::interleaveComma(offsets.getAsRange<mlir::IntegerAttr>(), printer,
                            [&](mlir::IntegerAttr offset) { printer << value_of(offset); });
    }
    printer << ']';
  };
  printer << '(';
  if (source || destination) {
    list(source);
    printer << ' ';
    list(destination);
  }
  printer << ')';
}

ParseResult parseAllocation(OpAsmParser& parser, std::optional<Operand>& tile,
                            DmaDirectionAttr& direction, mlir::IntegerAttr& channel,
                            mlir::IntegerAttr& column) {
  Operand operand;
  const mlir::OptionalParseResult has_tile = parser.parseOptionalOperand(operand);
  if (has_tile.has_value()) {
    if (failed(*has_tile) || parser.parseComma()) return failure();
    tile = operand;
  }
  const llvm::SMLoc at = parser.getCurrentLocation();
  std::string word;
  if (parser.parseKeywordOrString(&word)) return failure();
  const std::optional<DmaDirection> parsed = symbolizeDmaDirection(word);
  if (!parsed) return parser.emitError(at, "expected S2MM or MM2S");
  direction = DmaDirectionAttr::get(parser.getContext(), *parsed);
  if (parser.parseComma() || parseInt(parser, channel)) return failure();
  if (tile) return success();
  return failure(parser.parseComma() || parseInt(parser, column));
}

void printAllocation(OpAsmPrinter& printer, mlir::Operation*, mlir::Value tile,
                     DmaDirectionAttr direction, mlir::IntegerAttr channel,
                     mlir::IntegerAttr column) {
  if (tile) printer << tile << ", ";
  printer << stringifyDmaDirection(direction.getValue()) << ", " << value_of(channel);
  if (!tile && column) printer << ", " << value_of(column);
}

ParseResult parseOptionalPacket(OpAsmParser& parser, PacketAttr& packet) {
  if (failed(parser.parseOptionalComma())) return success();
  return parse_packet(parser, packet);
}

void printOptionalPacket(OpAsmPrinter& printer, mlir::Operation*, PacketAttr packet) {
  if (!packet) return;
  printer << ", ";
  print_packet(printer, packet);
}

}  // namespace shiftwise::dialect::ops
