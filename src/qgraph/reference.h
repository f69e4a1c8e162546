// SPDX-License-Identifier: Apache-2.0
// The reference executor: slow, readable, and the norm for every bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::qgraph {

/// The codes of one image at one node, [C][H][W], widened to 32 bits whatever their element.
using Codes = std::vector<std::int32_t>;

/// Runs one image through the whole network and returns the codes of every node, in node
/// order. input: [C][H][W], within the range of the input's element.
std::vector<Codes> run_reference(const QGraph& graph, std::span<const std::int32_t> input);

/// Each requantization of one node on one image, as a report counts them.
struct RequantizeCounts {
  std::int64_t values = 0;
  std::int64_t saturated_low = 0;   ///< below the output's range (for uint8: the ReLU)
  std::int64_t saturated_high = 0;  ///< above the output's range
  std::int64_t ties = 0;            ///< exactly between two results
  std::int64_t largest = 0;         ///< largest |sum| before requantization
};

/// As run_reference, and adds what each node's requantization did to `counts` (one entry per
/// node).
std::vector<Codes> run_reference(const QGraph& graph, std::span<const std::int32_t> input,
                                 std::vector<RequantizeCounts>& counts);

}  // namespace shiftwise::qgraph
