// SPDX-License-Identifier: Apache-2.0
#include "sim/pace.h"

#include <algorithm>

namespace shiftwise::sim {
namespace {

/// When a channel had brought `part` of `parts` of its bytes.
Cycles time_of_part(const OutputStatistics& output, std::int64_t part, std::int64_t parts) {
  const std::int64_t total = output.arrivals.back().bytes;
  const auto reached = std::ranges::find_if(output.arrivals, [&](const Arrival& arrival) {
    return arrival.bytes * parts >= total * part;
  });
  return reached->time;
}

}  // namespace

std::optional<Pace> pace(const Statistics& statistics, int images) {
  if (statistics.outputs.empty() || images < 1) return std::nullopt;
  Cycles first = 0;
  Cycles last = 0;
  for (const OutputStatistics& output : statistics.outputs) {
    first = std::max(first, time_of_part(output, 1, images));
    last = std::max(last, time_of_part(output, images, images));
  }
  return Pace{
      .latency = first - statistics.begin,
      .interval =
          images == 1 ? 0 : static_cast<double>(last - first) / static_cast<double>(images - 1)};
}

}  // namespace shiftwise::sim
