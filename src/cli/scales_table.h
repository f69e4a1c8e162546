// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "qgraph/qgraph.h"
#include "report/report.h"

namespace shiftwise::cli {

/// Adds the integer network's exponents and combined shifts, one row per layer ("layers").
void add_scales_table(report::Report& report, const qgraph::QGraph& network);

}  // namespace shiftwise::cli
