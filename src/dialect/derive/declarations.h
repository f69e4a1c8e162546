// SPDX-License-Identifier: Apache-2.0
// What a device op declares: tiles, buffers, locks, object FIFOs, circuits, names.
#pragma once

#include "dialect/derive/module.h"
#include "target/facts.h"

namespace shiftwise::dialect {

/// Everything but programs (cores, DMAs, sequences). Throws Error for tiles that are not
/// there and for things on tiles of the wrong kind.
Design read_declarations(ops::DeviceOp device, const target::Facts& facts, Names& names);

}  // namespace shiftwise::dialect
