// SPDX-License-Identifier: Apache-2.0
// Text to a module and back. Includes MLIR.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "dialect/text/text.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace shiftwise::dialect {

/// A context that knows everything a design may hold, single-threaded.
std::unique_ptr<mlir::MLIRContext> make_context();

struct ParsedModule {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::map<std::string, int> skipped;  ///< operations that were left out, and how often
};

/// Parses and verifies. What follows is simpler for it: sequences that were functions (early
/// 2024) are aie.runtime_sequence, attributes have their present names. Locations are those of
/// `text`. Throws Error (what, the place and its line, MLIR's reason, a hint).
ParsedModule parse_module(const std::string& text, const std::string& name);

/// The module in the form of `era`; `module` stays as it is. Throws Error where that form
/// cannot say it.
std::string print_module(mlir::ModuleOp module, Era era);

}  // namespace shiftwise::dialect
