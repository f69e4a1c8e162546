// SPDX-License-Identifier: Apache-2.0
// The mappings: which block goes where, and what flows between blocks.
#pragma once

#include <vector>

#include "lower/block.h"

namespace shiftwise::lower {

struct Layout {
  Style style = Style::kPublished;
  bool split = false;  ///< rows of blocks on more than four tiles go in two parts
  Slack slack = Slack::kAmple;
  int copies = 1;  ///< of the whole pipeline, side by side, which share the images
};

/// Columns that one copy takes. Throws Error where the style has no cut for a block, or a block
/// no place on the device.
int columns(const std::vector<Block>& blocks, const Layout& layout, Builder& builder);

/// published: mlir-aie's conv2_x, for any chain of blocks: a bottleneck is four cores of one
/// column (1x1, a 3x3 halved by output channels, 1x1 with the residual between the halves);
/// other blocks have one core for each layer. Columns follow each other in a snake.
/// balanced: other cuts of bottlenecks (cut.h), and copies. Returns whether rows go in parts
/// anywhere: where they may, some blocks cannot.
bool plan(const std::vector<Block>& blocks, const Layout& layout, Builder& builder);

}  // namespace shiftwise::lower
