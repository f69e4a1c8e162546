// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hybrid/model.h"
#include "quant/quantize.h"
#include "report/report.h"

namespace shiftwise::cli {

/// Adds what quantize found: the model, one row per layer in hardware terms ("layers"), how
/// sure each exponent is ("quantizers", JSON only) and warnings. Holds no paths: the same
/// inputs give the same report.json wherever they lie.
void add_quantization(report::Report& report, const hybrid::Model& model,
                      const quant::Result& result);

}  // namespace shiftwise::cli
