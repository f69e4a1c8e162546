// SPDX-License-Identifier: Apache-2.0
// Which blocks the balanced mapping divides otherwise, and where it cuts.
#pragma once

#include <optional>
#include <vector>

#include "lower/planner.h"

namespace shiftwise::lower {

/// The second 1x1 of a bottleneck on two cores: its own makes the first `groups` of the output
/// groups, the first 1x1's core the others.
struct Spread {
  int groups = 0;
};

/// 1x1, 3x3, 1x1 on a device with four compute rows.
bool is_bottleneck(const qgraph::QGraph& graph, const Block& block, const target::Device& device);

/// One entry per block; empty where the published division is as good. Says why in the
/// design's notes.
std::vector<std::optional<Spread>> spread(const std::vector<Block>& blocks, const Layout& layout,
                                          Builder& builder);

}  // namespace shiftwise::lower
