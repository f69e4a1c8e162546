// SPDX-License-Identifier: Apache-2.0
#include "lower/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "lower/choose.h"
#include "lower/print.h"

namespace shiftwise::lower {
namespace {

/// More would not change the design, only the sizes of the host's buffers.
constexpr int kMostImages = 65536;

void assign(const qgraph::QGraph& network, const Options& options, Design& design) {
  for (std::size_t id = 1; id < network.nodes.size(); ++id) {
    const std::string& layer = network.nodes[id].name;
    std::vector<std::string> tiles;
    for (const TileLoad& load : design.tiles) {
      if (std::find(load.layers.begin(), load.layers.end(), layer) != load.layers.end()) {
        tiles.push_back(target::to_string(load.tile));
      }
    }
    design.assignments.push_back(
        {.layer = layer,
         .where = fmt::format("tile{} {}", tiles.size() == 1 ? "" : "s", fmt::join(tiles, ", ")),
         .why = fmt::format("mapping {}", name(options.mapping))});
  }
}

/// mlir-aie's kernels have no bias: a network without them, and what that means.
qgraph::QGraph without_biases(const qgraph::QGraph& network, std::vector<std::string>& warnings) {
  qgraph::QGraph result = network;
  int dropped = 0;
  for (qgraph::Node& node : result.nodes) {
    auto* conv = std::get_if<qgraph::Conv2d>(&node.operation);
    if (conv == nullptr) continue;
    const bool zero = std::all_of(conv->bias.begin(), conv->bias.end(),
                                  [](std::int32_t bias) { return bias == 0; });
    dropped += zero ? 0 : 1;
    std::fill(conv->bias.begin(), conv->bias.end(), 0);
  }
  if (dropped > 0) {
    warnings.push_back(fmt::format(
        "the biases of {} convolutions are dropped: the kernels of mlir-aie have none. The "
        "network's accuracy falls with them (docs/tools/compile.md)",
        dropped));
  }
  return result;
}

void check_images(const Options& options) {
  if (options.images >= 1 && options.images <= kMostImages) return;
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = "this number of images cannot be compiled for",
                     .why = fmt::format("{} images; 1 to {} can", options.images, kMostImages)});
}

}  // namespace

Mapping parse_mapping(const std::string& name) {
  if (name == "published") return Mapping::kPublished;
  if (name == "balanced") return Mapping::kBalanced;
  const std::vector<std::string> known{"published", "balanced"};
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no mapping '{}'", name),
                     .hint = core::suggest(name, known)});
}

KernelAbi parse_kernel_abi(const std::string& name) {
  if (name == "own") return KernelAbi::kOwn;
  if (name == "mlir-aie") return KernelAbi::kMlirAie;
  const std::vector<std::string> known{"own", "mlir-aie"};
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no kernel ABI '{}'", name),
                     .hint = core::suggest(name, known)});
}

std::string_view name(Mapping mapping) {
  return mapping == Mapping::kPublished ? "published" : "balanced";
}

std::string_view name(KernelAbi abi) { return abi == KernelAbi::kOwn ? "own" : "mlir-aie"; }

Design compile(const qgraph::QGraph& network, const Options& options) {
  check_images(options);
  qgraph::verify(network);
  std::vector<std::string> warnings;
  const qgraph::QGraph reference =
      options.kernel_abi == KernelAbi::kOwn ? network : without_biases(network, warnings);
  const Blocks found = find_blocks(reference);
  if (!found.rest.empty()) {
    throw core::Error({.what = "this layer cannot run on the array",
                       .where = describe(reference, found.rest.front().node),
                       .why = found.rest.front().why});
  }
  if (found.blocks.empty()) {
    throw core::Error(
        {.what = "there is nothing for the array to do", .why = "the network has no convolution"});
  }
  Made made = choose(reference, found.blocks, options);
  assign(reference, options, made.design);
  made.design.warnings = std::move(warnings);
  made.design.text = print(made.program, made.design);
  made.design.reference = reference;
  return std::move(made.design);
}

}  // namespace shiftwise::lower
