// SPDX-License-Identifier: Apache-2.0
// Regions with arguments: run-time sequences and bd_chains.
#include "dialect/ops/formats.h"

namespace shiftwise::dialect::ops {

using mlir::failure;
using mlir::OpAsmParser;
using mlir::ParseResult;

namespace {

ParseResult parse_arguments_and_body(OpAsmParser& parser, mlir::OperationState& result) {
  llvm::SmallVector<OpAsmParser::Argument> arguments;
  mlir::Region* body = result.addRegion();
  if (parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Paren, /*allowType=*/true) ||
      parser.parseRegion(*body, arguments) || parser.parseOptionalAttrDict(result.attributes)) {
    return failure();
  }
  if (body->empty()) {
    mlir::Block& block = body->emplaceBlock();
    for (const OpAsmParser::Argument& argument : arguments) {
      block.addArgument(argument.type, argument.sourceLoc ? *argument.sourceLoc : result.location);
    }
  }
  return mlir::success();
}

void print_arguments_and_body(mlir::OpAsmPrinter& printer, mlir::Operation* op) {
  mlir::Region& body = op->getRegion(0);
  printer << '(';
  if (!body.empty()) {
    llvm::interleaveComma(body.getArguments(), printer, [&](mlir::BlockArgument argument) {
      printer.printRegionArgument(argument);
    });
  }
  printer << ") ";
  printer.printRegion(body, /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true);
  printer.printOptionalAttrDict(op->getAttrs(), {"sym_name"});
}

}  // namespace

ParseResult RuntimeSequenceOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  mlir::StringAttr name;
  (void)parser.parseOptionalSymbolName(name, "sym_name", result.attributes);
  return parse_arguments_and_body(parser, result);
}

void RuntimeSequenceOp::print(mlir::OpAsmPrinter& printer) {
  if (getSymNameAttr()) {
    printer << ' ';
    printer.printSymbolName(*getSymName());
  }
  print_arguments_and_body(printer, *this);
}

ParseResult BdChainOp::parse(OpAsmParser& parser, mlir::OperationState& result) {
  mlir::StringAttr name;
  if (parser.parseSymbolName(name, "sym_name", result.attributes)) return failure();
  return parse_arguments_and_body(parser, result);
}

void BdChainOp::print(mlir::OpAsmPrinter& printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  print_arguments_and_body(printer, *this);
}

}  // namespace shiftwise::dialect::ops
