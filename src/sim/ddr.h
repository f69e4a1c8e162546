// SPDX-License-Identifier: Apache-2.0
// One direction of the host's memory: a server that all shim channels share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/statistics.h"

namespace shiftwise::sim {

class Ddr {
 public:
  explicit Ddr(double bytes_per_cycle) : bytes_per_cycle_(bytes_per_cycle) {}

  /// When the last of `bytes`, asked for at `now`, is through.
  Cycles serve(Cycles now, std::int64_t bytes) {
    free_at_ = std::max(free_at_, static_cast<double>(now)) +
               static_cast<double>(bytes) / bytes_per_cycle_;
    return static_cast<Cycles>(std::ceil(free_at_));
  }

 private:
  double bytes_per_cycle_;
  double free_at_ = 0;
};

/// Channels take turns after that many words, so that all get their share.
inline constexpr std::int64_t kDdrTurnWords = 1024;

}  // namespace shiftwise::sim
