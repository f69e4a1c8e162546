// SPDX-License-Identifier: Apache-2.0
// A quantized network as an array sees it: convolutions, each with the residual that its
// kernel adds, in groups that only pass one value on.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::lower {

inline constexpr qgraph::NodeId kNoNode = -1;

/// How a layer's skip operand is made.
enum class Skip { kNone, kIdentity, kSubsample, kProjection };

/// What one kernel computes.
struct Layer {
  qgraph::NodeId convolution = kNoNode;
  qgraph::NodeId add = kNoNode;   ///< kNoNode: no residual
  qgraph::NodeId side = kNoNode;  ///< the projection or the option A shortcut
  qgraph::NodeId input = kNoNode;
  qgraph::NodeId skip_input = kNoNode;  ///< what the skip path reads
  Skip skip = Skip::kNone;

  qgraph::NodeId output() const { return add != kNoNode ? add : convolution; }
};

/// Layers of which only the last one's output is read behind them: a residual block, or a
/// convolution by itself.
struct Block {
  std::vector<Layer> layers;
  qgraph::NodeId input = kNoNode;

  qgraph::NodeId output() const { return layers.back().output(); }
};

/// A network, all of which is blocks in a chain; or where and why it is not.
struct Blocks {
  std::vector<Block> blocks;
  /// One per node that no block covers, with the reason ("layer 'x' (max_pool): ...").
  struct Rest {
    qgraph::NodeId node = kNoNode;
    std::string why;
  };
  std::vector<Rest> rest;
};

/// Finds the blocks. A block ends where a value is the only one that later nodes read.
Blocks find_blocks(const qgraph::QGraph& graph);

/// "layer 'layer1.0.conv1' (conv2d)".
std::string describe(const qgraph::QGraph& graph, qgraph::NodeId id);

const qgraph::Conv2d& convolution(const qgraph::QGraph& graph, qgraph::NodeId id);
inline const qgraph::Type& type(const qgraph::QGraph& graph, qgraph::NodeId id) {
  return graph.nodes[static_cast<std::size_t>(id)].output;
}
/// Channels are worked on in groups of 8.
inline int groups(int channels) { return (channels + 7) / 8; }
inline int groups(const qgraph::QGraph& graph, qgraph::NodeId id) {
  return groups(type(graph, id).shape.channels);
}
/// Multiplications for one image, groups filled up, the projection's included; of `out_groups`
/// of the output groups.
std::int64_t macs(const qgraph::QGraph& graph, const Layer& layer, int out_groups);

/// Nodes first .. last as a network of its own, whose input is node first - 1's output or,
/// with first = 0, the network's own input.
qgraph::QGraph extract(const qgraph::QGraph& graph, qgraph::NodeId first, qgraph::NodeId last);

}  // namespace shiftwise::lower
