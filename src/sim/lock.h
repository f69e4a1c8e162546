// SPDX-License-Identifier: Apache-2.0
// A counting semaphore of a tile.
#pragma once

#include <deque>
#include <string>

#include "dialect/program.h"
#include "sim/causality.h"
#include "sim/clock.h"
#include "sim/critical_path.h"
#include "sim/observer.h"
#include "sim/statistics.h"

namespace shiftwise::sim {

/// Somebody who waits for locks.
class LockUser {
 public:
  virtual ~LockUser() = default;
  /// The request was granted at `now`.
  virtual void granted(Cycles now) = 0;
  virtual Causality& causality() = 0;
  virtual CriticalPath& path() = 0;
  /// "core (0, 2)"
  virtual std::string describe() const = 0;
};

class Lock {
 public:
  /// `observer` may be null.
  Lock(const dialect::Lock& design, int index, int most, std::size_t actors, const Clock& clock,
       Observer* observer);

  const dialect::Lock& design() const { return design_; }
  int value() const { return value_; }
  /// For statistics of those who wait.
  const std::string& cause() const { return cause_; }
  int high_water() const { return high_water_; }
  /// Over the time since begin_statistics().
  double average() const;
  std::int64_t waits() const { return waits_; }

  /// Grants at once, or queues `user`, whose granted() is called later. True: at once.
  bool acquire(LockUser& user, const dialect::LockUse& use);
  /// Raises the value and serves those who wait, in the order in which they came. Throws
  /// Error where the value would not fit.
  /// `path`: why not earlier.
  void release(LockUser& user, int value, const dialect::Location& where, const CriticalPath& path,
               Cycles now);
  void begin_statistics();
  /// `user` no longer waits.
  void forget(const LockUser& user);
  /// By the controller, whose path it is: any value.
  void set(int value, const CriticalPath& path, Cycles now);

 private:
  struct Waiter {
    LockUser* user;
    dialect::LockUse use;
  };

  bool take(LockUser& user, const dialect::LockUse& use);
  void become(int value);
  void serve(const CriticalPath& path, Cycles now);

  const dialect::Lock& design_;
  int index_;  ///< of the program's
  std::string cause_;
  int value_ = 0;
  int most_ = 0;
  const Clock& clock_;
  Observer* observer_;
  int high_water_ = 0;
  std::int64_t waits_ = 0;
  Cycles began_ = 0;       ///< of the statistics
  Cycles since_ = 0;       ///< when it got its value
  std::int64_t area_ = 0;  ///< values times cycles until then
  Knowledge released_;     ///< of all who released it
  std::deque<Waiter> waiters_;
};

}  // namespace shiftwise::sim
