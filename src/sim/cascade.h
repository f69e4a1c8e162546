// SPDX-License-Identifier: Apache-2.0
// Values that one core hands straight to its neighbour.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "sim/clock.h"

namespace shiftwise::sim {

class Cascade {
 public:
  Cascade(const std::string& name, std::size_t depth, Clock& clock)
      : put_cause_("room in " + name),
        get_cause_("a value from " + name),
        depth_(depth),
        clock_(clock) {}

  bool put(std::int64_t value) {
    if (values_.size() == depth_) return false;
    values_.push_back(value);
    wake(getter_);
    return true;
  }
  bool get(std::int64_t& value) {
    if (values_.empty()) return false;
    value = values_.front();
    values_.pop_front();
    wake(putter_);
    return true;
  }

  /// Wakes `process` when it is worth trying again.
  void call_putter(Process& process) { putter_ = &process; }
  void call_getter(Process& process) { getter_ = &process; }

  const std::string& put_cause() const { return put_cause_; }
  const std::string& get_cause() const { return get_cause_; }

 private:
  void wake(Process*& process) {
    if (process != nullptr) clock_.at(clock_.now(), *std::exchange(process, nullptr));
  }

  std::deque<std::int64_t> values_;
  std::string put_cause_;
  std::string get_cause_;
  std::size_t depth_;
  Clock& clock_;
  Process* putter_ = nullptr;
  Process* getter_ = nullptr;
};

}  // namespace shiftwise::sim
