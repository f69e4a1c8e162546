// SPDX-License-Identifier: Apache-2.0
#include "cpu/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/diagnostic.h"
#include "cpu/memory_plan.h"

namespace shiftwise::cpu {
namespace {

using qgraph::Element;
using qgraph::NodeId;

/// Of a node's sum, with the half of the rounding and the 128 of a stored int8 code.
std::int64_t bound_of(const qgraph::QGraph& graph, NodeId id, int shift) {
  const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
  return qgraph::accumulator_bound(graph, id) + half + (std::int64_t{128} << shift);
}

/// Whether the kernels' 32-bit rounding of this node's sum is exact: a right shift, a mode
/// that they know, and room below 2^31 for the half and for the 128 of a stored int8 code.
bool fits_kernels(const qgraph::QGraph& graph, NodeId id) {
  if (graph.nodes[static_cast<std::size_t>(id)].output.element == Element::kInt32) return true;
  if (graph.rounding != arith::Rounding::kPositiveInf &&
      graph.rounding != arith::Rounding::kConvEven) {
    return false;
  }
  const int shift = qgraph::output_shift(graph, id).value;
  if (shift < 0) return false;
  return bound_of(graph, id, shift) <= std::numeric_limits<std::int32_t>::max();
}

/// Whether an add of two 8-bit codes shifts left, by so little that the codes can move left before
/// they meet instead: then their sum is the output before its saturation.
bool moves_left(const qgraph::QGraph& graph, NodeId add) {
  const qgraph::Node& node = graph.nodes[static_cast<std::size_t>(add)];
  if (node.output.element == Element::kInt32) return false;
  for (const NodeId input : node.inputs) {
    if (graph.nodes[static_cast<std::size_t>(input)].output.element == Element::kInt32)
      return false;
  }
  const int left = -qgraph::output_shift(graph, add).value;
  if (left <= 0 || left > 30) return false;
  return (qgraph::accumulator_bound(graph, add) << left) + 128 <=
         std::numeric_limits<std::int32_t>::max();
}

class Planner {
 public:
  Planner(const qgraph::QGraph& graph, const Kernels& kernels, Materialise materialise, int chunk)
      : graph_(graph), kernels_(kernels), keep_all_(materialise == Materialise::kEveryNode) {
    plan_.chunk = chunk;
    readers_ = qgraph::consumers(graph);
    fused_.assign(graph.nodes.size(), false);
  }

  Plan make() {
    make_tensors();
    if (!keep_all_) {
      for (NodeId id = 0; id < count(); ++id) {
        if (std::holds_alternative<qgraph::Add>(node(id).operation)) choose_fusion(id);
      }
    }
    for (NodeId id = 1; id < count(); ++id) {
      if (fused_[static_cast<std::size_t>(id)]) continue;
      id_ = id;
      std::visit(*this, node(id).operation);
    }
    plan_.input = 0;
    plan_.output = graph_.output();
    for (const auto& step : plan_.steps) plan_.weight_bytes += step->weight_bytes;
    place_tensors(plan_, keep_all_);
    return std::move(plan_);
  }

  void operator()(const qgraph::Input&) {}

  void operator()(const qgraph::Conv2d&) { add_convolution(id_); }

  void operator()(const qgraph::Linear&) { add_convolution(id_); }

  void operator()(const qgraph::Add&) {
    const Fusion fusion = fusion_of(id_);
    if (!keep_all_ && fusion.mains > 0) {
      add_fused(fusion);
      return;
    }
    const NodeId a = node(id_).inputs[0];
    const NodeId b = node(id_).inputs[1];
    add_step(make_add(graph_, id_, layout(a), layout(b), layout(id_)), {a, b}, id_);
  }

  void operator()(const qgraph::MaxPool& pool) {
    const NodeId from = node(id_).inputs[0];
    add_step(make_max_pool(pool, layout(from), layout(id_)), {from}, id_);
  }

  void operator()(const qgraph::SubsamplePad&) {
    const NodeId from = node(id_).inputs[0];
    add_step(make_subsample_pad(graph_, id_, layout(from), layout(id_)), {from}, id_);
  }

  void operator()(const qgraph::GlobalAveragePool&) {
    const NodeId from = node(id_).inputs[0];
    add_step(make_average_pool(graph_, id_, layout(from), layout(id_)), {from}, id_);
  }

 private:
  /// How an add is computed by its operands' convolutions: `mains` of them sum in the same
  /// registers, the other operand, if any, is read as 8-bit codes.
  struct Fusion {
    int mains = 0;
    NodeId main[2] = {-1, -1};
    NodeId skip = -1;
  };

  NodeId count() const { return static_cast<NodeId>(graph_.nodes.size()); }
  const qgraph::Node& node(NodeId id) const { return graph_.nodes[static_cast<std::size_t>(id)]; }
  Layout& layout(TensorId id) { return plan_.tensors[static_cast<std::size_t>(id)].layout; }
  Element element(NodeId id) const { return node(id).output.element; }

  void make_tensors() {
    for (NodeId id = 0; id < count(); ++id) {
      const core::ImageShape& shape = node(id).output.shape;
      int halo = 0;
      for (const NodeId reader : readers_[static_cast<std::size_t>(id)]) {
        if (const auto* conv = std::get_if<qgraph::Conv2d>(&node(reader).operation)) {
          halo = std::max(halo, conv->padding);
        }
      }
      const int pitch = round_up(shape.channels, id == 0 ? kGroup : kBlock);
      plan_.tensors.push_back(
          {.layout = {element(id), shape.channels, shape.height, shape.width, pitch, halo}});
      check_size(id);
    }
  }

  /// Offsets within an image are 32 bits.
  void check_size(NodeId id) {
    const std::ptrdiff_t bytes = layout(id).image_bytes();
    if (bytes > std::numeric_limits<std::int32_t>::max()) {
      throw core::Error({.what = "this network is too large for the backend 'cpu'",
                         .where = fmt::format("layer '{}'", node(id).name),
                         .why = fmt::format("one image takes {} bytes there", bytes),
                         .hint = "use the backend 'reference'"});
    }
  }

  bool is_private_convolution(NodeId id) const {
    return std::holds_alternative<qgraph::Conv2d>(node(id).operation) &&
           readers_[static_cast<std::size_t>(id)].size() == 1 && fits_kernels(graph_, id);
  }

  Fusion fusion_of(NodeId add) const {
    const NodeId a = node(add).inputs[0];
    const NodeId b = node(add).inputs[1];
    const NodeId later = std::max(a, b);
    const NodeId earlier = std::min(a, b);
    if (a == b || !(fits_kernels(graph_, add) || moves_left(graph_, add))) return {};
    if (element(earlier) == Element::kInt32 && element(later) == Element::kInt32) {
      if (is_private_convolution(a) && is_private_convolution(b)) return {2, {a, b}, -1};
      return {};
    }
    // The accumulators, if there are any, must be the convolution's; of two 8-bit operands the
    // later one is fused, so that the other exists by then.
    const NodeId main = element(earlier) == Element::kInt32 ? earlier : later;
    if (is_private_convolution(main)) return {1, {main, -1}, main == later ? earlier : later};
    return {};
  }

  void choose_fusion(NodeId add) {
    const Fusion fusion = fusion_of(add);
    for (int i = 0; i < fusion.mains; ++i) {
      fused_[static_cast<std::size_t>(fusion.main[i])] = true;
    }
  }

  ConvolutionPlan::Term term_of(NodeId id) {
    const NodeId from = node(id).inputs[0];
    ConvolutionPlan::Term term;
    term.input = from;
    term.layout = layout(from);
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&node(id).operation)) {
      term.weight = &conv->weight;
      term.bias = &conv->bias;
      term.stride = conv->stride;
      term.padding = conv->padding;
    } else {
      const auto& linear = std::get<qgraph::Linear>(node(id).operation);
      term.weight = &linear.weight;
      term.bias = &linear.bias;
    }
    return term;
  }

  /// Left shift of an add's operand to the smaller of the two exponents (eq. 8).
  int lead(NodeId add, NodeId operand) const {
    return node(operand).output.exponent.value - qgraph::accumulator_exponent(graph_, add).value;
  }

  void add_convolution(NodeId id) {
    ConvolutionPlan plan;
    plan.terms = {term_of(id)};
    plan.to_even = graph_.rounding == arith::Rounding::kConvEven;
    if (fits_kernels(graph_, id)) {
      plan.shift = qgraph::output_shift(graph_, id).value;
      add_convolution(plan, id, id);
      return;
    }
    Layout sums = layout(id);
    sums.element = Element::kInt32;
    sums.halo = 0;
    const auto temporary = static_cast<TensorId>(plan_.tensors.size());
    plan_.tensors.push_back({.layout = sums});
    add_convolution(plan, id, temporary);
    add_step(make_requantize(graph_, id, sums, layout(id)), {temporary}, id);
  }

  void add_fused(const Fusion& fusion) {
    ConvolutionPlan plan;
    for (int i = 0; i < fusion.mains; ++i) {
      plan.terms.push_back(term_of(fusion.main[i]));
      plan.terms.back().lead = lead(id_, fusion.main[i]);
    }
    if (fusion.mains == 2 && plan.terms[1].lead > 0) std::swap(plan.terms[0], plan.terms[1]);
    const NodeId main = fusion.main[0];
    if (element(main) != Element::kInt32) {
      plan.inner = true;
      plan.inner_element = element(main);
      plan.inner_shift = qgraph::output_shift(graph_, main).value;
      plan.inner_lead = plan.terms[0].lead;
      plan.terms[0].lead = 0;
    }
    if (fusion.skip >= 0) {
      plan.skip = fusion.skip;
      plan.skip_layout = layout(fusion.skip);
      plan.skip_lead = lead(id_, fusion.skip);
    }
    plan.to_even = graph_.rounding == arith::Rounding::kConvEven;
    plan.shift = qgraph::output_shift(graph_, id_).value;
    if (plan.shift < 0) {  // of two 8-bit codes, see moves_left
      plan.inner_lead -= plan.shift;
      plan.skip_lead -= plan.shift;
      plan.shift = 0;
    }
    add_convolution(plan, id_, id_);
    std::string name;
    for (int i = 0; i < fusion.mains; ++i) name += node(fusion.main[i]).name + " + ";
    plan_.steps.back()->name = name + node(id_).name;
  }

  void add_convolution(ConvolutionPlan& plan, NodeId id, TensorId output) {
    plan.output = output;
    plan.output_layout = layout(output);
    auto step = fits_winograd(plan, kernels_, bound_of(graph_, id, plan.shift))
                    ? make_winograd(plan, kernels_)
                    : make_convolution(plan, kernels_);
    const core::ImageShape& out = node(id).output.shape;
    for (const auto& term : plan.terms) {
      step->macs += static_cast<std::int64_t>(term.weight->values.size()) * out.height * out.width;
    }
    step->name = node(id).name;
    plan_.steps.push_back(std::move(step));
  }

  void add_step(std::unique_ptr<Step> step, std::vector<TensorId> reads, NodeId id) {
    step->reads = std::move(reads);
    step->writes = id;
    step->name = node(id).name;
    plan_.steps.push_back(std::move(step));
  }

  const qgraph::QGraph& graph_;
  const Kernels& kernels_;
  bool keep_all_;
  NodeId id_ = 0;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> fused_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const qgraph::QGraph& graph, const Kernels& kernels, Materialise materialise,
               int chunk) {
  return Planner(graph, kernels, materialise, chunk).make();
}

}  // namespace shiftwise::cpu
