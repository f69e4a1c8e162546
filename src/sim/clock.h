// SPDX-License-Identifier: Apache-2.0
// The one owner of time: everything that happens is an event in this queue.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "sim/statistics.h"

namespace shiftwise::sim {

/// Something that an event can wake.
class Process {
 public:
  virtual ~Process() = default;
  /// `tag` is what the process gave to Clock::at.
  virtual void resume(Cycles now, int tag) = 0;
};

class Clock {
 public:
  explicit Clock(Cycles begin = 0) : now_(begin) {}

  Cycles now() const { return now_; }
  std::int64_t events() const { return order_; }
  bool idle() const { return queue_.empty(); }
  /// Of the earliest event; the queue must not be empty.
  Cycles next() const { return queue_.top().time; }

  /// Wakes `process` at `time`, which is not in the past. Events of one cycle happen in the
  /// order in which they were asked for.
  void at(Cycles time, Process& process, int tag = 0) {
    queue_.push({time, order_++, &process, tag});
  }

  /// Moves time on without an event, where nothing else would happen before or at `time` and
  /// it is no later than the horizon. False: use at().
  bool skip_to(Cycles time) {
    if (time > horizon_ || (!queue_.empty() && queue_.top().time <= time)) return false;
    now_ = time;
    return true;
  }
  void set_horizon(Cycles time) { horizon_ = time; }

  /// Takes the earliest event.
  void step() {
    const Event event = queue_.top();
    queue_.pop();
    now_ = event.time;
    event.process->resume(now_, event.tag);
  }

 private:
  struct Event {
    Cycles time;
    std::int64_t order;
    Process* process;
    int tag;
    bool operator<(const Event& other) const {  // the queue's top is the largest
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  std::priority_queue<Event> queue_;
  Cycles now_;
  Cycles horizon_ = 0;
  std::int64_t order_ = 0;
};

}  // namespace shiftwise::sim
