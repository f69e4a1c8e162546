// SPDX-License-Identifier: Apache-2.0
#include "sim/pace.h"

#include <algorithm>

namespace shiftwise::sim {
namespace {

/// When a channel had brought `part` of `parts` of its bytes.
Cycles time_of_part(const OutputStatistics& output, std::int64_t part, std::int64_t parts) {
  // Products of what a host's buffer may have do not fit 64 bits; equal ones are rounded alike.
  const auto product = [](std::int64_t a, std::int64_t b) {
    return static_cast<double>(a) * static_cast<double>(b);
  };
  const std::int64_t total = output.arrivals.back().bytes;
  const auto reached = std::ranges::find_if(output.arrivals, [&](const Arrival& arrival) {
    return product(arrival.bytes, parts) >= product(total, part);
  });
  return reached->time;
}

/// When the bytes of the first of `images` were there that this output brings; nothing where it
/// brings others only. Where copies of a pipeline share the images, each fills its own part of
/// the host's buffer.
std::optional<Cycles> time_of_first(const Statistics& statistics, const OutputStatistics& output,
                                    int images) {
  const HostRange& range = output.range;
  if (range.begin == range.end) return time_of_part(output, 1, images);
  std::int64_t begin = range.begin;
  std::int64_t end = range.end;
  for (const OutputStatistics& other : statistics.outputs) {
    if (other.range.argument != range.argument || other.range.begin == other.range.end) continue;
    begin = std::min(begin, other.range.begin);
    end = std::max(end, other.range.end);
  }
  const std::int64_t part = begin + (end - begin) / images - range.begin;
  const std::int64_t parts = range.end - range.begin;
  if (part <= 0) return std::nullopt;
  return time_of_part(output, std::min(part, parts), parts);
}

}  // namespace

std::optional<Pace> pace(const Statistics& statistics, int images) {
  if (statistics.outputs.empty() || images < 1) return std::nullopt;
  Cycles first = 0;
  Cycles last = 0;
  Cycles latency = 0;
  for (const OutputStatistics& output : statistics.outputs) {
    first = std::max(first, time_of_part(output, 1, images));
    latency = std::max(latency, time_of_first(statistics, output, images).value_or(0));
    last = std::max(last, time_of_part(output, images, images));
  }
  return Pace{
      .latency = latency - statistics.begin,
      .interval =
          images == 1 ? 0 : static_cast<double>(last - first) / static_cast<double>(images - 1)};
}

}  // namespace shiftwise::sim
