// SPDX-License-Identifier: Apache-2.0
// How a block's layers are cut over tiles, and why so.
#pragma once

#include <vector>

#include "lower/builder.h"
#include "lower/layer.h"

namespace shiftwise::lower {

/// Of a block: how many tiles, and who does what (each has a file of its own).
enum class Shape {
  kChain,  ///< as published: one core a layer, a bottleneck's 3x3 halved over two
  kFour,   ///< a bottleneck whose last 1x1 is also made by the first one's core
  kFive,   ///< 3x3 on three cores, one of which makes a part of the last 1x1
  kSix,    ///< 3x3 on three cores, last 1x1 on three, one of which makes the first
};

/// A block's layers cut into output groups. Empty lists: one core for each layer.
struct Cut {
  Shape shape = Shape::kChain;
  std::vector<int> middle;  ///< of a bottleneck's 3x3, in order
  std::vector<int> last;    ///< of its last 1x1
};

/// Groups of the parts in which a block's output can leave, each with a core of its own that
/// sends it; one part where it cannot be split.
std::vector<int> output_parts(const Cut& cut);
/// Whether a block can take its input in such parts.
bool reads_parts(const Block& block, const Cut& cut, const std::vector<int>& parts);

/// What a planner may use for bottlenecks; every other block is a chain.
enum class Style {
  kPublished,  ///< kChain
  kFour,       ///< kFour where that is better
  kFive,       ///< kFive
  kSix,        ///< the first block kSix, the others kFive
};

/// One entry per block. `split`: rows between five- and six-tile blocks go in two parts. Says
/// why in the design's notes. Throws Error where the style has no cut for a block.
std::vector<Cut> cut(const std::vector<Block>& blocks, Style style, bool split, Builder& builder);

}  // namespace shiftwise::lower
