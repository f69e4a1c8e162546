// SPDX-License-Identifier: Apache-2.0
#include "core/progress.h"

#include <atomic>

#include "core/diagnostic.h"

namespace shiftwise::core {
namespace {
std::atomic<bool> interrupt_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler stores it");
}  // namespace

void Progress::begin(std::string_view, std::int64_t, std::string_view) {}
void Progress::advance(std::int64_t) {}
void Progress::end() {}

Progress& silent_progress() {
  static Progress silent;
  return silent;
}

void request_interrupt() noexcept { interrupt_requested.store(true, std::memory_order_relaxed); }

void check_interrupted() {
  if (!interrupt_requested.load(std::memory_order_relaxed)) return;
  throw Error({.what = "interrupted; nothing was left half-written"});
}

}  // namespace shiftwise::core
