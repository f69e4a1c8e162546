// SPDX-License-Identifier: Apache-2.0
// Values that one core hands straight to its neighbour.
#pragma once

#include <shiftwise_core.h>

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "sim/clock.h"
#include "sim/critical_path.h"

namespace shiftwise::sim {

/// What one step carries, lowest byte first.
using CascadeValue = std::array<std::byte, SHIFTWISE_CASCADE_BYTES>;

class Cascade {
 public:
  Cascade(const std::string& name, std::size_t depth, Clock& clock)
      : put_cause_("room in " + name),
        get_cause_("a value from " + name),
        depth_(depth),
        clock_(clock) {}

  /// `path`: why not earlier.
  bool put(const CascadeValue& value, const CriticalPath& path) {
    if (values_.size() == depth_) return false;
    values_.push_back(value);
    wake(getter_, path);
    return true;
  }
  bool get(CascadeValue& value, const CriticalPath& path) {
    if (values_.empty()) return false;
    value = values_.front();
    values_.pop_front();
    wake(putter_, path);
    return true;
  }

  /// Wakes `process` when it is worth trying again.
  void call_putter(Process& process, CriticalPath& path) { putter_ = {&process, &path}; }
  void call_getter(Process& process, CriticalPath& path) { getter_ = {&process, &path}; }

  const std::string& put_cause() const { return put_cause_; }
  const std::string& get_cause() const { return get_cause_; }

 private:
  struct Waiter {
    Process* process = nullptr;
    CriticalPath* path = nullptr;
  };

  void wake(Waiter& waiter, const CriticalPath& path) {
    if (waiter.process == nullptr) return;
    waiter.path->follow(path, clock_.now());
    clock_.at(clock_.now(), *std::exchange(waiter, {}).process);
  }

  std::deque<CascadeValue> values_;
  std::string put_cause_;
  std::string get_cause_;
  std::size_t depth_;
  Clock& clock_;
  Waiter putter_;
  Waiter getter_;
};

}  // namespace shiftwise::sim
