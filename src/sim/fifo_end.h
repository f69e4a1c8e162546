// SPDX-License-Identifier: Apache-2.0
// One core's end of an object FIFO: which objects it holds.
#pragma once

#include <cstdint>

#include "dialect/program.h"

namespace shiftwise::sim {

struct FifoEnd {
  /// Objects taken and given back since the core began. Those between are held; object n is
  /// buffer n modulo the pool's depth.
  std::int64_t taken = 0;
  std::int64_t given = 0;

  std::int64_t held() const { return taken - given; }
  bool holds(std::int64_t object) const { return object >= given && object < taken; }
};

}  // namespace shiftwise::sim
