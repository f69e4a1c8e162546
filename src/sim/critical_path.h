// SPDX-License-Identifier: Apache-2.0
// Why somebody is as late as it is: the chain of work, each piece the reason for the next, that
// fills all the time until now. Everybody carries its own along; who is woken takes over the
// chain of who woke it. What remains at the end of a run is the run's critical path, in memory
// that does not grow with its length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "sim/statistics.h"

namespace shiftwise::sim {

/// All that time can be spent on.
class Activities {
 public:
  int add(PathPart::Kind kind, std::string who) {
    list_.push_back({kind, std::move(who), 0});
    return static_cast<int>(list_.size()) - 1;
  }
  const PathPart& operator[](std::size_t index) const { return list_[index]; }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<PathPart> list_;
};

class CriticalPath {
 public:
  /// From here on; `on` false: does nothing, at no cost.
  void begin(Cycles now, bool on) {
    on_ = on;
    at_ = now;
    spent_.clear();
    waits_.clear();
    transfers_ = 0;
  }

  /// The time until then goes to `activity`.
  void spend(int activity, Cycles until) {
    if (!on_ || until <= at_) return;
    grow(spent_, activity) += until - at_;
    at_ = until;
  }

  /// Its owner could not go on before `other` had come so far. No effect where the owner
  /// itself is later, or `other` is already ahead of `now`.
  bool follow(const CriticalPath& other, Cycles now) {
    if (!on_ || other.at_ <= at_ || other.at_ > now) return false;
    *this = other;
    return true;
  }
  /// The same, through a lock.
  void follow(const CriticalPath& other, Cycles now, int lock) {
    if (follow(other, now)) ++grow(waits_, lock);
  }

  /// The same, by waiting for a transfer's end.
  void follow_transfer(const CriticalPath& other, Cycles now) {
    if (follow(other, now)) ++transfers_;
  }

  Cycles at() const { return at_; }
  /// By activity; they sum up to at() less the beginning.
  const std::vector<Cycles>& spent() const { return spent_; }
  /// By lock: how many waits for it are links of the chain.
  const std::vector<Cycles>& waits() const { return waits_; }
  /// How many waits for the end of a transfer are links of the chain.
  int transfers() const { return transfers_; }

 private:
  static Cycles& grow(std::vector<Cycles>& list, int index) {
    const auto at = static_cast<std::size_t>(index);
    if (at >= list.size()) list.resize(at + 1);
    return list[at];
  }

  bool on_ = false;
  Cycles at_ = 0;
  std::vector<Cycles> spent_;
  std::vector<Cycles> waits_;
  int transfers_ = 0;
};

}  // namespace shiftwise::sim
