// SPDX-License-Identifier: Apache-2.0
// The mappings: which job runs where, and what flows between them.
#pragma once

#include <vector>

#include "lower/builder.h"
#include "lower/layer.h"

namespace shiftwise::lower {

/// How much is held between two jobs. Lean: only what must be.
enum class Slack { kAmple, kLean };

struct Layout {
  Mapping mapping = Mapping::kPublished;
  Slack slack = Slack::kAmple;
};

/// published: mlir-aie's conv2_x, for any chain of blocks: a bottleneck is four cores of one
/// column (1x1, a 3x3 halved by output channels, 1x1 with the residual between the halves);
/// other blocks have one core for each layer. Columns follow each other in a snake.
/// balanced: the same, but a block's last 1x1 is spread over two cores where that lowers the
/// work of the busiest (spread.h).
void plan(const std::vector<Block>& blocks, const Layout& layout, Builder& builder);

}  // namespace shiftwise::lower
