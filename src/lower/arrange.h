// SPDX-License-Identifier: Apache-2.0
// Which tiles each block of a pipeline gets.
#pragma once

#include <vector>

#include "lower/block.h"

namespace shiftwise::lower {

struct Arrangement {
  std::vector<Site> sites;  ///< one for each block
  int columns = 0;          ///< in use, from the first one on
};

/// Bottlenecks take whole columns, other blocks the next free tiles of a column. Columns run up
/// and down in turn, so that what follows stands beside what it reads. What five- and six-tile
/// blocks need besides a column is in columns between them. Throws Error where the device ends.
Arrangement arrange(const qgraph::QGraph& graph, const std::vector<Block>& blocks,
                    const std::vector<Cut>& cuts, const target::Device& device, int first_column);

}  // namespace shiftwise::lower
