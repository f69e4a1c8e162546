// SPDX-License-Identifier: Apache-2.0
// What both presets decide, and how a decision becomes a quantized network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/progress.h"
#include "graph/graph.h"
#include "qgraph/qgraph.h"
#include "quant/calibrate.h"
#include "quant/quantize.h"

namespace shiftwise::quant {

/// The part of the float network that is quantized, behind the nodes that feed it.
struct Part {
  /// Without batch norms, cut off behind the part: what calibration has to run.
  graph::Graph network;
  graph::Range range;
  std::vector<std::vector<graph::NodeId>> consumers;
  std::vector<core::ImageShape> shapes;

  Part(graph::Graph prefix, graph::Range nodes);

  const graph::Node& node(graph::NodeId id) const {
    return network.nodes[static_cast<std::size_t>(id)];
  }
  /// The tensor that enters the part.
  graph::NodeId border() const { return range.first - 1; }
  /// Where the sum of a convolution or add is quantized: the ReLU that alone reads it, else
  /// itself.
  graph::NodeId activation_of(graph::NodeId id) const;
  /// Whether `id` is where a sum becomes codes of its own (and not a node that passes codes
  /// on, or hands over its accumulators).
  bool quantizes(graph::NodeId id, Residual residual) const;
  /// The node whose codes `id` passes on: looks backward through max pools.
  graph::NodeId behind_pools(graph::NodeId id) const;
};

/// Element and exponent of one activation.
struct Activation {
  qgraph::Element element = qgraph::Element::kUint8;
  core::Exponent exponent;
};

/// Everything that a preset chooses.
struct Plan {
  /// The border, and what activation_of() says of each convolution and add whose codes have
  /// eight bits; global pools; subsampled shortcuts that are requantized.
  std::map<graph::NodeId, Activation> activations;
  /// Convolutions and linear layers.
  std::map<graph::NodeId, core::Exponent> weights;
  /// Their integers; where a layer lacks, its weights are rounded to nearest.
  std::map<graph::NodeId, core::Tensor<std::int8_t>> codes;
  /// Corrections to be added to float biases, per output channel; may lack layers.
  std::map<graph::NodeId, std::vector<double>> bias_corrections;
  std::vector<QuantizerReport> quantizers;
  std::vector<std::string> warnings;
};

/// A quantized network, and for each of its nodes the float node whose values it stands for.
struct Assembly {
  qgraph::QGraph network;
  std::vector<graph::NodeId> counterparts;
};

/// Carries the plan out. Throws Error naming the layer where integers cannot do it.
Assembly assemble(const Part& part, const Plan& plan, arith::Rounding rounding);

Plan plan_seed(const Part& part, const CalibrationData& data, core::Progress& progress);
Plan plan_accurate(const Part& part, const CalibrationData& data, Residual residual,
                   core::Progress& progress);

/// One report entry from the threshold that an exponent was made from.
QuantizerReport report_quantizer(std::string name, std::string kind, qgraph::Element element,
                                 core::Exponent exponent, float threshold);

/// Weights and biases of a Conv2d or Linear.
const core::Tensor<float>& weight_of(const graph::Operation& operation);
const std::vector<float>& bias_of(const graph::Operation& operation);
bool has_weights(const graph::Operation& operation);

}  // namespace shiftwise::quant
