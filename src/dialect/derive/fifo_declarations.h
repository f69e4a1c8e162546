// SPDX-License-Identifier: Apache-2.0
// The text of object FIFOs.
#pragma once

#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// Adds an objectfifo, a link or an allocate to `design`; false for other operations.
bool read_fifo_declaration(mlir::Operation* op, Design& design);

/// Notes how many objects the cores of `device` acquire at most, which decides how deep pools
/// are.
void count_acquires(ops::DeviceOp device, Design& design);

}  // namespace shiftwise::dialect
