// SPDX-License-Identifier: Apache-2.0
// Cross-layer equalization: channels of neighbouring layers scaled against each other so that
// one scale per weight tensor fits all of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::quant {

/// Layers (Conv2d, Linear) whose output channels are scaled by s, and layers whose input
/// channels are scaled by 1/s, leaving the function unchanged.
struct EqualizationRegion {
  std::vector<graph::NodeId> sources;
  std::vector<graph::NodeId> sinks;
  friend bool operator==(const EqualizationRegion&, const EqualizationRegion&) = default;
};

/// The regions of a network without batch norms, in the order of their first source. ReLU
/// and pools are transparent; an add joins the regions of its operands; a region that
/// touches the network's input through an add, its output, or channels that are padded with
/// zeros is none.
std::vector<EqualizationRegion> find_regions(const graph::Graph& graph);

/// Multiplies what the sources produce by s, channel by channel, and divides what the sinks
/// read by it.
void rescale(graph::Graph& graph, const EqualizationRegion& region, const std::vector<float>& s);

/// The bias shrink factor k of one source (docs/numerics.md, eq. 15): biases count towards a
/// channel's range as |b| / k.
struct ShrinkFactor {
  int k = 2;
  double median = 0;
  double mean = 0;
  /// A statistic lies so close to a limit that another order of summation could change k.
  bool ambiguous = false;
};
ShrinkFactor shrink_factor(std::span<const float> weight, std::span<const float> bias);

struct EqualizationResult {
  int sweeps = 0;
  float last_change = 0;  ///< max |1 - s| of the last sweep
  std::vector<std::string> warnings;
};

/// Sweeps over all regions until max |1 - s| < 0.05, in place, float32 operation by operation
/// as docs/numerics.md eq. 14 to 16 say (the same bits as Brevitas with an IEEE square root).
EqualizationResult equalize(graph::Graph& graph);

}  // namespace shiftwise::quant
