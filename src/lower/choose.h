// SPDX-License-Identifier: Apache-2.0
// Which of the layouts that fit is the best one.
#pragma once

#include <vector>

#include "lower/make.h"

namespace shiftwise::lower {

/// The layout of the mapping with the least time between images, by the bounds of cost.h. The
/// design's notes say why, and what bounds it. Throws Error where none fits.
Made choose(const qgraph::QGraph& network, const std::vector<Block>& blocks,
            const Options& options);

}  // namespace shiftwise::lower
