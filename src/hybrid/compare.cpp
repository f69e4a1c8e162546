// SPDX-License-Identifier: Apache-2.0
#include "hybrid/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "graph/graph_json.h"
#include "qgraph/qgraph_json.h"
#include "qgraph/quantize_input.h"

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

/// The codes of every node for the images of one run, filled by an observer.
class Recorder {
 public:
  Recorder(const qgraph::QGraph& network, int images) {
    for (const qgraph::Node& node : network.nodes) {
      codes_.emplace_back(static_cast<std::size_t>(node.output.shape.elements() * images));
      elements_.push_back(node.output.shape.elements());
    }
  }

  backend::Observer observer() {
    return [this](const backend::Observation& seen) {  // pieces from several threads are disjoint
      const auto node = static_cast<std::size_t>(seen.node);
      std::ranges::copy(seen.codes, codes_[node].begin() + seen.first_image * elements_[node]);
    };
  }

  std::span<const std::int32_t> codes(std::size_t node) const { return codes_[node]; }

 private:
  std::vector<std::vector<std::int32_t>> codes_;
  std::vector<std::int64_t> elements_;
};

/// Codes as the executors store them, widened.
std::vector<std::int32_t> widen(const qgraph::Type& type, std::span<const std::byte> bytes) {
  std::vector<std::int32_t> codes(bytes.size() / qgraph::bytes_per_code(type.element));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    switch (type.element) {
      case qgraph::Element::kInt8:
        codes[i] = static_cast<std::int8_t>(bytes[i]);
        break;
      case qgraph::Element::kUint8:
        codes[i] = static_cast<std::uint8_t>(bytes[i]);
        break;
      case qgraph::Element::kInt32:
        std::memcpy(&codes[i], &bytes[4 * i], sizeof codes[i]);
        break;
    }
  }
  return codes;
}

Found node_codes(const qgraph::Node& node, std::span<const std::int32_t> expected,
                 std::span<const std::int32_t> got, int images, std::int64_t first_image,
                 Compared& compared) {
  const core::ImageShape& shape = node.output.shape;
  Found found = values<std::int32_t>("output of " + node.name,
                                     {images, shape.channels, shape.height, shape.width}, expected,
                                     got, compared);
  if (!found) return found;
  const auto flat =
      static_cast<std::size_t>(std::ranges::mismatch(expected, got).in1 - expected.begin());
  const auto elements = static_cast<std::size_t>(shape.elements());
  found->index =
      fmt::format("image {}, {}", first_image + static_cast<std::int64_t>(flat / elements),
                  index_text(flat % elements, {shape.channels, shape.height, shape.width}));
  return found;
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

Found compare_executors(const qgraph::QGraph& network, backend::Executor& expected,
                        backend::Executor& got, std::span<const std::byte> input, int images,
                        std::int64_t first_image, bool every_node, Compared& compared) {
  const qgraph::Type& type = network.output_type();
  const auto bytes = static_cast<std::size_t>(type.shape.elements() * images) *
                     qgraph::bytes_per_code(type.element);
  std::vector<std::byte> a(bytes);
  std::vector<std::byte> b(bytes);
  if (every_node) {
    Recorder seen_a(network, images);
    Recorder seen_b(network, images);
    expected.run(input, images, a, seen_a.observer());
    got.run(input, images, b, seen_b.observer());
    for (std::size_t i = 1; i < network.nodes.size(); ++i) {
      if (Found found = node_codes(network.nodes[i], seen_a.codes(i), seen_b.codes(i), images,
                                   first_image, compared)) {
        return found;
      }
    }
    return std::nullopt;
  }
  expected.run(input, images, a);
  got.run(input, images, b);
  return node_codes(network.nodes.back(), widen(type, a), widen(type, b), images, first_image,
                    compared);
}

}  // namespace shiftwise::hybrid
