// SPDX-License-Identifier: Apache-2.0
#include "lower/weights.h"

#include <fmt/format.h>
#include <params.h>

#include <algorithm>
#include <cstring>

namespace shiftwise::lower {
namespace {

/// Channels that fill up a group have no weights and no bias: zeros.
void append_convolution(const qgraph::Conv2d& conv, const Slice& slice,
                        std::vector<std::byte>& to) {
  const int taps = conv.kernel() * conv.kernel();
  const int in_groups = groups(conv.inputs());
  for (int og = slice.first_group; og < slice.first_group + slice.groups; ++og) {
    for (int ig = 0; ig < in_groups; ++ig) {
      for (int tap = 0; tap < taps; ++tap) {
        for (int i = ig * 8; i < ig * 8 + 8; ++i) {
          for (int o = og * 8; o < og * 8 + 8; ++o) {
            const bool there = i < conv.inputs() && o < conv.outputs();
            const auto at = (static_cast<std::size_t>(o) * static_cast<std::size_t>(conv.inputs()) +
                             static_cast<std::size_t>(i)) *
                                static_cast<std::size_t>(taps) +
                            static_cast<std::size_t>(tap);
            to.push_back(static_cast<std::byte>(there ? conv.weight.values[at] : 0));
          }
        }
      }
    }
  }
}

void append_bias(const qgraph::Conv2d& conv, const Slice& slice, std::vector<std::byte>& to) {
  for (int o = slice.first_group * 8; o < (slice.first_group + slice.groups) * 8; ++o) {
    const std::int32_t bias = o < conv.outputs() ? conv.bias[static_cast<std::size_t>(o)] : 0;
    const std::size_t at = to.size();
    to.resize(at + sizeof bias);
    std::memcpy(to.data() + at, &bias, sizeof bias);
  }
}

std::int64_t part_bytes(const qgraph::Conv2d& conv, const Slice& slice, KernelAbi abi) {
  const int taps = conv.kernel() * conv.kernel();
  const std::int64_t all = sw_weight_bytes(slice.groups, groups(conv.inputs()), taps);
  return abi == KernelAbi::kOwn ? all : all - std::int64_t{slice.groups} * 32;
}

/// Where the projection starts.
std::int64_t second_part(std::int64_t bytes, KernelAbi abi) {
  return abi == KernelAbi::kOwn ? sw_next_part(static_cast<std::int32_t>(bytes)) : bytes;
}

}  // namespace

std::int64_t weight_bytes(const qgraph::QGraph& graph, const Layer& layer, const Slice& slice,
                          KernelAbi abi) {
  std::int64_t bytes = part_bytes(convolution(graph, layer.convolution), slice, abi);
  if (layer.skip == Skip::kProjection) {
    bytes = second_part(bytes, abi) + part_bytes(convolution(graph, layer.side), slice, abi);
  }
  return bytes;
}

void append_weights(const qgraph::QGraph& graph, const Layer& layer, const Slice& slice,
                    KernelAbi abi, const std::string& consumer, Design& design) {
  const std::size_t start = design.weights.size();
  const auto append = [&](qgraph::NodeId node) {
    const qgraph::Conv2d& conv = convolution(graph, node);
    const std::string channels =
        slice.groups == groups(conv.outputs())
            ? ""
            : fmt::format(" {}..{}", slice.first_group * 8,
                          std::min((slice.first_group + slice.groups) * 8, conv.outputs()) - 1);
    const auto entry = [&](const char* what, std::size_t from) {
      design.weight_table.push_back(
          {.layer = graph.nodes[static_cast<std::size_t>(node)].name,
           .slice = what + channels,
           .consumer = consumer,
           .offset = static_cast<std::int64_t>(from),
           .bytes = static_cast<std::int64_t>(design.weights.size() - from)});
    };
    const std::size_t weights = design.weights.size();
    append_convolution(conv, slice, design.weights);
    entry("weight", weights);
    if (abi != KernelAbi::kOwn) return;
    const std::size_t bias = design.weights.size();
    append_bias(conv, slice, design.weights);
    entry("bias", bias);
  };
  append(layer.convolution);
  if (layer.skip == Skip::kProjection) {
    const auto bytes = static_cast<std::int64_t>(design.weights.size() - start);
    design.weights.resize(start + static_cast<std::size_t>(second_part(bytes, abi)));
    append(layer.side);
  }
}

}  // namespace shiftwise::lower
