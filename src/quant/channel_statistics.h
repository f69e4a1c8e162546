// SPDX-License-Identifier: Apache-2.0
// What each channel of an activation carries.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "quant/calibrate.h"
#include "quant/plan.h"

namespace shiftwise::quant {

/// One activation, channel by channel.
struct ChannelProfile {
  std::vector<float> peak;  ///< largest magnitude
  std::vector<double> mean_square;
  std::vector<double> active;  ///< share of values above zero
  bool has_negative = false;
};

/// Collects the profiles of everything in a part that is quantized or read by weights.
class ChannelStatistics : public Collector {
 public:
  ChannelStatistics(const Part& part, Residual residual);

  std::vector<graph::NodeId> observed() const;

  void batch_begins(int images) override;
  void see(int slot, graph::NodeId node, int images, std::span<const float> values) override;
  void batch_ends() override;

  /// By node; call it when all images have been seen.
  std::map<graph::NodeId, ChannelProfile> profiles() const;

 private:
  struct Sums {
    std::vector<float> peak;
    std::vector<double> square_sum;
    std::vector<std::int64_t> positive;
    bool has_negative = false;
    std::int64_t positions = 0;
  };

  std::map<graph::NodeId, Sums> total_;
  std::vector<std::map<graph::NodeId, Sums>> slots_;
};

}  // namespace shiftwise::quant
