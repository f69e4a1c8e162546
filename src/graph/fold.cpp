// SPDX-License-Identifier: Apache-2.0
#include "graph/fold.h"

#include <fmt/format.h>

#include <cmath>

#include "core/diagnostic.h"

namespace shiftwise::graph {
namespace {

/// docs/numerics.md, eq. 10. One rounding per operation: this file must be compiled without
/// contraction into fused multiply-adds (cmake/Toolchain.cmake).
void merge(const BatchNorm& norm, Conv2d& conv) {
  const bool had_bias = !conv.bias.empty();
  const std::size_t channels = norm.gamma.size();
  const std::size_t taps = conv.weight.values.size() / channels;
  conv.bias.resize(channels);
  for (std::size_t o = 0; o < channels; ++o) {
    const float deviation = std::sqrt(norm.variance[o] + norm.epsilon);
    const float gain = norm.gamma[o] / deviation;
    const float offset = -norm.mean[o] * gain + norm.beta[o];
    for (std::size_t i = o * taps; i < (o + 1) * taps; ++i) conv.weight.values[i] *= gain;
    conv.bias[o] = had_bias ? conv.bias[o] * gain + offset : offset;
  }
}

}  // namespace

Graph fold_batch_norms(const Graph& graph) {
  verify(graph);
  const std::vector<std::vector<NodeId>> readers = consumers(graph);
  Graph folded;
  std::vector<NodeId> new_id(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    if (const auto* norm = std::get_if<BatchNorm>(&node.operation)) {
      const auto source = static_cast<std::size_t>(node.inputs[0]);
      const NodeId target = new_id[source];
      // Another batch norm has merged into its own convolution, so look at the original.
      const bool follows_conv = std::holds_alternative<Conv2d>(graph.nodes[source].operation);
      if (!follows_conv || readers[source].size() != 1) {
        throw core::Error(
            {.what = "a batch norm cannot be merged",
             .where = fmt::format("batch_norm '{}'", node.name),
             .why = fmt::format("its input, {} '{}', is no convolution that only it reads",
                                kind(graph.nodes[source].operation), graph.nodes[source].name)});
      }
      merge(*norm, std::get<Conv2d>(folded.nodes[static_cast<std::size_t>(target)].operation));
      new_id[id] = target;
      continue;
    }
    new_id[id] = static_cast<NodeId>(folded.nodes.size());
    Node& copy = folded.nodes.emplace_back(node);
    for (NodeId& input : copy.inputs) input = new_id[static_cast<std::size_t>(input)];
  }
  for (Node& node : folded.nodes) {
    if (auto* conv = std::get_if<Conv2d>(&node.operation)) {
      conv->bias.resize(static_cast<std::size_t>(conv->outputs()));
    }
  }
  // Gains can push a finite weight out of range.
  verify(folded);
  return folded;
}

}  // namespace shiftwise::graph
