// SPDX-License-Identifier: Apache-2.0
#include "quant/channel_statistics.h"

#include <algorithm>
#include <cmath>

namespace shiftwise::quant {

using graph::NodeId;

ChannelStatistics::ChannelStatistics(const Part& part, Residual residual) {
  const auto observe = [&](NodeId id) {
    const auto channels =
        static_cast<std::size_t>(part.shapes[static_cast<std::size_t>(id)].channels);
    total_.try_emplace(id, Sums{.peak = std::vector<float>(channels),
                                .square_sum = std::vector<double>(channels),
                                .positive = std::vector<std::int64_t>(channels)});
  };
  observe(part.border());
  for (NodeId id = part.range.first; id <= part.range.last; ++id) {
    if (part.quantizes(id, residual)) observe(id);
    if (has_weights(part.node(id).operation)) observe(part.node(id).inputs[0]);
  }
  slots_.assign(kSlots, total_);
}

std::vector<NodeId> ChannelStatistics::observed() const {
  std::vector<NodeId> nodes;
  for (const auto& [id, sums] : total_) nodes.push_back(id);
  return nodes;
}

void ChannelStatistics::batch_begins(int) {}

void ChannelStatistics::see(int slot, NodeId node, int images, std::span<const float> values) {
  Sums& sums = slots_[static_cast<std::size_t>(slot)].at(node);
  const std::size_t channels = sums.peak.size();
  const std::size_t area = values.size() / channels / static_cast<std::size_t>(images);
  for (int image = 0; image < images; ++image) {
    for (std::size_t c = 0; c < channels; ++c) {
      const auto plane = values.first(area);
      values = values.subspan(area);
      float largest = 0;
      float smallest = 0;
      double square_sum = 0;
      std::int32_t positive = 0;
      for (const float value : plane) {
        largest = std::max(largest, value);
        smallest = std::min(smallest, value);
        square_sum += double{value} * value;
        positive += value > 0 ? 1 : 0;
      }
      sums.peak[c] = std::max({sums.peak[c], largest, -smallest});
      // Any value that is not finite shows in the sum.
      if (!std::isfinite(square_sum)) refuse_overflow();
      sums.square_sum[c] += square_sum;
      sums.positive[c] += positive;
      sums.has_negative = sums.has_negative || smallest < 0;
    }
  }
  sums.positions += images * static_cast<std::int64_t>(area);
}

void ChannelStatistics::batch_ends() {
  for (auto& slot : slots_) {
    for (auto& [id, sums] : slot) {
      Sums& total = total_.at(id);
      for (std::size_t c = 0; c < sums.peak.size(); ++c) {
        total.peak[c] = std::max(total.peak[c], sums.peak[c]);
        total.square_sum[c] += sums.square_sum[c];
        total.positive[c] += sums.positive[c];
        sums.peak[c] = 0;
        sums.square_sum[c] = 0;
        sums.positive[c] = 0;
      }
      total.has_negative = total.has_negative || sums.has_negative;
      total.positions += sums.positions;
      sums.positions = 0;
    }
  }
}

std::map<NodeId, ChannelProfile> ChannelStatistics::profiles() const {
  std::map<NodeId, ChannelProfile> result;
  for (const auto& [id, sums] : total_) {
    ChannelProfile& profile = result[id];
    profile.peak = sums.peak;
    profile.has_negative = sums.has_negative;
    for (std::size_t c = 0; c < sums.peak.size(); ++c) {
      profile.mean_square.push_back(sums.square_sum[c] / static_cast<double>(sums.positions));
      profile.active.push_back(static_cast<double>(sums.positive[c]) /
                               static_cast<double>(sums.positions));
    }
  }
  return result;
}

}  // namespace shiftwise::quant
