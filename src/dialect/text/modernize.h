// SPDX-License-Identifier: Apache-2.0
// A parsed module of any year to the one shape that everything behind the parser expects.
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace shiftwise::dialect {

/// Sequences that were functions become aie.runtime_sequence; attributes and devices get present
/// names.
void modernize(mlir::ModuleOp module);

}  // namespace shiftwise::dialect
