// SPDX-License-Identifier: Apache-2.0
// Every arithmetic step here is one float32 operation of Brevitas 0.13; merging two of them,
// or dividing where it multiplies by a reciprocal, would change bits.
#include "quant/equalize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/progress.h"

namespace shiftwise::quant {
namespace {

constexpr float kSmallest = 1e-9F;
constexpr float kConverged = 0.05F;
constexpr int kMostSweeps = 1000;

/// Weight and bias of a layer as a matrix [outputs][inputs][taps].
struct Layer {
  std::string name;
  std::span<float> weight;
  std::vector<float>* bias;
  std::int64_t outputs;
  std::int64_t inputs;
  std::int64_t taps;
};

Layer layer_of(graph::Node& node) {
  if (auto* conv = std::get_if<graph::Conv2d>(&node.operation)) {
    const auto& shape = conv->weight.shape;
    return {node.name, conv->weight.values, &conv->bias, shape[0], shape[1], shape[2] * shape[3]};
  }
  auto& linear = std::get<graph::Linear>(node.operation);
  return {
      node.name, linear.weight.values, &linear.bias, linear.weight.shape[0], linear.weight.shape[1],
      1};
}

/// |w| with the stand-in that keeps later divisions finite.
float magnitude(float w) { return std::abs(w) <= kSmallest ? kSmallest : std::abs(w); }

/// eq. 15: max(max|w|, |b / k|) per output channel, merged into `ranges` by maximum.
void source_ranges(const Layer& layer, std::vector<float>& ranges,
                   std::vector<std::string>& warnings) {
  ShrinkFactor shrink;
  if (!layer.bias->empty()) {
    shrink = shrink_factor(layer.weight, *layer.bias);
    if (shrink.ambiguous) {
      warnings.push_back(
          fmt::format("{}: the bias shrink factor of the equalization is close to another one "
                      "(median {:.6g}, mean {:.6g})",
                      layer.name, shrink.median, shrink.mean));
    }
  }
  const auto row = static_cast<std::size_t>(layer.inputs * layer.taps);
  for (std::size_t o = 0; o < static_cast<std::size_t>(layer.outputs); ++o) {
    float range = 0;
    for (const float w : layer.weight.subspan(o * row, row)) {
      range = std::max(range, layer.bias->empty() ? std::abs(w) : magnitude(w));
    }
    if (!layer.bias->empty()) {
      range = std::max(range, std::abs((*layer.bias)[o] / static_cast<float>(shrink.k)));
    }
    ranges[o] = std::max(ranges[o], range);
  }
}

/// max|w| per input channel, merged into `ranges` by maximum.
void sink_ranges(const Layer& layer, std::vector<float>& ranges) {
  const float* w = layer.weight.data();
  for (std::int64_t o = 0; o < layer.outputs; ++o) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(layer.inputs); ++i) {
      for (std::int64_t t = 0; t < layer.taps; ++t) ranges[i] = std::max(ranges[i], std::abs(*w++));
    }
  }
}

void scale_outputs(const Layer& layer, const std::vector<float>& factors) {
  const auto row = static_cast<std::size_t>(layer.inputs * layer.taps);
  for (std::size_t o = 0; o < factors.size(); ++o) {
    for (float& w : layer.weight.subspan(o * row, row)) w *= factors[o];
    if (!layer.bias->empty()) (*layer.bias)[o] *= factors[o];
  }
}

void scale_inputs(const Layer& layer, const std::vector<float>& factors) {
  float* w = layer.weight.data();
  for (std::int64_t o = 0; o < layer.outputs; ++o) {
    for (const float factor : factors) {
      for (std::int64_t t = 0; t < layer.taps; ++t) *w++ *= factor;
    }
  }
}

/// One visit of a region (eq. 14); returns max |1 - s|.
float visit(graph::Graph& graph, const EqualizationRegion& region,
            std::vector<std::string>& warnings) {
  std::vector<Layer> sources;
  std::vector<Layer> sinks;
  for (const auto id : region.sources) {
    sources.push_back(layer_of(graph.nodes[static_cast<std::size_t>(id)]));
  }
  for (const auto id : region.sinks) {
    sinks.push_back(layer_of(graph.nodes[static_cast<std::size_t>(id)]));
  }
  std::vector<float> r(static_cast<std::size_t>(sources.front().outputs));
  std::vector<float> t(r.size());
  for (const Layer& source : sources) source_ranges(source, r, warnings);
  for (const Layer& sink : sinks) sink_ranges(sink, t);

  float change = 0;
  std::vector<float> s(r.size());
  for (std::size_t c = 0; c < s.size(); ++c) {
    const bool dead = r[c] <= kSmallest || t[c] <= kSmallest;
    s[c] = dead ? 1.0F : std::sqrt(t[c]) / std::sqrt(r[c]);
    change = std::max(change, std::abs(1.0F - s[c]));
  }
  rescale(graph, region, s);
  return change;
}

bool near(double value, std::initializer_list<double> limits) {
  return std::ranges::any_of(limits,
                             [&](double limit) { return std::abs(value - limit) <= 1e-4 * limit; });
}

}  // namespace

ShrinkFactor shrink_factor(std::span<const float> weight, std::span<const float> bias) {
  float largest_bias = 0;
  float largest_weight = 0;
  for (const float b : bias) largest_bias = std::max(largest_bias, std::abs(b));
  for (const float w : weight) largest_weight = std::max(largest_weight, magnitude(w));

  std::vector<float> factors(weight.size());
  const std::size_t row = weight.size() / bias.size();
  double sum = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    factors[i] = std::abs(bias[i / row]) / magnitude(weight[i]);
    sum += factors[i];
  }
  const auto middle = factors.begin() + static_cast<std::ptrdiff_t>((factors.size() - 1) / 2);
  std::nth_element(factors.begin(), middle, factors.end());

  ShrinkFactor result{.median = *middle, .mean = sum / static_cast<double>(factors.size())};
  const double median = result.median;
  const double mean = result.mean;
  if (largest_bias < 10 && largest_bias / largest_weight < 20) {
    result.k = median > 100 || mean > 1000 ? 5 : 2;
    result.ambiguous = near(median, {100}) || near(mean, {1000});
  } else {
    result.k = median > 30 || mean > 500 ? 20 : median > 15 || mean > 250 ? 10 : 5;
    result.ambiguous = near(median, {30, 15}) || near(mean, {500, 250});
  }
  return result;
}

void rescale(graph::Graph& graph, const EqualizationRegion& region, const std::vector<float>& s) {
  std::vector<float> q(s.size());
  std::ranges::transform(s, q.begin(), [](float factor) { return 1.0F / factor; });
  for (const auto id : region.sources) {
    scale_outputs(layer_of(graph.nodes[static_cast<std::size_t>(id)]), s);
  }
  for (const auto id : region.sinks) {
    scale_inputs(layer_of(graph.nodes[static_cast<std::size_t>(id)]), q);
  }
}

EqualizationResult equalize(graph::Graph& graph) {
  const std::vector<EqualizationRegion> regions = find_regions(graph);
  EqualizationResult result;
  if (regions.empty()) return result;
  for (result.sweeps = 1;; ++result.sweeps) {
    core::check_interrupted();
    result.warnings.clear();
    result.last_change = 0;
    for (const EqualizationRegion& region : regions) {
      result.last_change = std::max(result.last_change, visit(graph, region, result.warnings));
    }
    if (std::abs(result.last_change - kConverged) < 1e-5F) {
      result.warnings.push_back(
          fmt::format("equalization sweep {} changed {:.6f}, close to the limit of {} at which it "
                      "stops",
                      result.sweeps, result.last_change, kConverged));
    }
    if (result.last_change < kConverged || result.sweeps == kMostSweeps) return result;
  }
}

}  // namespace shiftwise::quant
