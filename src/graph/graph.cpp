// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/diagnostic.h"
#include "core/suggest.h"

namespace shiftwise::graph {

std::string_view kind(const Operation& operation) {
  constexpr std::array<std::string_view, 9> kKinds = {
      "input",    "conv2d",        "batch_norm",          "relu",  "add",
      "max_pool", "subsample_pad", "global_average_pool", "linear"};
  static_assert(kKinds.size() == std::variant_size_v<Operation>);
  return kKinds[operation.index()];
}

NodeId find(const Graph& graph, std::string_view name) {
  std::vector<std::string> names;
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    if (graph.nodes[id].name == name) return static_cast<NodeId>(id);
    names.push_back(graph.nodes[id].name);
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("the network has no node named '{}'", name),
                     .hint = core::suggest(name, names)});
}

std::vector<std::vector<NodeId>> consumers(const Graph& graph) {
  std::vector<std::vector<NodeId>> result(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    for (const NodeId input : graph.nodes[id].inputs) {
      std::vector<NodeId>& readers = result[static_cast<std::size_t>(input)];
      if (readers.empty() || readers.back() != static_cast<NodeId>(id)) {
        readers.push_back(static_cast<NodeId>(id));
      }
    }
  }
  return result;
}

std::vector<std::string> stages(const Graph& graph) {
  std::vector<std::string> result;
  for (const Node& node : graph.nodes) {
    if (node.stage.empty()) continue;
    if (std::find(result.begin(), result.end(), node.stage) == result.end()) {
      result.push_back(node.stage);
    }
  }
  return result;
}

std::vector<std::int64_t> macs(const Graph& graph) {
  const std::vector<core::ImageShape> shapes = infer_shapes(graph);
  std::vector<std::int64_t> result(graph.nodes.size());
  for (std::size_t id = 0; id < graph.nodes.size(); ++id) {
    const Operation& operation = graph.nodes[id].operation;
    if (const auto* conv = std::get_if<Conv2d>(&operation)) {
      result[id] = shapes[id].elements() * conv->inputs() * conv->kernel() * conv->kernel();
    } else if (const auto* linear = std::get_if<Linear>(&operation)) {
      result[id] = core::elements(linear->weight.shape);
    }
  }
  return result;
}

}  // namespace shiftwise::graph
