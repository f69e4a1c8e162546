// SPDX-License-Identifier: Apache-2.0
// Batch norms merged into the convolutions before them.
#pragma once

#include "graph/graph.h"

namespace shiftwise::graph {

/// The same network without BatchNorm nodes: each is merged into the convolution that feeds
/// it, in float32, operation by operation as docs/numerics.md eq. 10 says (which is how
/// Brevitas does it, bit for bit, given an IEEE square root). Every convolution owns a bias
/// afterwards. Names and order of the other nodes are kept. Throws Error where a batch norm
/// has no convolution of its own before it.
Graph fold_batch_norms(const Graph& graph);

}  // namespace shiftwise::graph
