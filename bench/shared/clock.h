// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <string>

namespace shiftwise::bench {

/// Seconds of the wall, or that this process computed ("cpu"): the latter leaves out what
/// other programs took from a shared machine, and says nothing about several threads.
inline double now(const std::string& clock) {
  timespec time;
  clock_gettime(clock == "cpu" ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace shiftwise::bench
