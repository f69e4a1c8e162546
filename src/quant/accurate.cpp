// SPDX-License-Identifier: Apache-2.0
// The default preset: every exponent is the one with the smallest squared error, weights make
// up for each other's rounding, biases for what is left of it on average, and residuals are
// added before rounding unless codes are asked for.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "quant/exponent.h"
#include "quant/part_statistics.h"
#include "quant/plan.h"
#include "quant/round_weights.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

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
std::vector<double> bias_correction(const core::Tensor<float>& weight,
                                    const core::Tensor<std::int8_t>& codes, core::Exponent exponent,
                                    const std::vector<double>& input_mean) {
  const double scale = std::ldexp(1.0, exponent.value);
  std::vector<double> result(static_cast<std::size_t>(weight.shape[0]));
  for (std::size_t i = 0; i < weight.values.size(); ++i) {
    const double difference = weight.values[i] - codes.values[i] * scale;
    result[i / input_mean.size()] += difference * input_mean[i % input_mean.size()];
  }
  return result;
}

qgraph::Element element_of(const MagnitudeHistogram& histogram) {
  return histogram.has_negative() ? qgraph::Element::kInt8 : qgraph::Element::kUint8;
}

class Chooser {
 public:
  Chooser(const Part& part, const PartStatistics& statistics, Residual residual)
      : part_(part), statistics_(statistics), residual_(residual) {}

  Plan run() {
    activation(part_.border(), std::nullopt);
    for (NodeId id = part_.range.first; id <= part_.range.last; ++id) {
      const graph::Operation& operation = part_.node(id).operation;
      if (has_weights(operation)) {
        weights(id);
      } else if (std::holds_alternative<graph::Add>(operation)) {
        if (residual_ == Residual::kPublished) share_exponent(part_.node(id).inputs);
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
    const MagnitudeHistogram& histogram = statistics_.histogram(id);
    const qgraph::Element element = element_of(histogram);
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
    const InputMoments& moments = statistics_.moments(input, id);
    const core::Exponent exponent =
        std::max(best_weight_exponent(weight, moments.mean_square()), finest_weight(id));
    plan_.weights[id] = exponent;
    const double step = std::ldexp(1.0, exponent_of(input).value);
    const core::Tensor<std::int8_t>& codes = plan_.codes[id] =
        round_weights(weight, exponent, statistics_.covariance(id), step * step / 12);
    plan_.bias_corrections[id] = bias_correction(weight, codes, exponent, moments.mean());
    plan_.quantizers.push_back(report_quantizer(part_.node(id).name, "weight",
                                                qgraph::Element::kInt8, exponent,
                                                weight_threshold(weight.values)));
    const core::Exponent accumulator = exponent + exponent_of(input);
    exponents_[id] = accumulator;
    if (part_.activation_of(id) != id) activation(part_.activation_of(id), accumulator);
  }

  /// No weight needs a finer exponent: steps of the accumulator that its output, the other
  /// operand of its add and its bias cannot tell apart, and that 32 bits have no room for. Only
  /// layers that are (almost) zero ask for it: a block whose last batch norm has a gain of 0.
  core::Exponent finest_weight(NodeId id) const {
    constexpr int kReach = 14;     // weights then round by less than a tenth of the output's step
    constexpr int kBiasBits = 26;  // leaves the sum of products its room
    const std::vector<float>& bias = bias_of(part_.node(id).operation);
    int finest = exponent_for(weight_threshold(bias), kBiasBits).value;
    const auto within_reach = [&](core::Exponent other) {
      finest = std::max(finest, other.value - kReach);
    };
    const auto output = [&](NodeId activation) {
      if (!part_.quantizes(activation, residual_)) return;
      const MagnitudeHistogram& histogram = statistics_.histogram(activation);
      within_reach(best_exponent(histogram, element_of(histogram)));
    };
    output(part_.activation_of(id));
    for (const NodeId reader : part_.consumers[static_cast<std::size_t>(id)]) {
      if (!std::holds_alternative<graph::Add>(part_.node(reader).operation)) continue;
      output(part_.activation_of(reader));
      for (NodeId other : part_.node(reader).inputs) {
        if (has_weights(part_.node(other).operation)) continue;
        // A shortcut that passes codes on may come later in the list of nodes.
        while (!exponents_.contains(other)) other = part_.node(other).inputs[0];
        within_reach(exponent_of(other));
      }
    }
    return {finest - exponent_of(part_.node(id).inputs[0]).value};
  }

  /// Gives an add's operands int8 codes of one exponent: that of a skip which already has
  /// codes, else the coarser of what is best for each; never finer than their accumulators.
  void share_exponent(const std::vector<NodeId>& operands) {
    std::optional<core::Exponent> given;
    std::vector<NodeId> accumulators;
    for (const NodeId id : operands) {
      if (has_weights(part_.node(id).operation)) {
        accumulators.push_back(id);
      } else {
        given = exponent_of(id);
      }
    }
    core::Exponent shared = given.value_or(exponent_of(accumulators.front()));
    for (const NodeId id : accumulators) {
      shared = std::max(shared, exponent_of(id));
      if (given) continue;
      shared = std::max(shared, best_exponent(statistics_.histogram(id), qgraph::Element::kInt8));
    }
    for (const NodeId id : accumulators) {
      plan_.activations[id] = {qgraph::Element::kInt8, shared};
      exponents_[id] = shared;
      plan_.quantizers.push_back(report_quantizer(part_.node(id).name, "activation",
                                                  qgraph::Element::kInt8, shared,
                                                  activation_threshold(statistics_.histogram(id))));
    }
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
  const PartStatistics& statistics_;
  Residual residual_;
  std::map<NodeId, core::Exponent> exponents_;
  Plan plan_;
};

}  // namespace

Plan plan_accurate(const Part& part, const CalibrationData& data, Residual residual,
                   core::Progress& progress) {
  PartStatistics statistics(part, residual == Residual::kPublished);
  stream(part.network, statistics.observed(), data, statistics, progress);
  return Chooser(part, statistics, residual).run();
}

}  // namespace shiftwise::quant
