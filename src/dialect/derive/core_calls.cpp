// SPDX-License-Identifier: Apache-2.0
// Calls of cores: kernels, and functions of the module, which are written out.
#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/core_translator.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {

void CoreTranslator::call(mlir::Operation& op) {
  const auto callee = op.getAttrOfType<mlir::FlatSymbolRefAttr>("callee");
  mlir::Operation* function =
      callee ? mlir::SymbolTable::lookupNearestSymbolFrom(&op, callee) : nullptr;
  if (function == nullptr || function->getNumRegions() != 1) {
    refuse_invalid(where(&op), "it calls what is not a function",
                   "declare it: func.func private @name(types)");
  }
  if (!function->getRegion(0).empty()) return write_out(op, *function);
  const Index index = kernel(*function);
  const Kernel& called = design_.program.kernels[static_cast<std::size_t>(index)];
  std::vector<Index> operands;
  for (const auto [operand, argument] : llvm::zip(op.getOperands(), called.arguments)) {
    operands.push_back(argument.memref ? read_view(operand) : read(operand));
  }
  Index result = kNone;
  if (op.getNumResults() > 1) refuse_unsupported(where(&op), "a kernel with several results");
  if (op.getNumResults() == 1) {
    if (!op.getResult(0).getType().isIntOrIndexOrFloat()) {
      refuse_unsupported(where(&op), "a kernel whose result is not a number");
    }
    result = define(op.getResult(0));
  }
  code_.emit({.opcode = Opcode::kCall, .dst = result, .immediate = index}, operands);
}

void CoreTranslator::write_out(mlir::Operation& call, mlir::Operation& function) {
  if (!active_.insert(&function).second) {
    refuse_unsupported(where(&call), "the function calls itself", "write it as a loop");
  }
  mlir::Block& entry = function.getRegion(0).front();
  moves(call.getOperands(), entry.getArguments(), call);
  frames_.push_back({.results = call.getResults(), .inlined = true});
  region(function.getRegion(0));
  for (const Index exit : frames_.back().exits) code_.land(exit);
  frames_.pop_back();
  active_.erase(&function);
}

Index CoreTranslator::kernel(mlir::Operation& function) {
  const std::string symbol = mlir::SymbolTable::getSymbolName(&function).str();
  std::vector<Kernel>& kernels = design_.program.kernels;
  const auto found = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const Kernel& kernel) { return kernel.symbol == symbol; });
  if (found != kernels.end()) return static_cast<Index>(found - kernels.begin());
  Kernel added{.symbol = symbol, .location = location_of(&function)};
  const auto type = mlir::cast<mlir::FunctionType>(
      function.getAttrOfType<mlir::TypeAttr>("function_type").getValue());
  for (const mlir::Type input : type.getInputs()) {
    Kernel::Argument argument;
    llvm::raw_string_ostream(argument.text) << input;
    if (const auto memref = mlir::dyn_cast<mlir::MemRefType>(input)) {
      argument.memref = memref_type(memref, &function);
    } else if (input.isIntOrIndexOrFloat()) {
      // The array's index is 32 bits wide.
      argument.scalar_bits = input.isIndex() ? 32 : static_cast<int>(input.getIntOrFloatBitWidth());
      argument.is_float = mlir::isa<mlir::FloatType>(input);
    } else {
      refuse_unsupported(where(&function), fmt::format("an argument of {}", argument.text),
                         "kernels take memrefs and numbers");
    }
    added.arguments.push_back(std::move(argument));
  }
  if (const auto file = function.getAttrOfType<mlir::StringAttr>("link_with")) {
    added.link_with.push_back(file.getValue().str());
  }
  if (added.link_with.empty() && program_.link_with.empty()) {
    design_.program.notes.push_back(
        fmt::format("{}: no link_with says where kernel '{}' is; any library may have it",
                    added.location, symbol));
  }
  kernels.push_back(std::move(added));
  return static_cast<Index>(kernels.size()) - 1;
}

}  // namespace shiftwise::dialect
