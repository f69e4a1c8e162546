// SPDX-License-Identifier: Apache-2.0
// Threads that ThreadSanitizer can see. The packaged TBB is compiled without it, so its
// hand-overs look like races; the tsan preset shares work by these few lines instead, and
// what it then reports is ours.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shiftwise::core {

#ifdef __SANITIZE_THREAD__
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

/// As parallel_for, on `threads` threads of its own.
inline void plain_parallel_for(std::int64_t count, int threads,
                               const std::function<void(std::int64_t)>& body) {
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::int64_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads && i < count; ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace shiftwise::core
