// SPDX-License-Identifier: Apache-2.0
// What a simulated run has to say.
#pragma once

#include "report/report.h"
#include "sim/array.h"

namespace shiftwise::cli {

/// `images` is how many the run's output holds; `everything` adds channels, streams and FIFOs.
void add_run(report::Report& report, const sim::Result& result, int images, bool everything);

}  // namespace shiftwise::cli
