// SPDX-License-Identifier: Apache-2.0
// The DMA programs that the text spells out: aie.mem, aie.memtile_dma, aie.shim_dma.
#pragma once

#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// Adds a task for each channel that the programs of `device` start.
void read_dma_programs(ops::DeviceOp device, const Names& names, Design& design);

}  // namespace shiftwise::dialect
