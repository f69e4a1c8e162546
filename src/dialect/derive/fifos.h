// SPDX-License-Identifier: Apache-2.0
// Object FIFOs become what the array has: pools of buffers, counting locks, DMA descriptors
// that walk the pools for ever, and circuits. The rules are those of mlir-aie's stateful
// transform (its lib/Dialect/AIE/Transforms/AIEObjectFifoStatefulTransform.cpp).
#pragma once

#include <map>

#include "dialect/derive/design.h"

namespace shiftwise::dialect {

/// What a core sees of each end: pool and locks. `core` is not set.
using FifoPorts = std::map<FifoUse, FifoPort>;

/// Adds pools, buffers, locks, tasks, routes and shim allocations to `design.program`.
/// Throws Error for FIFOs that contradict themselves, that the device cannot serve, or that
/// are not executed here.
FifoPorts lower_fifos(Design& design);

}  // namespace shiftwise::dialect
