// SPDX-License-Identifier: Apache-2.0
#include "sim/lock.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/fail.h"
#include "target/device.h"

namespace shiftwise::sim {

Lock::Lock(const dialect::Lock& design, int index, int most, std::size_t actors, const Clock& clock,
           Observer* observer)
    : design_(design),
      index_(index),
      cause_("lock '" + design.name + "'"),
      value_(design.initial),
      most_(most),
      clock_(clock),
      observer_(observer),
      high_water_(design.initial),
      began_(clock.now()),
      since_(clock.now()),
      released_(actors) {
  if (observer_ != nullptr) observer_->lock_changed(design_, value_, since_);
}

void Lock::become(int value) {
  const Cycles now = clock_.now();
  area_ += value_ * (now - since_);
  since_ = now;
  value_ = value;
  high_water_ = std::max(high_water_, value_);
  if (observer_ != nullptr) observer_->lock_changed(design_, value_, now);
}

double Lock::average() const {
  const Cycles now = clock_.now();
  if (now == began_) return value_;
  return static_cast<double>(area_ + value_ * (now - since_)) / static_cast<double>(now - began_);
}

void Lock::begin_statistics() {
  high_water_ = value_;
  waits_ = 0;
  began_ = since_ = clock_.now();
  area_ = 0;
}

bool Lock::take(LockUser& user, const dialect::LockUse& use) {
  if (use.equal ? value_ != use.value : value_ < use.value) return false;
  become(value_ - use.value);
  user.causality().learn(released_);
  return true;
}

bool Lock::acquire(LockUser& user, const dialect::LockUse& use) {
  if (take(user, use)) return true;
  waiters_.push_back({&user, use});
  ++waits_;
  return false;
}

void Lock::release(LockUser& user, int value, const dialect::Location& where,
                   const CriticalPath& path, Cycles now) {
  if (value > most_ - value_) {
    fail(fmt::format("{} releases lock '{}' beyond its largest value", user.describe(),
                     design_.name),
         where, fmt::format("{} + {} is more than {}", value_, value, most_),
         "release what was acquired, once");
  }
  become(value_ + value);
  user.causality().teach(released_);
  serve(path, now);
}

void Lock::forget(const LockUser& user) {
  std::erase_if(waiters_, [&](const Waiter& waiter) { return waiter.user == &user; });
}

void Lock::set(int value, const CriticalPath& path, Cycles now) {
  become(value);
  serve(path, now);
}

void Lock::serve(const CriticalPath& path, Cycles now) {
  for (std::size_t i = 0; i < waiters_.size();) {
    const Waiter waiter = waiters_[i];
    if (!take(*waiter.user, waiter.use)) {
      ++i;
      continue;
    }
    waiters_.erase(waiters_.begin() + static_cast<std::ptrdiff_t>(i));
    waiter.user->path().follow(path, now, index_);
    waiter.user->granted(now);
  }
}

}  // namespace shiftwise::sim
