// SPDX-License-Identifier: Apache-2.0
// The tables of bench.
#pragma once

#include <vector>

#include "cpu/profile.h"
#include "report/report.h"

namespace shiftwise::cli {

struct BatchTimes {
  int images = 0;
  std::vector<double> seconds;  ///< of every repetition of the whole batch, ascending
};

/// The peak, and a row for each batch size.
void add_batches(report::Report& report, const std::vector<BatchTimes>& batches,
                 const cpu::Profile& profile);

/// A roofline: a row for each step; `images` is what the profile was made with.
void add_steps(report::Report& report, const cpu::Profile& profile, int images);

}  // namespace shiftwise::cli
