// SPDX-License-Identifier: Apache-2.0
#include "lower/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace shiftwise::lower {
namespace {

using qgraph::NodeId;

/// Why no kernel computes this convolution, or empty.
std::string unsupported(const qgraph::Conv2d& conv) {
  if (conv.kernel() == 1 && conv.padding == 0 && conv.stride <= 2) return {};
  if (conv.kernel() == 3 && conv.padding == 1 && conv.stride <= 2) return {};
  return fmt::format("no kernel for a {0}x{0} convolution with stride {1} and padding {2}",
                     conv.kernel(), conv.stride, conv.padding);
}

class Finder {
 public:
  explicit Finder(const qgraph::QGraph& graph)
      : graph_(graph), consumers_(qgraph::consumers(graph)), covered_(graph.nodes.size(), false) {}

  Blocks run() {
    std::vector<Layer> layers;
    for (NodeId id = 1; id < size(); ++id) {
      if (const auto* add = std::get_if<qgraph::Add>(&operation(id)); add != nullptr) {
        if (auto layer = residual(id)) layers.push_back(*layer);
      } else if (std::holds_alternative<qgraph::Conv2d>(operation(id)) && !feeds_add(id)) {
        if (auto layer = plain(id)) layers.push_back(*layer);
      }
    }
    for (NodeId id = 1; id < size(); ++id) {
      if (covered_[static_cast<std::size_t>(id)]) continue;
      const auto reason = reasons_.find(id);
      rest(id, reason != reasons_.end()
                   ? reason->second
                   : fmt::format("no kernel for a {}", qgraph::kind(operation(id))));
    }
    std::sort(layers.begin(), layers.end(),
              [](const Layer& a, const Layer& b) { return a.convolution < b.convolution; });
    gather(layers);
    return std::move(result_);
  }

 private:
  NodeId size() const { return static_cast<NodeId>(graph_.nodes.size()); }
  const qgraph::Operation& operation(NodeId id) const {
    return graph_.nodes[static_cast<std::size_t>(id)].operation;
  }
  NodeId input(NodeId id, std::size_t i = 0) const {
    return graph_.nodes[static_cast<std::size_t>(id)].inputs[i];
  }
  const std::vector<NodeId>& readers(NodeId id) const {
    return consumers_[static_cast<std::size_t>(id)];
  }
  bool only_for(NodeId id, NodeId reader) const {
    return readers(id).size() == 1 && readers(id)[0] == reader;
  }
  void rest(NodeId id, std::string why) { result_.rest.push_back({id, std::move(why)}); }
  void because(NodeId id, const std::string& why) { reasons_.emplace(id, why); }

  /// A convolution that an add reads and nobody else: the two are one kernel.
  bool feeds_add(NodeId id) const {
    return readers(id).size() == 1 &&
           std::holds_alternative<qgraph::Add>(operation(readers(id)[0]));
  }

  std::optional<Layer> plain(NodeId id) {
    const auto& conv = convolution(graph_, id);
    std::string why = unsupported(conv);
    if (why.empty() && type(graph_, id).element == qgraph::Element::kInt32) {
      why = "its accumulators leave the core";
    }
    if (!why.empty()) {
      because(id, why);
      return {};
    }
    cover(id);
    return Layer{.convolution = id, .input = input(id)};
  }

  /// Whether `main` can be the convolution of the kernel that ends in `add`, with `other` as
  /// its skip; fills `layer`.
  bool match(NodeId add, NodeId main, NodeId other, Layer& layer, std::string& why) {
    if (!std::holds_alternative<qgraph::Conv2d>(operation(main)) || !only_for(main, add)) {
      return false;
    }
    const qgraph::Conv2d& conv = convolution(graph_, main);
    const qgraph::Element element = type(graph_, main).element;
    why = unsupported(conv);
    if (!why.empty()) return false;
    if (element == qgraph::Element::kUint8) {
      why = "no kernel adds to a main branch of uint8 codes";
      return false;
    }
    if (type(graph_, input(main)).element != qgraph::Element::kUint8) {
      why = "no kernel adds a residual to a convolution of int8 codes";
      return false;
    }
    layer = {.convolution = main, .add = add, .input = input(main)};
    const auto* side = std::get_if<qgraph::Conv2d>(&operation(other));
    if (side != nullptr && only_for(other, add)) {
      if (side->kernel() != 1 || side->padding != 0 || side->stride > 2) {
        why = "no kernel for its projection, which is not 1x1 with stride 1 or 2";
        return false;
      }
      if (type(graph_, other).element != element) {
        why = "its operands are one of codes and one of accumulators";
        return false;
      }
      layer.skip = Skip::kProjection;
      layer.side = other;
      layer.skip_input = input(other);
      return true;
    }
    const auto* pad = std::get_if<qgraph::SubsamplePad>(&operation(other));
    if (pad != nullptr && only_for(other, add) &&
        type(graph_, other).element == type(graph_, input(other)).element &&
        type(graph_, other).exponent == type(graph_, input(other)).exponent && pad->stride <= 2 &&
        pad->channels_before % 8 == 0) {
      layer.skip = Skip::kSubsample;
      layer.side = other;
      layer.skip_input = input(other);
      return true;
    }
    if (type(graph_, other).element == qgraph::Element::kInt32) {
      why = "its skip operand is accumulators that others read too";
      return false;
    }
    layer.skip = Skip::kIdentity;
    layer.skip_input = other;
    return true;
  }

  std::optional<Layer> residual(NodeId add) {
    const NodeId a = input(add, 0);
    const NodeId b = input(add, 1);
    std::string why;
    Layer layer;
    // Of two convolutions the main one is the deeper: it reads the later value.
    const bool swap =
        std::holds_alternative<qgraph::Conv2d>(operation(b)) && only_for(b, add) &&
        (!std::holds_alternative<qgraph::Conv2d>(operation(a)) || input(b) > input(a));
    const bool found = a != b && match(add, swap ? b : a, swap ? a : b, layer, why);
    if (!found) {
      if (why.empty()) why = "an add that no convolution's kernel can do";
      because(add, why);
      because(a, why);
      because(b, why);
      return {};
    }
    cover(add);
    cover(layer.convolution);
    if (layer.side != kNoNode) cover(layer.side);
    return layer;
  }

  void cover(NodeId id) { covered_[static_cast<std::size_t>(id)] = true; }

  /// Cuts the layers into blocks at values behind which nothing earlier is read.
  void gather(const std::vector<Layer>& layers) {
    // The earliest value that node `id` or any later one reads.
    std::vector<NodeId> earliest(graph_.nodes.size() + 1, size());
    for (NodeId id = size() - 1; id > 0; --id) {
      NodeId least = earliest[static_cast<std::size_t>(id) + 1];
      for (const NodeId read : graph_.nodes[static_cast<std::size_t>(id)].inputs) {
        least = std::min(least, read);
      }
      earliest[static_cast<std::size_t>(id)] = least;
    }
    Block block;
    for (const Layer& layer : layers) {
      if (block.layers.empty()) block.input = layer.input;
      block.layers.push_back(layer);
      const NodeId out = layer.output();
      if (earliest[static_cast<std::size_t>(out) + 1] >= out) {
        result_.blocks.push_back(std::move(block));
        block = {};
      }
    }
    if (!block.layers.empty()) result_.blocks.push_back(std::move(block));
  }

  const qgraph::QGraph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<bool> covered_;
  std::map<NodeId, std::string> reasons_;
  Blocks result_;
};

}  // namespace

Blocks find_blocks(const qgraph::QGraph& graph) { return Finder(graph).run(); }

std::string describe(const qgraph::QGraph& graph, NodeId id) {
  const qgraph::Node& node = graph.nodes[static_cast<std::size_t>(id)];
  return fmt::format("layer '{}' ({})", node.name, qgraph::kind(node.operation));
}

const qgraph::Conv2d& convolution(const qgraph::QGraph& graph, NodeId id) {
  return std::get<qgraph::Conv2d>(graph.nodes[static_cast<std::size_t>(id)].operation);
}

std::int64_t macs(const qgraph::QGraph& graph, const Layer& layer, int out_groups) {
  const auto& out = type(graph, layer.output()).shape;
  const std::int64_t pixels = std::int64_t{out.height} * out.width;
  const int kernel = convolution(graph, layer.convolution).kernel();
  std::int64_t inner = std::int64_t{8} * groups(graph, layer.input) * kernel * kernel;
  if (layer.skip == Skip::kProjection) inner += std::int64_t{8} * groups(graph, layer.skip_input);
  return pixels * 8 * out_groups * inner;
}

qgraph::QGraph extract(const qgraph::QGraph& graph, NodeId first, NodeId last) {
  qgraph::QGraph part;
  part.rounding = graph.rounding;
  NodeId moved = first;
  if (first > 0) {
    qgraph::Node input = {.name = graph.nodes[static_cast<std::size_t>(first) - 1].name,
                          .stage = {},
                          .inputs = {},
                          .operation = qgraph::Input{},
                          .output = type(graph, first - 1)};
    part.nodes.push_back(std::move(input));
    moved = first - 1;
  }
  for (NodeId id = first; id <= last; ++id) {
    qgraph::Node node = graph.nodes[static_cast<std::size_t>(id)];
    for (NodeId& read : node.inputs) read -= moved;
    part.nodes.push_back(std::move(node));
  }
  return part;
}

}  // namespace shiftwise::lower
