// SPDX-License-Identifier: Apache-2.0
#include "sim/races.h"

#include <algorithm>

#include "sim/walk.h"

namespace shiftwise::sim {
namespace {

/// More than that many accesses at once belong to no design; the oldest are then forgotten.
constexpr std::size_t kMostAccesses = 256;

/// Sets the bytes that `access` touches, counted from `begin`.
void mark(const Access& access, std::int64_t begin, std::vector<bool>& touched) {
  const auto set = [&](std::int64_t from, std::int64_t bytes) {
    for (std::int64_t i = std::max(from, begin); i < from + bytes; ++i) {
      const auto at = static_cast<std::size_t>(i - begin);
      if (at >= touched.size()) return;
      touched[at] = true;
    }
  };
  if (access.pattern == nullptr) return set(access.begin, access.end - access.begin);
  for (Walk walk(*access.pattern, access.shift); walk.remaining() > 0;) {
    const Walk::Run run = walk.peek();
    if (!run.padding) set(run.offset, run.bytes);
    walk.advance(run.bytes);
  }
}

bool touch_a_byte(const Access& a, const Access& b) {
  const std::int64_t begin = std::max(a.begin, b.begin);
  const std::int64_t end = std::min(a.end, b.end);
  if (begin >= end) return false;
  if (a.pattern == nullptr && b.pattern == nullptr) return true;
  std::vector<bool> of_a(static_cast<std::size_t>(end - begin));
  std::vector<bool> of_b(of_a.size());
  mark(a, begin, of_a);
  mark(b, begin, of_b);
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    if (of_a[i] && of_b[i]) return true;
  }
  return false;
}

bool same_bytes(const Access& a, const Access& b) {
  return a.begin == b.begin && a.end == b.end && a.pattern == b.pattern && a.shift == b.shift;
}

}  // namespace

std::optional<Access> Races::add(Access access, const Causality& who) {
  std::optional<Access> conflict;
  for (const Access& other : last_) {
    if (other.actor != access.actor && (other.writes || access.writes) &&
        !who.knows(other.actor, other.epoch) && touch_a_byte(access, other)) {
      conflict = other;
      break;
    }
  }
  // What the new access covers and knows of can conflict with nobody who knows of it.
  std::erase_if(last_, [&](const Access& other) {
    const bool known = other.actor == access.actor || who.knows(other.actor, other.epoch);
    return known && same_bytes(access, other) && (access.writes || !other.writes);
  });
  if (last_.size() >= kMostAccesses) last_.erase(last_.begin());
  last_.push_back(std::move(access));
  return conflict;
}

}  // namespace shiftwise::sim
