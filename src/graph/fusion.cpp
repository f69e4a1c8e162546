// SPDX-License-Identifier: Apache-2.0
#include "graph/fusion.h"

#include <algorithm>

namespace shiftwise::graph {

std::vector<Group> fuse(const Graph& graph, std::span<const NodeId> observed) {
  const std::vector<std::vector<NodeId>> readers = consumers(graph);
  const auto node = [&](NodeId id) -> const Node& {
    return graph.nodes[static_cast<std::size_t>(id)];
  };
  // The one node that reads `id`, if `id` need not be seen by anybody else.
  const auto only_reader = [&](NodeId id) -> std::optional<NodeId> {
    const auto& ids = readers[static_cast<std::size_t>(id)];
    const bool seen = std::find(observed.begin(), observed.end(), id) != observed.end();
    return ids.size() == 1 && !seen ? std::optional(ids[0]) : std::nullopt;
  };

  std::vector<Group> groups;
  std::vector<bool> taken(graph.nodes.size());
  for (NodeId id = 1; id <= graph.output(); ++id) {
    if (taken[static_cast<std::size_t>(id)]) continue;
    Group group{.operation = id, .skip = {}, .result = id};
    const bool is_conv = std::holds_alternative<Conv2d>(node(id).operation);
    const bool is_add = std::holds_alternative<Add>(node(id).operation);
    if (is_conv) {
      const std::optional<NodeId> next = only_reader(id);
      if (next && std::holds_alternative<Add>(node(*next).operation) &&
          node(*next).inputs[0] == id && node(*next).inputs[1] != id) {
        group.skip = node(*next).inputs[1];
        group.result = *next;
      }
    }
    if (is_conv || is_add) {
      const std::optional<NodeId> next = only_reader(group.result);
      if (next && std::holds_alternative<Relu>(node(*next).operation)) {
        group.relu = true;
        group.result = *next;
      }
    }
    if (group.skip)
      taken[static_cast<std::size_t>(readers[static_cast<std::size_t>(id)][0])] = true;
    taken[static_cast<std::size_t>(group.result)] = true;
    groups.push_back(group);
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.result < b.result; });
  return groups;
}

std::vector<int> last_readers(const Graph& graph, std::span<const Group> groups) {
  std::vector<int> result(graph.nodes.size(), -1);
  for (std::size_t index = 0; index < groups.size(); ++index) {
    const Group& group = groups[index];
    for (const NodeId input : graph.nodes[static_cast<std::size_t>(group.operation)].inputs) {
      result[static_cast<std::size_t>(input)] = static_cast<int>(index);
    }
    if (group.skip) result[static_cast<std::size_t>(*group.skip)] = static_cast<int>(index);
  }
  return result;
}

}  // namespace shiftwise::graph
