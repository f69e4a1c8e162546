// SPDX-License-Identifier: Apache-2.0
// Which operations of a network one primitive can do at once. Private to the room.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::graph {

/// An operation and what follows it directly: sum with `skip` (if any), then ReLU (if set).
struct Group {
  NodeId operation = 0;
  std::optional<NodeId> skip;
  bool relu = false;
  NodeId result = 0;  ///< the node whose output the group produces
};

/// Every node but the Input in exactly one group, in the order of their results, which is an
/// order in which they can run. An observed node is the result of its group.
std::vector<Group> fuse(const Graph& graph, std::span<const NodeId> observed);

/// For each node, the index of the last group that reads it; -1 where none does.
std::vector<int> last_readers(const Graph& graph, std::span<const Group> groups);

}  // namespace shiftwise::graph
