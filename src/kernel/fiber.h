// SPDX-License-Identifier: Apache-2.0
// Native code with a stack of its own, that can stop in the middle and go on later. What it left
// on its stack is dropped, not destroyed, where it never goes on.
#pragma once

#include <functional>
#include <memory>

namespace shiftwise::kernel {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Begins `body`, which must not throw; nothing else may be under way.
  void start(std::function<void()> body);
  /// Goes on behind pause().
  void go_on();
  /// From inside: back to who called start() or go_on().
  void pause();
  /// Whether a body has begun and not ended.
  bool under_way() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shiftwise::kernel
