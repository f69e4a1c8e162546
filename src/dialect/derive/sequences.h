// SPDX-License-Identifier: Apache-2.0
// Runtime sequences, carried out once with the values of the text: loops are run, conditions
// decided, and what is left is the list of things that the array's controller does.
#pragma once

#include "dialect/derive/module.h"

namespace shiftwise::dialect {

/// Adds every sequence of `device`.
void read_sequences(ops::DeviceOp device, const Names& names, Design& design);

}  // namespace shiftwise::dialect
