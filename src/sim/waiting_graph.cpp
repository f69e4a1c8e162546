// SPDX-License-Identifier: Apache-2.0
#include "sim/waiting_graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace shiftwise::sim {

using target::Direction;

WaitingGraph::WaitingGraph(const Machine& machine) : machine_(machine) {
  if (!machine.controller_.finished()) reach({});
  // Without a sequence: the cores that should have come to an end.
  for (const Core& core : machine.cores_) {
    if (machine.controller_.finished() && !core.halted() && !core.program().endless) {
      reach({.core = &core});
    }
  }
  for (const Node& node : order_) waits_.push_back(describe(node));
}

void WaitingGraph::reach(const Node& first) {
  std::vector<Node> to_do{first};
  for (std::size_t i = 0; i < to_do.size(); ++i) {
    const Node node = to_do[i];
    if (edges_.contains(node)) continue;
    order_.push_back(node);
    edges_[node] = blockers(node);
    to_do.insert(to_do.end(), edges_[node].begin(), edges_[node].end());
  }
}

std::vector<WaitingGraph::Node> WaitingGraph::releasers(dialect::Index lock) const {
  std::vector<Node> result;
  for (const Core& core : machine_.cores_) {
    if (core.may_release(lock)) result.push_back({.core = &core});
  }
  for (const auto& [id, channel] : machine_.channels_) {
    if (channel->may_release(lock)) result.push_back({.channel = channel.get()});
  }
  if (machine_.controller_.may_set(lock)) result.emplace_back();
  return result;
}

std::vector<WaitingGraph::Node> WaitingGraph::cascade_partner(const Core& core) const {
  std::vector<Node> result;
  for (const auto& [cascade, ends] : machine_.cascade_ends_) {
    if (cascade != core.cascade_wait()) continue;
    const core::TileId other = ends.first == core.program().tile ? ends.second : ends.first;
    for (const Core& candidate : machine_.cores_) {
      if (candidate.program().tile == other) result.push_back({.core = &candidate});
    }
  }
  return result;
}

std::vector<WaitingGraph::Node> WaitingGraph::blockers(const Node& node) const {
  std::vector<Node> result;
  if (node.core != nullptr) {
    const dialect::Index lock = node.core->lock_wait();
    return lock != dialect::kNone ? releasers(lock) : cascade_partner(*node.core);
  }
  if (node.channel == nullptr) {
    const Channel* token = machine_.controller_.token_wait();
    if (token != nullptr) result.push_back({.channel = token});
    return result;
  }
  const Channel& channel = *node.channel;
  if (const dialect::LockUse* use = channel.lock_wait()) return releasers(use->lock);
  if (!channel.moving()) return result;
  if (channel.id().direction == Direction::kS2mm) {
    for (const Stream* sender : channel.senders) result.push_back({.channel = &sender->source()});
  } else if (channel.stream() != nullptr) {
    for (const Channel* sink : channel.stream()->full_sinks()) result.push_back({.channel = sink});
  }
  return result;
}

std::string WaitingGraph::name(const Node& node) const {
  if (node.core != nullptr) return node.core->describe();
  return node.channel != nullptr ? node.channel->describe() : "the host sequence";
}

Wait WaitingGraph::describe(const Node& node) const {
  Wait result{.who = name(node)};
  if (node.core != nullptr) {
    result.what = node.core->halted() ? "has ended" : node.core->waits_for().value_or("is at work");
    result.where = node.core->where();
  } else if (node.channel != nullptr) {
    result.what = node.channel->waits_for().value_or("has no task");
    result.where = node.channel->where();
  } else {
    const Channel* token = machine_.controller_.token_wait();
    result.what =
        token == nullptr ? "is at work" : fmt::format("waits for a token of {}", token->describe());
    result.where = machine_.controller_.where();
  }
  return result;
}

std::vector<std::string> WaitingGraph::circle() const {
  // Depth first; a node met again on its own path closes a circle.
  std::map<Node, bool> finished;
  std::vector<Node> path;
  std::vector<std::size_t> next;
  for (const Node& root : order_) {
    if (finished.contains(root)) continue;
    path.assign(1, root);
    next.assign(1, 0);
    while (!path.empty()) {
      const std::vector<Node>& edges = edges_.at(path.back());
      if (next.back() == edges.size()) {
        finished[path.back()] = true;
        path.pop_back();
        next.pop_back();
        continue;
      }
      const Node& to = edges[next.back()++];
      const auto met = std::ranges::find(path, to);
      if (met != path.end()) {
        std::vector<std::string> result;
        for (auto at = met; at != path.end(); ++at) result.push_back(name(*at));
        return result;
      }
      if (finished.contains(to)) continue;
      path.push_back(to);
      next.push_back(0);
    }
  }
  return {};
}

}  // namespace shiftwise::sim
