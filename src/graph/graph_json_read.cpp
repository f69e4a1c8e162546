// SPDX-License-Identifier: Apache-2.0
// The reading half of graph_json.h; the file may be hostile.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/diagnostic.h"
#include "graph/graph_json.h"

namespace shiftwise::graph {
namespace {

using Json = nlohmann::ordered_json;
using Tensors = std::map<std::string, core::Tensor<float>>;

[[noreturn]] void refuse(const std::string& where, std::string why) {
  throw core::Error(
      {.what = "a stored float network cannot be read", .where = where, .why = std::move(why)});
}

/// One node's JSON object, of which every key must be asked for.
class Fields {
 public:
  Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) refuse(where_, "it is no JSON object");
  }

  void done() const {
    for (const auto& [key, value] : json_.items()) {
      if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
        refuse(where_, fmt::format("its field '{}' is unknown", key.substr(0, 100)));
      }
    }
  }

  std::string text(const char* key) {
    const Json& value = field(key);
    if (!value.is_string()) refuse(where_, fmt::format("'{}' is no string", key));
    return value.get<std::string>();
  }

  const Json& array(const char* key) {
    const Json& value = field(key);
    if (!value.is_array()) refuse(where_, fmt::format("'{}' is no array", key));
    return value;
  }

  bool boolean(const char* key) {
    const Json& value = field(key);
    if (!value.is_boolean()) refuse(where_, fmt::format("'{}' is neither true nor false", key));
    return value.get<bool>();
  }

  int integer(const char* key) { return integer(key, field(key)); }

  int integer(const char* key, const Json& value) const {
    constexpr int kLargest = std::numeric_limits<int>::max();
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= std::uint64_t{kLargest}
                          : value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
                                value.get<std::int64_t>() <= kLargest;
    if (!fits) refuse(where_, fmt::format("'{}' is no integer of 0 to {}", key, kLargest));
    return value.get<int>();
  }

  float real(const char* key) {
    const Json& value = field(key);
    const bool fits = value.is_number() &&
                      std::abs(value.get<double>()) <= double{std::numeric_limits<float>::max()};
    if (!fits) refuse(where_, fmt::format("'{}' is no float32", key));
    return value.get<float>();
  }

  const std::string& where() const { return where_; }

 private:
  const Json& field(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end()) refuse(where_, fmt::format("'{}' is missing", key));
    asked_.emplace_back(key);
    return *found;
  }

  const Json& json_;
  std::string where_;
  std::vector<std::string_view> asked_;
};

class Reader {
 public:
  explicit Reader(const Tensors& tensors) : tensors_(tensors) {}

  Graph read(const Json& json) {
    Fields root(json, "the network");
    const Json& nodes = root.array("nodes");
    root.done();
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
    Fields fields(json, number);
    Node node;
    node.name = fields.text("name");
    node.stage = fields.text("stage");
    const std::string op = fields.text("op");
    for (const Json& input : fields.array("inputs")) {
      const auto found = input.is_string() ? ids_.find(input.get<std::string>()) : ids_.end();
      if (found == ids_.end()) refuse(number, "it reads a node that is not before it");
      node.inputs.push_back(found->second);
    }
    node.operation = read_operation(op, node.name, fields);
    fields.done();
    return node;
  }

  Operation read_operation(const std::string& op, const std::string& name, Fields& fields) const {
    if (op == "input") {
      const Json& shape = fields.array("shape");
      if (shape.size() != 3) refuse(fields.where(), "'shape' has not three extents");
      return Input{{fields.integer("shape", shape[0]), fields.integer("shape", shape[1]),
                    fields.integer("shape", shape[2])}};
    }
    if (op == "conv2d") {
      return Conv2d{.weight = tensor(name, "weight"),
                    .bias = optional_bias(name, fields),
                    .stride = fields.integer("stride"),
                    .padding = fields.integer("padding")};
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
      return MaxPool{.kernel = fields.integer("kernel"),
                     .stride = fields.integer("stride"),
                     .padding = fields.integer("padding")};
    }
    if (op == "subsample_pad") {
      return SubsamplePad{.stride = fields.integer("stride"),
                          .channels_before = fields.integer("channels_before"),
                          .outputs = fields.integer("outputs")};
    }
    if (op == "global_average_pool") return GlobalAveragePool{};
    if (op == "linear") {
      return Linear{.weight = tensor(name, "weight"), .bias = optional_bias(name, fields)};
    }
    refuse(fields.where(), fmt::format("its operation '{}' is unknown", op.substr(0, 100)));
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

  std::vector<float> optional_bias(const std::string& name, Fields& fields) const {
    return fields.boolean("bias") ? vector(name, "bias") : std::vector<float>{};
  }

  const Tensors& tensors_;
  std::map<std::string, NodeId> ids_;
};

}  // namespace

Graph from_json(const Json& json, const Tensors& tensors) { return Reader(tensors).read(json); }

}  // namespace shiftwise::graph
