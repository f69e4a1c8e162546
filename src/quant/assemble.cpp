// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "core/diagnostic.h"
#include "quant/exponent.h"
#include "quant/plan.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

/// Walks the float part in order and emits one integer node for each that is not absorbed: a
/// ReLU is the unsigned clamp of the node before it.
class Assembler {
 public:
  Assembler(const Part& part, const Plan& plan) : part_(part), plan_(plan) {}

  Assembly run(arith::Rounding rounding) {
    result_.network.rounding = rounding;
    emit(part_.border(), "input", part_.border(), qgraph::Input{}, {});
    result_.network.nodes.back().stage.clear();
    for (NodeId id = part_.range.first; id <= part_.range.last; ++id) {
      if (!places_.contains(id))
        std::visit([&](const auto& op) { convert(id, op); }, operation(id));
    }
    qgraph::verify(result_.network);
    return std::move(result_);
  }

 private:
  void convert(NodeId id, const graph::Conv2d& conv) {
    emit_weighted(id,
                  qgraph::Conv2d{.weight = codes_of(id, conv.weight),
                                 .bias = {},
                                 .weight_exponent = plan_.weights.at(id),
                                 .stride = conv.stride,
                                 .padding = conv.padding},
                  conv.bias, conv.outputs());
  }

  void convert(NodeId id, const graph::Linear& linear) {
    emit_weighted(id,
                  qgraph::Linear{.weight = codes_of(id, linear.weight),
                                 .bias = {},
                                 .weight_exponent = plan_.weights.at(id)},
                  linear.bias, static_cast<int>(linear.weight.shape[0]));
  }

  void convert(NodeId id, const graph::Add&) {
    emit(id, part_.node(id).name, part_.activation_of(id), qgraph::Add{}, part_.node(id).inputs);
  }

  void convert(NodeId id, const graph::MaxPool& pool) {
    emit(id, part_.node(id).name, id,
         qgraph::MaxPool{.kernel = pool.kernel, .stride = pool.stride, .padding = pool.padding},
         part_.node(id).inputs);
  }

  void convert(NodeId id, const graph::SubsamplePad& pad) {
    emit(id, part_.node(id).name, id,
         qgraph::SubsamplePad{.stride = pad.stride, .channels_before = pad.channels_before},
         part_.node(id).inputs);
  }

  void convert(NodeId id, const graph::GlobalAveragePool&) {
    emit(id, part_.node(id).name, id, qgraph::GlobalAveragePool{}, part_.node(id).inputs);
  }

  template <typename Other>
  void convert(NodeId id, const Other&) {
    throw core::Error(
        {.what = "this layer has no integer form",
         .where = fmt::format("layer '{}' ({})", part_.node(id).name, graph::kind(operation(id))),
         .hint = "choose other stages with --offload"});
  }

  core::Tensor<std::int8_t> codes_of(NodeId id, const core::Tensor<float>& weight) const {
    const auto found = plan_.codes.find(id);
    return found != plan_.codes.end() ? found->second
                                      : quantize_weight(weight, plan_.weights.at(id));
  }

  /// Adds the integer bias (at e_w + e_x), then emits.
  template <typename Weighted>
  void emit_weighted(NodeId id, Weighted weighted, const std::vector<float>& bias, int outputs) {
    std::vector<double> exact(bias.begin(), bias.end());
    exact.resize(static_cast<std::size_t>(outputs));
    if (const auto found = plan_.bias_corrections.find(id); found != plan_.bias_corrections.end()) {
      for (std::size_t o = 0; o < exact.size(); ++o) exact[o] += found->second[o];
    }
    const core::Exponent accumulator =
        weighted.weight_exponent + type_of(part_.node(id).inputs[0]).exponent;
    weighted.bias = quantize_bias(exact, accumulator);
    emit(id, part_.node(id).name, part_.activation_of(id), std::move(weighted),
         part_.node(id).inputs, accumulator);
  }

  void emit(NodeId id, std::string name, NodeId activation, qgraph::Operation operation,
            const std::vector<NodeId>& inputs, core::Exponent accumulator = {}) {
    qgraph::Node node{.name = std::move(name),
                      .stage = part_.node(id).stage,
                      .inputs = {},
                      .operation = std::move(operation),
                      .output = {}};
    for (const NodeId input : inputs) node.inputs.push_back(places_.at(input));
    node.output.shape = part_.shapes[static_cast<std::size_t>(activation)];
    if (const auto chosen = plan_.activations.find(activation); chosen != plan_.activations.end()) {
      node.output.element = chosen->second.element;
      node.output.exponent = chosen->second.exponent;
    } else if (std::holds_alternative<qgraph::Conv2d>(node.operation) ||
               std::holds_alternative<qgraph::Linear>(node.operation)) {
      node.output.element = qgraph::Element::kInt32;
      node.output.exponent = accumulator;
    } else {  // passes its input's codes on
      node.output.element = type_of(inputs.at(0)).element;
      node.output.exponent = type_of(inputs.at(0)).exponent;
    }
    const auto place = static_cast<qgraph::NodeId>(result_.network.nodes.size());
    places_[id] = place;
    places_[activation] = place;
    result_.network.nodes.push_back(std::move(node));
    result_.counterparts.push_back(activation);
  }

  const graph::Operation& operation(NodeId id) const { return part_.node(id).operation; }
  const qgraph::Type& type_of(NodeId id) const {
    return result_.network.nodes[static_cast<std::size_t>(places_.at(id))].output;
  }

  const Part& part_;
  const Plan& plan_;
  std::map<NodeId, qgraph::NodeId> places_;
  Assembly result_;
};

}  // namespace

Assembly assemble(const Part& part, const Plan& plan, arith::Rounding rounding) {
  return Assembler(part, plan).run(rounding);
}

}  // namespace shiftwise::quant
