// SPDX-License-Identifier: Apache-2.0
// The bodies of cores as flat instruction lists.
#pragma once

#include "dialect/derive/fifos.h"
#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// Adds a program for each core of `device`, the ports that it uses, the kernels that it
/// calls and the scratch buffers that it allocates.
void read_cores(ops::DeviceOp device, const Names& names, const FifoPorts& ends, Design& design);

}  // namespace shiftwise::dialect
