// SPDX-License-Identifier: Apache-2.0
// aiex.npu.dma_memcpy_nd.
#include "dialect/ops/formats.h"

namespace shiftwise::dialect::ops {

using mlir::failed;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::ParseResult;
using mlir::success;
using Operand = OpAsmParser::UnresolvedOperand;

namespace {

constexpr llvm::StringRef kElidedOfMemcpy[] = {"operandSegmentSizes", "static_offsets",
                                               "static_sizes", "static_strides", "packet"};

/// The two coordinates that old text has in front of the buffer: `0, 0,` or `%x, %y,`.
ParseResult parse_coordinates_and_buffer(OpAsmParser& parser, Operand& buffer) {
  Mixed first;
  if (parse_mixed(parser, first)) return failure();
  if (failed(parser.parseOptionalComma())) {
    buffer = first.value;
    return first.constant ? parser.emitError(parser.getNameLoc(), "expected a buffer") : success();
  }
  Mixed second;
  return failure(parse_mixed(parser, second) || parser.parseComma() || parser.parseOperand(buffer));
}

/// `memref<..>`, or the list of all operands' types that text of 2023 has.
ParseResult parse_buffer_type(OpAsmParser& parser, mlir::Type& type) {
  if (failed(parser.parseOptionalLParen())) return parser.parseType(type);
  const auto one = [&]() -> ParseResult {
    const auto plain = [&]() -> ParseResult {
      mlir::Type each;
      if (parser.parseType(each)) return failure();
      if (!type && mlir::isa<mlir::BaseMemRefType>(each)) type = each;
      return success();
    };
    if (failed(parser.parseOptionalLSquare())) return plain();
    return failure(parser.parseCommaSeparatedList(plain) || parser.parseRSquare());
  };
  const llvm::SMLoc at = parser.getCurrentLocation();
  if (parser.parseCommaSeparatedList(one) || parser.parseRParen()) return failure();
  return type ? success() : parser.emitError(at, "expected a memref among the types");
}

}  // namespace

ParseResult MemcpyOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  Operand buffer;
  llvm::SmallVector<Operand> values[3];
  llvm::SmallVector<std::int64_t> numbers[3];
  if (parser.parseLParen() || parse_coordinates_and_buffer(parser, buffer)) return failure();
  for (int i = 0; i < 3; ++i) {
    if (parse_mixed_list(parser, values[i], numbers[i])) return failure();
  }
  if (numbers[2].size() == 3) numbers[2].push_back(1);
  if (succeeded(parser.parseOptionalComma())) {
    PacketAttr packet;
    if (parser.parseKeyword("packet") || parser.parseEqual() || parse_packet(parser, packet)) {
      return failure();
    }
    result.addAttribute("packet", packet);
  }
  mlir::Type type;
  if (parser.parseRParen() || parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColon() || parse_buffer_type(parser, type)) {
    return failure();
  }
  if (parser.resolveOperand(buffer, type, result.operands)) return failure();
  mlir::Builder& builder = parser.getBuilder();
  const char* const keys[3] = {"static_offsets", "static_sizes", "static_strides"};
  llvm::SmallVector<std::int32_t> segments = {1};
  for (int i = 0; i < 3; ++i) {
    result.addAttribute(keys[i], builder.getDenseI64ArrayAttr(numbers[i]));
    segments.push_back(static_cast<std::int32_t>(values[i].size()));
    if (parser.resolveOperands(values[i], builder.getI64Type(), result.operands)) return failure();
  }
  result.addAttribute("operandSegmentSizes", builder.getDenseI32ArrayAttr(segments));
  return success();
}

void MemcpyOp::print(mlir::OpAsmPrinter& printer) {
  printer << (printing_2024(*this) ? "(0, 0, " : "(") << getBuffer();
  print_mixed_list(printer, getDynamicOffsets(), getStaticOffsets());
  print_mixed_list(printer, getDynamicSizes(), getStaticSizes());
  print_mixed_list(printer, getDynamicStrides(), getStaticStrides());
  if (getPacketAttr()) {
    printer << ", packet = ";
    print_packet(printer, getPacketAttr());
  }
  printer << ')';
  printer.printOptionalAttrDict((*this)->getAttrs(), kElidedOfMemcpy);
  printer << " : " << getBuffer().getType();
}

llvm::SmallVector<mlir::OpFoldResult> MemcpyOp::getOffsets() {
  return mixed_list(getDynamicOffsets(), getStaticOffsets(), getContext());
}

llvm::SmallVector<mlir::OpFoldResult> MemcpyOp::getSizes() {
  return mixed_list(getDynamicSizes(), getStaticSizes(), getContext());
}

llvm::SmallVector<mlir::OpFoldResult> MemcpyOp::getStrides() {
  return mixed_list(getDynamicStrides(), getStaticStrides(), getContext());
}

llvm::LogicalResult MemcpyOp::verify() {
  if (getStaticOffsets().size() == 4 && getStaticSizes().size() == 4 &&
      getStaticStrides().size() == 4) {
    return mlir::success();
  }
  return emitOpError() << "has " << getStaticOffsets().size() << " offsets, "
                       << getStaticSizes().size() << " sizes and " << getStaticStrides().size()
                       << " strides; expected 4, 4 and 4 (or 3 strides, the innermost being 1)";
}

}  // namespace shiftwise::dialect::ops
