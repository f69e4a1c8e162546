// SPDX-License-Identifier: Apache-2.0
// What quantization did, layer by layer, on a few calibration images.
#pragma once

#include "quant/plan.h"

namespace shiftwise::quant {

struct Measurement {
  std::vector<LayerReport> layers;
  double output_sqnr_db = 0;
};

/// Runs the float part and the reference executor side by side on the first data.count
/// images (at most kBatchImages).
Measurement measure(const Part& part, const Assembly& assembly, const CalibrationData& data);

}  // namespace shiftwise::quant
