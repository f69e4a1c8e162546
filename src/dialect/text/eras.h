// SPDX-License-Identifier: Apache-2.0
// A module whose operations have the form of a year, ready to be printed.
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace shiftwise::dialect {

/// Acquires yield objects, numbers of commands are operands, allocations name tiles.
void to_present(mlir::ModuleOp module);

/// The reverse. Throws Error for what text of 2024 cannot say: numbers that are computed,
/// several devices, tiles whose place is open.
void to_2024(mlir::ModuleOp module);

}  // namespace shiftwise::dialect
