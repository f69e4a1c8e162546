// SPDX-License-Identifier: Apache-2.0
#include "qgraph/qgraph_json.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/diagnostic.h"
#include "core/json_fields.h"

namespace shiftwise::qgraph {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<arith::Rounding, std::string_view>, 10> kRoundingNames{{
    {arith::Rounding::kFloor, "floor"},
    {arith::Rounding::kCeil, "ceil"},
    {arith::Rounding::kSymmetricFloor, "symmetric-floor"},
    {arith::Rounding::kSymmetricCeil, "symmetric-ceil"},
    {arith::Rounding::kNegativeInf, "negative-inf"},
    {arith::Rounding::kPositiveInf, "positive-inf"},
    {arith::Rounding::kSymmetricZero, "symmetric-zero"},
    {arith::Rounding::kSymmetricInf, "symmetric-inf"},
    {arith::Rounding::kConvEven, "conv-even"},
    {arith::Rounding::kConvOdd, "conv-odd"},
}};

constexpr std::array kElements{Element::kInt8, Element::kUint8, Element::kInt32};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw core::Error({.what = "the description of the quantized network cannot be used",
                     .where = where,
                     .why = why,
                     .hint = "write the model again with shiftwise quantize"});
}

using core::JsonFields;

/// Of exponents and extents alike.
constexpr int kLargest = 1 << 24;

JsonFields layer(const Json& json, const std::string& name) {
  return {json, fmt::format("integer network, layer '{}'", name), refuse};
}

/// What follows from the network and is written for readers of the file.
Json derived_fields(const QGraph& graph, NodeId id) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  const auto input = [&](std::size_t i) -> const Type& {
    return graph.nodes[static_cast<std::size_t>(node.inputs[i])].output;
  };
  Json fields = Json::object();
  if (node.inputs.empty()) return fields;
  fields["e_x"] = input(0).exponent.value;
  fields["e_out"] = node.output.exponent.value;
  const int shift = output_shift(graph, id).value;
  if (std::holds_alternative<Add>(node.operation)) {
    fields["e_skip"] = input(1).exponent.value;
    fields["s_add"] = shift;
    const bool wide = input(0).element == Element::kInt32 || input(1).element == Element::kInt32;
    fields["residual"] = wide ? "wide" : "published";
  } else {
    fields["shift"] = shift;
  }
  return fields;
}

Json attributes(const Operation& operation) {
  Json json = Json::object();
  if (const auto* conv = std::get_if<Conv2d>(&operation)) {
    json["e_w"] = conv->weight_exponent.value;
    json["stride"] = conv->stride;
    json["padding"] = conv->padding;
  } else if (const auto* linear = std::get_if<Linear>(&operation)) {
    json["e_w"] = linear->weight_exponent.value;
  } else if (const auto* pool = std::get_if<MaxPool>(&operation)) {
    json["kernel"] = pool->kernel;
    json["stride"] = pool->stride;
    json["padding"] = pool->padding;
  } else if (const auto* pad = std::get_if<SubsamplePad>(&operation)) {
    json["stride"] = pad->stride;
    json["channels_before"] = pad->channels_before;
  }
  return json;
}

Operation parse_operation(JsonFields& fields, const std::string& name,
                          const TensorSource& tensors) {
  const std::string op = fields.text("op");
  if (op == "input") return Input{};
  if (op == "conv2d") {
    return Conv2d{.weight = tensors.weight(name + ".weight"),
                  .bias = tensors.bias(name + ".bias").values,
                  .weight_exponent = {fields.integer("e_w", -kLargest, kLargest)},
                  .stride = fields.integer("stride", -kLargest, kLargest),
                  .padding = fields.integer("padding", -kLargest, kLargest)};
  }
  if (op == "add") return Add{};
  if (op == "max_pool") {
    return MaxPool{.kernel = fields.integer("kernel", -kLargest, kLargest),
                   .stride = fields.integer("stride", -kLargest, kLargest),
                   .padding = fields.integer("padding", -kLargest, kLargest)};
  }
  if (op == "subsample_pad") {
    return SubsamplePad{.stride = fields.integer("stride", -kLargest, kLargest),
                        .channels_before = fields.integer("channels_before", -kLargest, kLargest)};
  }
  if (op == "global_average_pool") return GlobalAveragePool{};
  if (op == "linear") {
    return Linear{.weight = tensors.weight(name + ".weight"),
                  .bias = tensors.bias(name + ".bias").values,
                  .weight_exponent = {fields.integer("e_w", -kLargest, kLargest)}};
  }
  fields.refuse(fmt::format("there is no operation '{}'", op));
}

Type parse_type(JsonFields& fields) {
  const std::string element = fields.text("element");
  const std::vector<int> shape = fields.integers("shape", -kLargest, kLargest);
  if (shape.size() != 3) fields.refuse("'shape' is not [channels, height, width]");
  for (const Element candidate : kElements) {
    if (to_string(candidate) == element) {
      return {candidate,
              {fields.integer("exponent", -kLargest, kLargest)},
              {shape[0], shape[1], shape[2]}};
    }
  }
  fields.refuse(fmt::format("there is no element '{}'", element));
}

arith::Rounding rounding_of(JsonFields& fields) {
  const std::string name = fields.text("rounding");
  for (const auto& [mode, known] : kRoundingNames) {
    if (known == name) return mode;
  }
  fields.refuse(fmt::format("there is no rounding mode '{}'", name));
}

}  // namespace

std::string_view to_string(arith::Rounding rounding) {
  for (const auto& [mode, name] : kRoundingNames) {
    if (mode == rounding) return name;
  }
  return "unknown";
}

arith::Rounding parse_rounding(std::string_view name) {
  std::string names;
  for (const auto& [mode, known] : kRoundingNames) {
    if (known == name) return mode;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no rounding mode '{}'", name),
                     .hint = names});
}

nlohmann::ordered_json to_json(const QGraph& graph) {
  Json nodes = Json::array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    Json json{
        {"name", node.name},
        {"stage", node.stage},
        {"op", kind(node.operation)},
        {"inputs", node.inputs},
        {"element", to_string(node.output.element)},
        {"exponent", node.output.exponent.value},
        {"shape", {node.output.shape.channels, node.output.shape.height, node.output.shape.width}}};
    json.update(attributes(node.operation));
    json.update(derived_fields(graph, static_cast<NodeId>(i)));
    nodes.push_back(std::move(json));
  }
  return Json{{"rounding", to_string(graph.rounding)}, {"nodes", std::move(nodes)}};
}

QGraph from_json(const nlohmann::ordered_json& json, const TensorSource& tensors) {
  JsonFields top(json, "integer network", refuse);
  QGraph graph;
  graph.rounding = rounding_of(top);
  const Json& nodes = top.list("nodes");
  for (const Json& item : nodes) {
    const std::string name =
        JsonFields(item, fmt::format("integer network, node {}", graph.nodes.size()), refuse)
            .text("name");
    JsonFields fields = layer(item, name);
    graph.nodes.push_back({.name = name,
                           .stage = fields.text("stage"),
                           .inputs = fields.integers("inputs", -kLargest, kLargest),
                           .operation = parse_operation(fields, name, tensors),
                           .output = parse_type(fields)});
  }
  verify(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    JsonFields fields = layer(nodes[i], graph.nodes[i].name);
    const Json derived = derived_fields(graph, static_cast<NodeId>(i));
    for (const auto& [key, value] : derived.items()) {
      if (fields.at(key.c_str()) != value) {
        fields.refuse(fmt::format("'{}' is {}, but the exponents say {}", key,
                                  fields.at(key.c_str()).dump(), value.dump()));
      }
    }
  }
  return graph;
}

}  // namespace shiftwise::qgraph
