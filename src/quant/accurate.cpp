// SPDX-License-Identifier: Apache-2.0
// The default preset: every exponent is the one with the smallest squared error, biases
// absorb what weight rounding shifts on average, and residuals are added before rounding.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "quant/exponent.h"
#include "quant/histogram.h"
#include "quant/input_moments.h"
#include "quant/plan.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

/// Statistics of one observed node: its histogram, and its moments for every layer that
/// reads it.
struct NodeStatistics {
  MagnitudeHistogram histogram;
  std::map<NodeId, InputMoments> moments;

  void add(int images, std::span<const float> values) {
    histogram.add(values);
    for (auto& [reader, moment] : moments) moment.add(images, values);
  }
  void merge(const NodeStatistics& other) {
    histogram.merge(other.histogram);
    for (auto& [reader, moment] : moments) moment.merge(other.moments.at(reader));
  }
};

/// One set of statistics per slot for a batch, merged in slot order into the total, so that
/// the order of floating-point sums is fixed.
class StatisticsCollector : public Collector {
 public:
  explicit StatisticsCollector(const Part& part) {
    const auto observe = [&](NodeId id) { empty_.try_emplace(id); };
    observe(part.border());
    for (NodeId id = part.range.first; id <= part.range.last; ++id) {
      const graph::Operation& operation = part.node(id).operation;
      if (std::holds_alternative<graph::Relu>(operation) ||
          std::holds_alternative<graph::GlobalAveragePool>(operation)) {
        observe(id);
      }
      if (!has_weights(operation)) continue;
      const NodeId input = part.node(id).inputs[0];
      observe(input);
      int kernel = 1;
      int stride = 1;
      int padding = 0;
      if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) {
        kernel = conv->kernel();
        stride = conv->stride;
        padding = conv->padding;
      }
      empty_[input].moments.emplace(
          id, InputMoments(part.shapes[static_cast<std::size_t>(input)], kernel, stride, padding));
    }
    total_ = empty_;
  }

  std::vector<NodeId> observed() const {
    std::vector<NodeId> nodes;
    for (const auto& [id, statistics] : empty_) nodes.push_back(id);
    return nodes;
  }

  void batch_begins(int) override { slots_.assign(kSlots, empty_); }

  void see(int slot, NodeId node, int images, std::span<const float> values) override {
    slots_[static_cast<std::size_t>(slot)].at(node).add(images, values);
  }

  void batch_ends() override {
    for (const auto& slot : slots_) {
      for (const auto& [id, statistics] : slot) total_.at(id).merge(statistics);
    }
  }

  const NodeStatistics& of(NodeId id) const { return total_.at(id); }

 private:
  std::map<NodeId, NodeStatistics> empty_;
  std::map<NodeId, NodeStatistics> total_;
  std::vector<std::map<NodeId, NodeStatistics>> slots_;
};

/// Sum over output channels and taps of the squared weight error times the mean square of
/// what it is multiplied with: the error of the layer's output (eq. 21).
double weighted_error(const core::Tensor<float>& weight, core::Exponent exponent,
                      const std::vector<double>& input_mean_square) {
  const float scale = std::ldexp(1.0F, exponent.value);
  double error = 0;
  for (std::size_t i = 0; i < weight.values.size(); ++i) {
    const float w = weight.values[i];
    const double difference = quantized_code(w, qgraph::Element::kInt8, exponent) * scale - w;
    error += difference * difference * input_mean_square[i % input_mean_square.size()];
  }
  return error;
}

core::Exponent best_weight_exponent(const core::Tensor<float>& weight,
                                    const std::vector<double>& input_mean_square) {
  constexpr int kSignedBits = 7;
  const core::Exponent widest = exponent_for(weight_threshold(weight.values), kSignedBits);
  core::Exponent best = widest;
  double smallest = std::numeric_limits<double>::infinity();
  for (int clipped = 0; clipped <= 2; ++clipped) {
    const core::Exponent candidate{widest.value - clipped};
    const double error = weighted_error(weight, candidate, input_mean_square);
    if (error >= smallest) break;
    smallest = error;
    best = candidate;
  }
  return best;
}

/// What the rounded weights take away from each output channel on average (eq. 20).
std::vector<double> bias_correction(const core::Tensor<float>& weight, core::Exponent exponent,
                                    const std::vector<double>& input_mean) {
  const double scale = std::ldexp(1.0, exponent.value);
  std::vector<double> result(static_cast<std::size_t>(weight.shape[0]));
  for (std::size_t i = 0; i < weight.values.size(); ++i) {
    const float w = weight.values[i];
    const double difference = w - quantized_code(w, qgraph::Element::kInt8, exponent) * scale;
    result[i / input_mean.size()] += difference * input_mean[i % input_mean.size()];
  }
  return result;
}

class Chooser {
 public:
  Chooser(const Part& part, const StatisticsCollector& statistics)
      : part_(part), statistics_(statistics) {}

  Plan run() {
    plan_.wide_residual = true;
    activation(part_.border(), std::nullopt);
    for (NodeId id = part_.range.first; id <= part_.range.last; ++id) {
      const graph::Operation& operation = part_.node(id).operation;
      if (has_weights(operation)) {
        weights(id);
      } else if (std::holds_alternative<graph::Add>(operation)) {
        activation(part_.activation_of(id), std::min(exponent_of(part_.node(id).inputs[0]),
                                                     exponent_of(part_.node(id).inputs[1])));
      } else if (std::holds_alternative<graph::GlobalAveragePool>(operation)) {
        pool(id);
      } else if (!std::holds_alternative<graph::Relu>(operation)) {
        exponents_[id] = exponent_of(part_.node(id).inputs[0]);  // passes codes on
      }
    }
    return std::move(plan_);
  }

 private:
  /// Quantizes `id`, no finer than `finest`: a finer exponent would be a left shift, which
  /// the hardware lacks and which adds no information.
  void activation(NodeId id, std::optional<core::Exponent> finest) {
    const MagnitudeHistogram& histogram = statistics_.of(id).histogram;
    const auto element =
        histogram.has_negative() ? qgraph::Element::kInt8 : qgraph::Element::kUint8;
    core::Exponent exponent = best_exponent(histogram, element);
    if (finest) exponent = std::max(exponent, *finest);
    plan_.activations[id] = {element, exponent};
    exponents_[id] = exponent;
    plan_.quantizers.push_back(report_quantizer(part_.node(id).name, "activation", element,
                                                exponent, activation_threshold(histogram)));
  }

  void weights(NodeId id) {
    const NodeId input = part_.node(id).inputs[0];
    const core::Tensor<float>& weight = weight_of(part_.node(id).operation);
    const InputMoments& moments = statistics_.of(input).moments.at(id);
    const core::Exponent exponent = best_weight_exponent(weight, moments.mean_square());
    plan_.weights[id] = exponent;
    plan_.bias_corrections[id] = bias_correction(weight, exponent, moments.mean());
    plan_.quantizers.push_back(report_quantizer(part_.node(id).name, "weight",
                                                qgraph::Element::kInt8, exponent,
                                                weight_threshold(weight.values)));
    const core::Exponent accumulator = exponent + exponent_of(input);
    exponents_[id] = accumulator;
    if (part_.activation_of(id) != id) activation(part_.activation_of(id), accumulator);
  }

  /// The mean can be finer than the codes that it is made of, down to an exact sum.
  void pool(NodeId id) {
    const NodeId input = part_.node(id).inputs[0];
    const core::ImageShape& shape = part_.shapes[static_cast<std::size_t>(input)];
    const core::Shift divisor =
        arith::average_divisor(std::int64_t{shape.height} * shape.width).shift;
    activation(id, core::Exponent{exponent_of(input).value - divisor.value});
  }

  core::Exponent exponent_of(NodeId id) const { return exponents_.at(id); }

  const Part& part_;
  const StatisticsCollector& statistics_;
  std::map<NodeId, core::Exponent> exponents_;
  Plan plan_;
};

}  // namespace

Plan plan_accurate(const Part& part, const CalibrationData& data, core::Progress& progress) {
  StatisticsCollector collector(part);
  stream(part.network, collector.observed(), data, collector, progress);
  return Chooser(part, collector).run();
}

}  // namespace shiftwise::quant
