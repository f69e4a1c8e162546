// SPDX-License-Identifier: Apache-2.0
// Which images go together, and which tensors share memory.
#pragma once

#include "cpu/plan.h"

namespace shiftwise::cpu {

/// Fills plan.segments, scratch_bytes and the places of the tensors from the steps. With
/// `keep_all` no memory is shared.
void place_tensors(Plan& plan, bool keep_all);

}  // namespace shiftwise::cpu
