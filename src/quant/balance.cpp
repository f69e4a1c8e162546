// SPDX-License-Identifier: Apache-2.0
#include "quant/balance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "quant/equalize.h"
#include "quant/importance.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// What is left of a weight's rounding error when others make up for it (eq. 22).
constexpr double kCompensated = 0.4;

/// One tensor whose step is a power of two and whose values grow (or shrink) with a region's
/// scales: its share of the noise is step^2 * sum(cost_c * s_c^2), or s_c^-2 for `grows`.
struct Tensor {
  bool grows = false;          ///< values are multiplied by s, else divided
  std::vector<double> extent;  ///< largest magnitude per channel, in codes of step 1
  std::vector<double> cost;
};

/// A choice for a region: the steps' exponents, what they cost, and the scales.
struct Choice {
  std::vector<int> exponents;
  double cost = kInfinity;
  std::vector<double> scales;
};

/// The best scales for given steps: separately for each channel, b / s^2 + c s^2 is smallest
/// at (b / c)^(1/4), within what the steps can represent. No scales where they cannot.
Choice best_scales(const std::vector<Tensor>& tensors, std::vector<int> exponents) {
  Choice choice;
  choice.exponents = std::move(exponents);
  const std::size_t channels = tensors.front().extent.size();
  std::vector<double> scales(channels);
  double cost = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    double low = 0;
    double high = kInfinity;
    double falling = 0;
    double rising = 0;
    for (std::size_t k = 0; k < tensors.size(); ++k) {
      const double step = std::ldexp(1.0, choice.exponents[k]);
      const double extent = tensors[k].extent[c];
      const double each = tensors[k].cost[c] * step * step;
      if (tensors[k].grows) {
        falling += each;
        if (extent > 0) high = std::min(high, step / extent);
      } else {
        rising += each;
        low = std::max(low, extent / step);
      }
    }
    if (low > high) return choice;
    double scale = falling > 0 && rising > 0 ? std::sqrt(std::sqrt(falling / rising)) : 1.0;
    scale = std::clamp(scale, low, high);
    // Channels that carry nothing, or that nobody reads.
    if (!(scale > 1e-6 && scale < 1e6)) scale = std::clamp(1.0, low, high);
    scales[c] = scale;
    cost += falling / (scale * scale) + rising * scale * scale;
  }
  choice.cost = cost;
  choice.scales = std::move(scales);
  return choice;
}

/// Whether some channel has errors on both sides to weigh against each other. Where what is made
/// nobody reads, and what is read is always zero, every step down would look like a gain.
bool at_stake(const std::vector<Tensor>& tensors) {
  const auto costs = [&](std::size_t channel, bool grows) {
    return std::ranges::any_of(tensors, [&](const Tensor& tensor) {
      return tensor.grows == grows && tensor.cost[channel] > 0;
    });
  };
  for (std::size_t c = 0; c < tensors.front().cost.size(); ++c) {
    if (costs(c, true) && costs(c, false)) return true;
  }
  return false;
}

/// Walks downhill from the steps that the tensors need as they are.
Choice search(const std::vector<Tensor>& tensors) {
  std::vector<int> exponents;
  for (const Tensor& tensor : tensors) {
    const double largest = *std::ranges::max_element(tensor.extent);
    exponents.push_back(largest > 0 ? static_cast<int>(std::ceil(std::log2(largest))) : 0);
  }
  Choice best = best_scales(tensors, exponents);
  const std::size_t count = tensors.size();
  for (bool improved = true; improved;) {
    improved = false;
    const Choice from = best;
    const auto attempt = [&](std::vector<int> steps) {
      Choice next = best_scales(tensors, std::move(steps));
      if (next.cost < best.cost * (1 - 1e-6)) {
        best = std::move(next);
        improved = true;
      }
    };
    for (std::size_t a = 0; a < count; ++a) {
      for (const int up : {-1, 1}) {
        std::vector<int> steps = from.exponents;
        steps[a] += up;
        attempt(steps);
        if (count > 8) continue;
        for (std::size_t b = 0; b < a; ++b) {
          for (const int other : {-1, 1}) {
            std::vector<int> both = steps;
            both[b] += other;
            attempt(both);
          }
        }
      }
    }
    // All that grow, or all that shrink, at once.
    for (const bool grows : {false, true}) {
      for (const int up : {-1, 1}) {
        std::vector<int> steps = from.exponents;
        for (std::size_t k = 0; k < count; ++k) {
          if (tensors[k].grows == grows) steps[k] += up;
        }
        attempt(steps);
      }
    }
  }
  return best;
}

class Balancer {
 public:
  Balancer(Part& part, Residual residual, std::vector<EqualizationRegion> regions,
           std::map<NodeId, ChannelProfile> profiles)
      : part_(part),
        residual_(residual),
        regions_(std::move(regions)),
        profiles_(std::move(profiles)),
        importance_(find_importance(part, profiles_)) {}

  void run() {
    constexpr int kMostSweeps = 10;
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      core::check_interrupted();
      double gain = 0;
      for (const EqualizationRegion& region : regions_) gain = std::max(gain, visit(region));
      if (gain < 0.01) return;
    }
  }

 private:
  /// Returns by how much the region's share of the noise has fallen.
  double visit(const EqualizationRegion& region) {
    const std::set<NodeId> scaled = scaled_nodes(region);
    std::vector<Tensor> tensors;
    for (const NodeId id : scaled) {
      if (part_.quantizes(id, residual_)) tensors.push_back(activation(id));
    }
    for (const NodeId id : region.sources) tensors.push_back(source(id));
    for (const NodeId id : region.sinks) tensors.push_back(sink(id));
    // What is zero everywhere is exact with any step and would ask for an infinitely fine one.
    std::erase_if(tensors,
                  [](const Tensor& t) { return *std::ranges::max_element(t.extent) == 0; });
    if (tensors.empty() || !at_stake(tensors)) return 0;

    const double before = cost_as_it_is(tensors);
    const Choice best = search(tensors);
    if (!(best.cost < before * (1 - 1e-3))) return 0;
    std::vector<float> s(best.scales.begin(), best.scales.end());
    rescale(part_.network, region, s);
    for (const NodeId id : scaled) {
      for (std::size_t c = 0; c < s.size(); ++c) {
        importance_.at(id)[c] /= double{s[c]} * s[c];
        if (const auto found = profiles_.find(id); found != profiles_.end()) {
          found->second.peak[c] *= s[c];
          found->second.mean_square[c] *= double{s[c]} * s[c];
        }
      }
    }
    return 1 - best.cost / before;
  }

  static double cost_as_it_is(const std::vector<Tensor>& tensors) {
    double total = 0;
    for (const Tensor& tensor : tensors) {
      const double largest = *std::ranges::max_element(tensor.extent);
      const double step = largest > 0 ? std::exp2(std::ceil(std::log2(largest))) : 1;
      for (const double cost : tensor.cost) total += cost * step * step;
    }
    return total;
  }

  /// Every node that carries a region's scales.
  std::set<NodeId> scaled_nodes(const EqualizationRegion& region) const {
    std::set<NodeId> result(region.sources.begin(), region.sources.end());
    for (NodeId id = region.sources.front(); id <= part_.range.last; ++id) {
      const graph::Node& node = part_.node(id);
      if (has_weights(node.operation)) continue;
      if (std::ranges::any_of(node.inputs, [&](NodeId in) { return result.contains(in); })) {
        result.insert(id);
      }
    }
    return result;
  }

  Tensor activation(NodeId id) const {
    const ChannelProfile& profile = profiles_.at(id);
    const double largest_code = profile.has_negative ? 127 : 255;
    Tensor tensor{.grows = true, .extent = {}, .cost = importance_.at(id)};
    for (const float peak : profile.peak) tensor.extent.push_back(peak / largest_code);
    for (double& cost : tensor.cost) cost /= 12;
    return tensor;
  }

  Tensor source(NodeId id) const {
    const core::Tensor<float>& weight = weight_of(part_.node(id).operation);
    Tensor tensor{.grows = true, .extent = {}, .cost = importance_.at(id)};
    tensor.extent.resize(tensor.cost.size());
    const std::size_t row = weight.values.size() / tensor.cost.size();
    for (std::size_t o = 0; o < tensor.extent.size(); ++o) {
      float largest = 0;
      for (std::size_t i = 0; i < row; ++i) {
        largest = std::max(largest, std::abs(weight.values[o * row + i]));
      }
      tensor.extent[o] = largest / 127.0;
    }
    double energy = 0;
    for (const double square : input_energy(id)) energy += square;
    for (double& cost : tensor.cost) cost *= energy * kCompensated / 12;
    return tensor;
  }

  Tensor sink(NodeId id) const {
    const core::Tensor<float>& weight = weight_of(part_.node(id).operation);
    Tensor tensor{.grows = false, .extent = {}, .cost = input_energy(id)};
    tensor.extent.resize(tensor.cost.size());
    const auto outputs = static_cast<std::size_t>(weight.shape[0]);
    const std::size_t taps = weight.values.size() / (outputs * tensor.cost.size());
    const float* w = weight.values.data();
    for (std::size_t o = 0; o < outputs; ++o) {
      for (double& extent : tensor.extent) {
        for (std::size_t t = 0; t < taps; ++t, ++w) {
          extent = std::max(extent, std::abs(*w) / 127.0);
        }
      }
    }
    double weight_of_outputs = 0;
    for (const double each : importance_.at(id)) weight_of_outputs += each;
    for (double& cost : tensor.cost) cost *= weight_of_outputs * kCompensated / 12;
    return tensor;
  }

  /// Per input channel of a layer: the mean square of what its taps read, summed over taps.
  std::vector<double> input_energy(NodeId id) const {
    const core::Tensor<float>& weight = weight_of(part_.node(id).operation);
    std::vector<double> energy = profiles_.at(part_.node(id).inputs[0]).mean_square;
    const double taps = static_cast<double>(weight.values.size()) /
                        static_cast<double>(weight.shape[0] * weight.shape[1]);
    for (double& each : energy) each *= taps;
    return energy;
  }

  Part& part_;
  Residual residual_;
  std::vector<EqualizationRegion> regions_;
  std::map<NodeId, ChannelProfile> profiles_;
  Importance importance_;
};

/// The regions of the part, in the ids of its network.
std::vector<EqualizationRegion> regions_of(const Part& part) {
  std::vector<EqualizationRegion> regions = find_regions(graph::slice(part.network, part.range));
  for (EqualizationRegion& region : regions) {
    for (NodeId& id : region.sources) id += part.border();
    for (NodeId& id : region.sinks) id += part.border();
  }
  return regions;
}

}  // namespace

void balance(Part& part, const CalibrationData& data, Residual residual, core::Progress& progress) {
  std::vector<EqualizationRegion> regions = regions_of(part);
  if (regions.empty()) return;
  ChannelStatistics statistics(part, residual);
  stream(part.network, statistics.observed(), data, statistics, progress);
  Balancer(part, residual, std::move(regions), statistics.profiles()).run();
}

}  // namespace shiftwise::quant
