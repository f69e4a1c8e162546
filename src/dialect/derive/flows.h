// SPDX-License-Identifier: Apache-2.0
// The text of circuits, packets and cascades.
#pragma once

#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// Adds a flow, packet flow or cascade to `design`; other operations are left to others.
void read_flow(mlir::Operation* op, Design& design);

}  // namespace shiftwise::dialect
