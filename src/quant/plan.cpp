// SPDX-License-Identifier: Apache-2.0
#include "quant/plan.h"

#include <utility>

#include "quant/exponent.h"

namespace shiftwise::quant {

using graph::NodeId;

Part::Part(graph::Graph prefix, graph::Range nodes)
    : network(std::move(prefix)),
      range(nodes),
      consumers(graph::consumers(network)),
      shapes(graph::infer_shapes(network)) {}

NodeId Part::activation_of(NodeId id) const {
  const auto& readers = consumers[static_cast<std::size_t>(id)];
  const bool relu_follows =
      readers.size() == 1 && std::holds_alternative<graph::Relu>(node(readers[0]).operation);
  return relu_follows ? readers[0] : id;
}

bool Part::quantizes(NodeId id, Residual residual) const {
  const graph::Operation& operation = node(id).operation;
  if (std::holds_alternative<graph::Conv2d>(operation)) {
    return residual == Residual::kPublished && activation_of(id) == id;
  }
  return std::holds_alternative<graph::Relu>(operation) ||
         std::holds_alternative<graph::GlobalAveragePool>(operation) ||
         (std::holds_alternative<graph::Add>(operation) && activation_of(id) == id);
}

NodeId Part::behind_pools(NodeId id) const {
  while (std::holds_alternative<graph::MaxPool>(node(id).operation) && id >= range.first) {
    id = node(id).inputs[0];
  }
  return id;
}

QuantizerReport report_quantizer(std::string name, std::string kind, qgraph::Element element,
                                 core::Exponent exponent, float threshold) {
  return {.name = name,
          .members = {std::move(name)},
          .kind = std::move(kind),
          .element = std::string(qgraph::to_string(element)),
          .exponent = exponent,
          .threshold = threshold,
          .log2_threshold = log2_threshold(threshold),
          .margin = exponent_margin(threshold)};
}

bool has_weights(const graph::Operation& operation) {
  return std::holds_alternative<graph::Conv2d>(operation) ||
         std::holds_alternative<graph::Linear>(operation);
}

const core::Tensor<float>& weight_of(const graph::Operation& operation) {
  if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) return conv->weight;
  return std::get<graph::Linear>(operation).weight;
}

const std::vector<float>& bias_of(const graph::Operation& operation) {
  if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) return conv->bias;
  return std::get<graph::Linear>(operation).bias;
}

}  // namespace shiftwise::quant
