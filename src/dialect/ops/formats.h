// SPDX-License-Identifier: Apache-2.0
// Pieces of syntax that the operations' formats name (custom<...>), and that hand-written
// parsers share.
#pragma once

#include <string>

#include "dialect/ops/ops.h"

namespace shiftwise::dialect::ops {

/// A word that may stand in quotes: npu1_1col, "npu1_1col".
mlir::ParseResult parseWord(mlir::OpAsmParser& parser, mlir::StringAttr& word);
void printWord(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::StringAttr word);

/// An integer, decimal or hexadecimal, whose type (": i32") may follow and says nothing.
mlir::ParseResult parseInt(mlir::OpAsmParser& parser, mlir::IntegerAttr& number);
void printInt(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::IntegerAttr number);

/// An integer, or `?`.
mlir::ParseResult parseIntOrOpen(mlir::OpAsmParser& parser, mlir::IntegerAttr& number);
void printIntOrOpen(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::IntegerAttr number);

/// A comma and an integer, or nothing.
mlir::ParseResult parseOptionalInt(mlir::OpAsmParser& parser, mlir::IntegerAttr& number);
void printOptionalInt(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::IntegerAttr number);

/// [<size = 4, stride = 16>, <size = 16, stride = 1>]; the names may be missing or those of 2023.
mlir::ParseResult parse_dimensions(mlir::AsmParser& parser, DimArrayAttr& dimensions);
void print_dimensions(mlir::AsmPrinter& printer, DimArrayAttr dimensions);

/// [<const_pad_before = 1, const_pad_after = 0>].
mlir::ParseResult parse_padding(mlir::AsmParser& parser, PadArrayAttr& padding);
void print_padding(mlir::AsmPrinter& printer, PadArrayAttr padding);

/// <pkt_type = 0, pkt_id = 2>, in either order.
mlir::ParseResult parse_packet(mlir::AsmParser& parser, PacketAttr& packet);
void print_packet(mlir::AsmPrinter& printer, PacketAttr packet);

/// An integer or a value.
struct Mixed {
  std::optional<std::int64_t> constant;
  mlir::OpAsmParser::UnresolvedOperand value;
};
mlir::ParseResult parse_mixed(mlir::OpAsmParser& parser, Mixed& mixed);

/// [1, %n, 4]: constants go to `numbers`, with ShapedType::kDynamic for each value.
mlir::ParseResult parse_mixed_list(
    mlir::OpAsmParser& parser, llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand>& values,
    llvm::SmallVectorImpl<std::int64_t>& numbers);
void print_mixed_list(mlir::OpAsmPrinter& printer, mlir::ValueRange values,
                      llvm::ArrayRef<std::int64_t> numbers);
/// The two halves of such a list as one.
llvm::SmallVector<mlir::OpFoldResult> mixed_list(mlir::ValueRange values,
                                                 llvm::ArrayRef<std::int64_t> numbers,
                                                 mlir::MLIRContext* context);

/// Whether the form of 2024 is being printed.
bool printing_2024(mlir::Operation* op);

// The formats that only one operation has.
mlir::ParseResult parseLockValue(mlir::OpAsmParser& parser, mlir::IntegerAttr& value,
                                 std::optional<mlir::OpAsmParser::UnresolvedOperand>& dynamic,
                                 mlir::Type& type, mlir::StringAttr& blocking);
void printLockValue(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::IntegerAttr value,
                    mlir::Value dynamic, mlir::Type type, mlir::StringAttr blocking);
mlir::ParseResult parseInitialValue(mlir::OpAsmParser& parser, mlir::Type memref,
                                    mlir::ElementsAttr& value);
void printInitialValue(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::Type memref,
                       mlir::ElementsAttr value);
mlir::ParseResult parseLinkOffsets(mlir::OpAsmParser& parser, mlir::ArrayAttr& source,
                                   mlir::ArrayAttr& destination);
void printLinkOffsets(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::ArrayAttr source,
                      mlir::ArrayAttr destination);
mlir::ParseResult parseAllocation(mlir::OpAsmParser& parser,
                                  std::optional<mlir::OpAsmParser::UnresolvedOperand>& tile,
                                  DmaDirectionAttr& direction, mlir::IntegerAttr& channel,
                                  mlir::IntegerAttr& column);
void printAllocation(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::Value tile,
                     DmaDirectionAttr direction, mlir::IntegerAttr channel,
                     mlir::IntegerAttr column);
mlir::ParseResult parseOptionalPacket(mlir::OpAsmParser& parser, PacketAttr& packet);
void printOptionalPacket(mlir::OpAsmPrinter& printer, mlir::Operation* op, PacketAttr packet);

}  // namespace shiftwise::dialect::ops
