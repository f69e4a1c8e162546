// SPDX-License-Identifier: Apache-2.0
#include "hybrid/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "graph/graph_json.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::hybrid {
namespace {

using Json = nlohmann::ordered_json;
using Found = std::optional<Difference>;

std::string index_text(std::size_t flat, const core::Shape& shape) {
  std::vector<std::size_t> index(shape.size());
  for (std::size_t d = shape.size(); d-- > 0;) {
    index[d] = flat % static_cast<std::size_t>(shape[d]);
    flat /= static_cast<std::size_t>(shape[d]);
  }
  return fmt::format("[{}]", fmt::join(index, ", "));
}

Found property(std::string what, const std::string& expected, const std::string& got) {
  if (expected == got) return std::nullopt;
  return Difference{
      .what = std::move(what), .index = {}, .expected = expected, .got = got, .differing = 0};
}

Found property(std::string what, const Json& expected, const Json& got) {
  return property(std::move(what), expected.dump(), got.dump());
}

template <typename T>
Found values(const std::string& name, const core::Shape& shape, std::span<const T> expected,
             std::span<const T> got, Compared& compared) {
  ++compared.tensors;
  compared.elements += static_cast<std::int64_t>(expected.size());
  Found found;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] == got[i]) continue;
    if (!found) {
      found = Difference{.what = name,
                         .index = index_text(i, shape),
                         .expected = fmt::format("{}", expected[i]),
                         .got = fmt::format("{}", got[i])};
    }
    ++found->differing;
  }
  return found;
}

template <typename T>
Found tensors(const std::string& name, const core::Tensor<T>& expected, const core::Tensor<T>& got,
              Compared& compared) {
  if (Found found = property("shape of " + name, core::to_string(expected.shape),
                             core::to_string(got.shape))) {
    return found;
  }
  return values<T>(name, expected.shape, expected.values, got.values, compared);
}

/// Two networks' JSON: {"nodes": [...]} and other fields.
Found structure(const std::string& which, const Json& expected, const Json& got) {
  const Json& a = expected["nodes"];
  const Json& b = got["nodes"];
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (Found found = property(fmt::format("name of node {} of the {}", i, which), a[i]["name"],
                               b[i]["name"])) {
      return found;
    }
    const std::string name = a[i]["name"].get<std::string>();
    if (Found found = property("op of " + name, a[i]["op"], b[i]["op"])) return found;
    for (const auto& [key, value] : a[i].items()) {
      const Json other = b[i].contains(key) ? b[i][key] : Json();
      if (Found found = property(key + " of " + name, value, other)) return found;
    }
  }
  return property(fmt::format("number of nodes of the {}", which), Json(a.size()), Json(b.size()));
}

Found integer_parameters(const qgraph::QGraph& expected, const qgraph::QGraph& got,
                         Compared& compared) {
  const auto layer = [&](const std::string& name, const auto& a, const auto& b) -> Found {
    if (Found found = tensors(name + ".weight", a.weight, b.weight, compared)) return found;
    return values<std::int32_t>(name + ".bias", {static_cast<std::int64_t>(a.bias.size())}, a.bias,
                                b.bias, compared);
  };
  for (std::size_t i = 0; i < expected.nodes.size(); ++i) {
    const qgraph::Node& a = expected.nodes[i];
    const qgraph::Node& b = got.nodes[i];
    Found found;
    if (const auto* conv = std::get_if<qgraph::Conv2d>(&a.operation)) {
      found = layer(a.name, *conv, std::get<qgraph::Conv2d>(b.operation));
    } else if (const auto* linear = std::get_if<qgraph::Linear>(&a.operation)) {
      found = layer(a.name, *linear, std::get<qgraph::Linear>(b.operation));
    }
    if (found) return found;
  }
  return std::nullopt;
}

Found float_parameters(const graph::Graph& expected, const graph::Graph& got, Compared& compared) {
  const auto a = graph::parameters(expected);
  const auto b = graph::parameters(got);
  for (const auto& [name, tensor] : a) {
    if (Found found = tensors("float." + name, tensor, b.at(name), compared)) return found;
  }
  return std::nullopt;
}

}  // namespace

Found compare_models(const Model& expected, const Model& got, Compared& compared) {
  const auto& a = expected.normalization;
  const auto& b = got.normalization;
  if (Found found = property("mean", Json(a.mean), Json(b.mean))) return found;
  if (Found found = property("std", Json(a.std), Json(b.std))) return found;
  const Json qa = qgraph::to_json(expected.integers);
  const Json qb = qgraph::to_json(got.integers);
  if (Found found = property("rounding", qa["rounding"], qb["rounding"])) return found;
  if (Found found = structure("integer network", qa, qb)) return found;
  if (Found found = structure("float network", graph::to_json(expected.network),
                              graph::to_json(got.network))) {
    return found;
  }
  if (Found found = integer_parameters(expected.integers, got.integers, compared)) return found;
  return float_parameters(expected.network, got.network, compared);
}

}  // namespace shiftwise::hybrid
