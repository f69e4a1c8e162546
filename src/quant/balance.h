// SPDX-License-Identifier: Apache-2.0
// Equalization that knows what flows: channels scaled so that rounding activations and
// weights to powers of two together disturbs the part's output least.
#pragma once

#include "core/progress.h"
#include "quant/plan.h"

namespace shiftwise::quant {

/// Rescales the channels of the part's equalization regions in place; the function that the
/// network computes stays the same (docs/numerics.md, eq. 24). The same for any number of
/// threads.
void balance(Part& part, const CalibrationData& data, Residual residual, core::Progress& progress);

}  // namespace shiftwise::quant
