// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hybrid/compare.h"
#include "hybrid/evaluate.h"
#include "report/report.h"

namespace shiftwise::cli {

/// Adds what comparing two executors found: how many images and codes, and the first
/// difference if there is one. `label` is for people; `norm` names what was expected.
void add_comparison(report::Report& report, const char* key, const char* label, const char* norm,
                    const hybrid::Verification& found);

/// Adds the first difference of two models' contents (JSON "difference", null if none).
void add_difference(report::Report& report, const std::optional<hybrid::Difference>& found);

}  // namespace shiftwise::cli
