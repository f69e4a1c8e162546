// SPDX-License-Identifier: Apache-2.0
#include "graph/graph_json.h"

namespace shiftwise::graph {
namespace {

using Json = nlohmann::ordered_json;

void write(Json& json, const Input& op) {
  json["shape"] = {op.shape.channels, op.shape.height, op.shape.width};
}

void write(Json& json, const Conv2d& op) {
  json["stride"] = op.stride;
  json["padding"] = op.padding;
  json["bias"] = !op.bias.empty();
}

void write(Json& json, const BatchNorm& op) { json["epsilon"] = op.epsilon; }

void write(Json& json, const MaxPool& op) {
  json["kernel"] = op.kernel;
  json["stride"] = op.stride;
  json["padding"] = op.padding;
}

void write(Json& json, const SubsamplePad& op) {
  json["stride"] = op.stride;
  json["channels_before"] = op.channels_before;
  json["outputs"] = op.outputs;
}

void write(Json& json, const Linear& op) { json["bias"] = !op.bias.empty(); }

template <typename Other>
void write(Json&, const Other&) {}

core::Tensor<float> vector_tensor(const std::vector<float>& values) {
  return {{static_cast<std::int64_t>(values.size())}, values};
}

}  // namespace

Json to_json(const Graph& graph) {
  verify(graph);
  Json nodes = Json::array();
  for (const Node& node : graph.nodes) {
    Json inputs = Json::array();
    for (const NodeId input : node.inputs) {
      inputs.push_back(graph.nodes[static_cast<std::size_t>(input)].name);
    }
    Json& json = nodes.emplace_back();
    json["name"] = node.name;
    json["stage"] = node.stage;
    json["op"] = kind(node.operation);
    json["inputs"] = std::move(inputs);
    std::visit([&json](const auto& op) { write(json, op); }, node.operation);
  }
  return {{"nodes", std::move(nodes)}};
}

std::map<std::string, core::Tensor<float>> parameters(const Graph& graph) {
  std::map<std::string, core::Tensor<float>> result;
  const auto add = [&result](const auto& op, const std::string& name) {
    result[name + ".weight"] = op.weight;
    if (!op.bias.empty()) result[name + ".bias"] = vector_tensor(op.bias);
  };
  for (const Node& node : graph.nodes) {
    if (const auto* conv = std::get_if<Conv2d>(&node.operation)) {
      add(*conv, node.name);
    } else if (const auto* linear = std::get_if<Linear>(&node.operation)) {
      add(*linear, node.name);
    } else if (const auto* norm = std::get_if<BatchNorm>(&node.operation)) {
      result[node.name + ".weight"] = vector_tensor(norm->gamma);
      result[node.name + ".bias"] = vector_tensor(norm->beta);
      result[node.name + ".running_mean"] = vector_tensor(norm->mean);
      result[node.name + ".running_var"] = vector_tensor(norm->variance);
    }
  }
  return result;
}

}  // namespace shiftwise::graph
