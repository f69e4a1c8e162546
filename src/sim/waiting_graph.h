// SPDX-License-Identifier: Apache-2.0
// Why nothing moves: who waits for whom.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/array.h"
#include "sim/machine.h"

namespace shiftwise::sim {

class WaitingGraph {
 public:
  explicit WaitingGraph(const Machine& machine);

  /// Everybody that the sequence, or else a core, waits for in the end, nearest first.
  const std::vector<Wait>& waits() const { return waits_; }
  /// A circle among them, or empty.
  std::vector<std::string> circle() const;

 private:
  struct Node {
    const Core* core = nullptr;
    const Channel* channel = nullptr;  ///< both null: the controller
    friend auto operator<=>(const Node&, const Node&) = default;
  };

  void reach(const Node& node);
  std::vector<Node> blockers(const Node& node) const;
  std::vector<Node> releasers(dialect::Index lock) const;
  std::vector<Node> cascade_partner(const Core& core) const;
  Wait describe(const Node& node) const;
  std::string name(const Node& node) const;

  const Machine& machine_;
  std::vector<Node> order_;
  std::map<Node, std::vector<Node>> edges_;
  std::vector<Wait> waits_;
};

}  // namespace shiftwise::sim
