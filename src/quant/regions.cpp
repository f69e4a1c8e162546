// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "quant/equalize.h"
#include "quant/plan.h"

namespace shiftwise::quant {
namespace {

using graph::NodeId;

int output_channels(const graph::Operation& operation) {
  if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) return conv->outputs();
  return static_cast<int>(std::get<graph::Linear>(operation).weight.shape[0]);
}

int input_channels(const graph::Operation& operation) {
  if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) return conv->inputs();
  return static_cast<int>(std::get<graph::Linear>(operation).weight.shape[1]);
}

/// Grows one region from one source, following data both ways.
class Growth {
 public:
  Growth(const graph::Graph& graph, const std::vector<std::vector<NodeId>>& consumers)
      : graph_(graph), consumers_(consumers) {}

  bool grow(NodeId source, EqualizationRegion& region) {
    backward(source);
    region = {{sources_.begin(), sources_.end()}, {sinks_.begin(), sinks_.end()}};
    return valid_ && !sinks_.empty() && channels_agree();
  }

 private:
  /// What `id` produces is scaled: so is everything that makes it.
  void backward(NodeId id) {
    if (!producers_.insert(id).second) return;
    const graph::Operation& operation = node(id).operation;
    if (has_weights(operation)) {
      sources_.insert(id);
    } else if (transparent(operation)) {
      for (const NodeId input : node(id).inputs) backward(input);
    } else {
      valid_ = false;  // the network's input, or zero channels
    }
    forward(id);
  }

  /// Everything that reads `id` must undo the scale or pass it on.
  void forward(NodeId id) {
    const auto& readers = consumers_[static_cast<std::size_t>(id)];
    if (readers.empty()) valid_ = false;  // the network's output
    for (const NodeId reader : readers) {
      if (has_weights(node(reader).operation)) {
        sinks_.insert(reader);
      } else {
        backward(reader);
      }
    }
  }

  static bool transparent(const graph::Operation& operation) {
    return std::holds_alternative<graph::Relu>(operation) ||
           std::holds_alternative<graph::Add>(operation) ||
           std::holds_alternative<graph::MaxPool>(operation) ||
           std::holds_alternative<graph::GlobalAveragePool>(operation);
  }

  bool channels_agree() const {
    const int channels = output_channels(node(*sources_.begin()).operation);
    return std::ranges::all_of(
               sources_,
               [&](NodeId id) { return output_channels(node(id).operation) == channels; }) &&
           std::ranges::all_of(
               sinks_, [&](NodeId id) { return input_channels(node(id).operation) == channels; });
  }

  const graph::Node& node(NodeId id) const { return graph_.nodes[static_cast<std::size_t>(id)]; }

  const graph::Graph& graph_;
  const std::vector<std::vector<NodeId>>& consumers_;
  std::set<NodeId> producers_;
  std::set<NodeId> sources_;
  std::set<NodeId> sinks_;
  bool valid_ = true;
};

}  // namespace

std::vector<EqualizationRegion> find_regions(const graph::Graph& graph) {
  const auto consumers = graph::consumers(graph);
  std::vector<EqualizationRegion> regions;
  for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes.size()); ++id) {
    if (!has_weights(graph.nodes[static_cast<std::size_t>(id)].operation)) continue;
    EqualizationRegion region;
    if (!Growth(graph, consumers).grow(id, region)) continue;
    if (std::ranges::find(regions, region) == regions.end()) regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace shiftwise::quant
