// SPDX-License-Identifier: Apache-2.0
// The reading half of graph_json.h; the file may be hostile.
#include <fmt/format.h>

#include <limits>

#include "core/diagnostic.h"
#include "core/json_fields.h"
#include "graph/graph_json.h"

namespace shiftwise::graph {
namespace {

using Json = nlohmann::ordered_json;
using Tensors = std::map<std::string, core::Tensor<float>>;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw core::Error({.what = "a stored float network cannot be read", .where = where, .why = why});
}

using core::JsonFields;

constexpr int kLargest = std::numeric_limits<int>::max();

class Reader {
 public:
  explicit Reader(const Tensors& tensors) : tensors_(tensors) {}

  Graph read(const Json& json) {
    JsonFields root(json, "the network", refuse);
    const Json& nodes = root.list("nodes");
    root.refuse_others();
    Graph graph;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      graph.nodes.push_back(read_node(nodes[i], fmt::format("node {}", i)));
      ids_.emplace(graph.nodes.back().name, static_cast<NodeId>(i));
    }
    verify(graph);
    return graph;
  }

 private:
  Node read_node(const Json& json, const std::string& number) {
    JsonFields fields(json, number, refuse);
    Node node;
    node.name = fields.text("name");
    node.stage = fields.text("stage");
    const std::string op = fields.text("op");
    for (const Json& input : fields.list("inputs")) {
      const auto found = input.is_string() ? ids_.find(input.get<std::string>()) : ids_.end();
      if (found == ids_.end()) fields.refuse("it reads a node that is not before it");
      node.inputs.push_back(found->second);
    }
    node.operation = read_operation(op, node.name, fields);
    fields.refuse_others();
    return node;
  }

  Operation read_operation(const std::string& op, const std::string& name,
                           JsonFields& fields) const {
    if (op == "input") {
      const std::vector<int> shape = fields.integers("shape", 0, kLargest);
      if (shape.size() != 3) fields.refuse("'shape' has not three extents");
      return Input{{shape[0], shape[1], shape[2]}};
    }
    if (op == "conv2d") {
      return Conv2d{.weight = tensor(name, "weight"),
                    .bias = optional_bias(name, fields),
                    .stride = fields.integer("stride", 0, kLargest),
                    .padding = fields.integer("padding", 0, kLargest)};
    }
    if (op == "batch_norm") {
      return BatchNorm{.gamma = vector(name, "weight"),
                       .beta = vector(name, "bias"),
                       .mean = vector(name, "running_mean"),
                       .variance = vector(name, "running_var"),
                       .epsilon = fields.real("epsilon")};
    }
    if (op == "relu") return Relu{};
    if (op == "add") return Add{};
    if (op == "max_pool") {
      return MaxPool{.kernel = fields.integer("kernel", 0, kLargest),
                     .stride = fields.integer("stride", 0, kLargest),
                     .padding = fields.integer("padding", 0, kLargest)};
    }
    if (op == "subsample_pad") {
      return SubsamplePad{.stride = fields.integer("stride", 0, kLargest),
                          .channels_before = fields.integer("channels_before", 0, kLargest),
                          .outputs = fields.integer("outputs", 0, kLargest)};
    }
    if (op == "global_average_pool") return GlobalAveragePool{};
    if (op == "linear") {
      return Linear{.weight = tensor(name, "weight"), .bias = optional_bias(name, fields)};
    }
    fields.refuse(fmt::format("its operation '{}' is unknown", op.substr(0, 100)));
  }

  const core::Tensor<float>& tensor(const std::string& name, const char* part) const {
    const std::string key = name + "." + part;
    const auto found = tensors_.find(key);
    if (found == tensors_.end()) refuse(key, "the tensor is missing");
    return found->second;
  }

  const std::vector<float>& vector(const std::string& name, const char* part) const {
    const core::Tensor<float>& found = tensor(name, part);
    if (found.shape.size() != 1) {
      refuse(name + "." + part, fmt::format("its shape is {} where one dimension is needed",
                                            core::to_string(found.shape)));
    }
    return found.values;
  }

  std::vector<float> optional_bias(const std::string& name, JsonFields& fields) const {
    return fields.boolean("bias") ? vector(name, "bias") : std::vector<float>{};
  }

  const Tensors& tensors_;
  std::map<std::string, NodeId> ids_;
};

}  // namespace

Graph from_json(const Json& json, const Tensors& tensors) { return Reader(tensors).read(json); }

}  // namespace shiftwise::graph
