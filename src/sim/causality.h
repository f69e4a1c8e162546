// SPDX-License-Identifier: Apache-2.0
// Who can know of whose deeds: vector clocks over lock operations and streams. Two accesses to
// a buffer of which one writes must be ordered by them, whatever order a run happens to take.
#pragma once

#include <cstdint>
#include <vector>

namespace shiftwise::sim {

/// One count per actor.
using Knowledge = std::vector<std::uint32_t>;

inline void join(Knowledge& into, const Knowledge& from) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    into[i] = into[i] < from[i] ? from[i] : into[i];
  }
}

/// Somebody who touches memory: a core, a DMA channel, the controller.
struct Causality {
  int id = 0;
  Knowledge seen;  ///< empty where races are not looked for

  bool enabled() const { return !seen.empty(); }
  /// This actor's own count: later deeds are told apart from earlier ones.
  std::uint32_t epoch() const { return seen[static_cast<std::size_t>(id)]; }
  void learn(const Knowledge& from) {
    if (enabled()) join(seen, from);
  }
  /// Hands over what it knows.
  void teach(Knowledge& into) {
    if (!enabled()) return;
    join(into, seen);
    ++seen[static_cast<std::size_t>(id)];
  }
  bool knows(int actor, std::uint32_t epoch) const {
    return seen[static_cast<std::size_t>(actor)] >= epoch;
  }
};

}  // namespace shiftwise::sim
