// SPDX-License-Identifier: Apache-2.0
// From when bytes reached the host to the time of an image.
#pragma once

#include <optional>

#include "sim/statistics.h"

namespace shiftwise::sim {

struct Pace {
  Cycles latency = 0;   ///< from the start of the sequence to the first image's last byte
  double interval = 0;  ///< between images, from the first to the last; 0 for a single one
};

/// Takes the run's output as `images` equal parts, in the order in which they arrive. Nothing
/// where no output came.
std::optional<Pace> pace(const Statistics& statistics, int images);

}  // namespace shiftwise::sim
