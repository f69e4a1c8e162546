// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace shiftwise::dialect {

/// Replaces affine operations by loops, arithmetic, loads and stores, which is all that the rest of
/// the room reads. Throws Error where one cannot be replaced.
void lower_affine(mlir::ModuleOp module);

}  // namespace shiftwise::dialect
