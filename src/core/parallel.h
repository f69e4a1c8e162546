// SPDX-License-Identifier: Apache-2.0
// Threads. Work is cut into the same pieces for any thread count, so that results are too.
#pragma once

#include <cstdint>
#include <functional>

namespace shiftwise::core {

/// Limits every later parallel_for of the process; 0 means one thread per core.
void set_thread_limit(int threads);

/// The number of threads that parallel_for may use.
int thread_limit();

/// Calls body(0) .. body(count - 1), each once, in any order, on any thread. The first
/// exception thrown by a body is rethrown here after the others have stopped.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body);

}  // namespace shiftwise::core
