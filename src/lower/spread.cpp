// SPDX-License-Identifier: Apache-2.0
#include "lower/spread.h"

#include <fmt/format.h>

#include <algorithm>

namespace shiftwise::lower {
namespace {

/// Cycles of the busiest core if nothing but multiplications took time.
std::int64_t cycles(std::int64_t macs, const target::Device& device) {
  return (macs + device.macs_int8 - 1) / device.macs_int8;
}

bool has_stride(const qgraph::QGraph& graph, const Block& block) {
  return std::any_of(block.layers.begin(), block.layers.end(), [&](const Layer& layer) {
    return convolution(graph, layer.convolution).stride != 1 ||
           (layer.skip == Skip::kProjection && convolution(graph, layer.side).stride != 1);
  });
}

/// Why the last 1x1 of a bottleneck cannot be spread, or empty.
std::string obstacle(const qgraph::QGraph& graph, const Block& block, const Options& options) {
  if (options.kernel_abi != KernelAbi::kOwn) return "mlir-aie's kernels make all channels";
  if (has_stride(graph, block)) return "it has a stride";
  const Layer& last = block.layers.back();
  if (last.skip == Skip::kNone || last.skip == Skip::kSubsample) return "it has no such skip";
  return {};
}

}  // namespace

bool is_bottleneck(const qgraph::QGraph& graph, const Block& block, const target::Device& device) {
  if (block.layers.size() != 3 || device.compute_rows < 4) return false;
  const auto kernel = [&](std::size_t i) {
    return convolution(graph, block.layers[i].convolution).kernel();
  };
  return kernel(0) == 1 && kernel(1) == 3 && kernel(2) == 1 &&
         groups(graph, block.layers[1].output()) >= 2;
}

std::vector<std::optional<Spread>> spread(const std::vector<Block>& blocks, const Layout& layout,
                                          Builder& builder) {
  std::vector<std::optional<Spread>> result(blocks.size());
  if (layout.mapping != Mapping::kBalanced) return result;
  const qgraph::QGraph& graph = builder.graph();
  const target::Device& device = builder.options().device;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Block& block = blocks[b];
    if (!is_bottleneck(graph, block, device)) continue;
    const auto work = [&](std::size_t layer, int of) {
      return cycles(macs(graph, block.layers[layer], of), device);
    };
    const int all = groups(graph, block.output());
    const int middle = groups(graph, block.layers[1].output());
    const std::int64_t first = work(0, groups(graph, block.layers[0].output()));
    const std::int64_t half = work(1, (middle + 1) / 2);
    const std::int64_t published = std::max({first, half, work(2, all)});
    int best = all;
    std::int64_t least = published;
    for (int own = 1; own < all; ++own) {
      const std::int64_t most = std::max({half, first + work(2, all - own), work(2, own)});
      if (most < least) {
        least = most;
        best = own;
      }
    }
    const std::string name = builder.layer_name(block.output());
    if (best == all) {
      builder.design().notes.push_back(
          fmt::format("block '{}' as published: its busiest core has {} MAC cycles an image, and "
                      "no other cut of its four tiles has fewer",
                      name, published));
      continue;
    }
    if (const std::string why = obstacle(graph, block, builder.options()); !why.empty()) {
      builder.design().notes.push_back(
          fmt::format("block '{}' as published, with {} MAC cycles an image on its busiest core: "
                      "{}",
                      name, published, why));
      continue;
    }
    builder.design().notes.push_back(
        fmt::format("block '{}': output channels {} to {} of its last 1x1 are made by the core of "
                    "its first 1x1; the busiest core has {} MAC cycles an image instead of {}",
                    name, best * 8, all * 8 - 1, least, published));
    result[b] = Spread{best};
  }
  return result;
}

}  // namespace shiftwise::lower
