// SPDX-License-Identifier: Apache-2.0
#include "lower/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "lower/place.h"
#include "lower/planner.h"
#include "lower/print.h"

namespace shiftwise::lower {
namespace {

/// More would not change the design, only the sizes of the host's buffers.
constexpr int kMostImages = 65536;

struct Made {
  Design design;
  Program program;
};

/// The smallest device of the family that has the columns in use.
std::string smallest_device(const Program& program, const target::Device& device) {
  int columns = 0;
  const auto count = [&](core::TileId tile) { columns = std::max(columns, tile.column + 1); };
  for (const Fifo& fifo : program.fifos) {
    count(fifo.producer);
    for (const core::TileId tile : fifo.consumers) count(tile);
  }
  for (const Core& core : program.cores) count(core.tile);
  if (!device.name.starts_with("npu")) return device.name;
  const std::string family = device.name.substr(0, device.name.find('_'));
  const int all = target::find_device(family).columns;
  return columns == all ? family : fmt::format("{}_{}col", family, columns);
}

/// Adds what only the finished program knows to the tiles' loads.
void measure(const Program& program, const TileUses& uses, const target::Device& device,
             Design& design) {
  std::map<std::string, std::int64_t> words;
  for (const Fifo& fifo : program.fifos)
    words[fifo.name] = fifo.per_image * fifo.object.bytes() / 4;
  std::sort(design.tiles.begin(), design.tiles.end(),
            [](const TileLoad& a, const TileLoad& b) { return a.tile < b.tile; });
  for (TileLoad& load : design.tiles) {
    const TileUse& use = uses.at(load.tile);
    load.memory_bytes = use.bytes();
    load.mac_cycles_per_image = (load.macs_per_image + device.macs_int8 - 1) / device.macs_int8;
    for (const std::string& fifo : use.s2mm) {
      load.stream_words_in_per_image = std::max(load.stream_words_in_per_image, words[fifo]);
    }
    for (const std::string& fifo : use.mm2s) {
      load.stream_words_out_per_image = std::max(load.stream_words_out_per_image, words[fifo]);
    }
  }
}

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

Made make(const qgraph::QGraph& network, const std::vector<Block>& blocks, const Options& options,
          const Layout& layout) {
  Made made;
  made.design.sequence = "sequence";
  made.design.images = options.images;
  const qgraph::Type& in = type(network, blocks.front().input);
  const qgraph::Type& out = type(network, blocks.back().output());
  made.design.input = {in.element, in.shape, 1};
  made.design.output = {out.element, out.shape, 1};

  Builder builder(network, options, made.design, made.program);
  plan(blocks, layout, builder);
  // Parameters before weights before images: what a core reads is there when it starts.
  std::stable_sort(made.program.transfers.begin(), made.program.transfers.end(),
                   [](const Transfer& a, const Transfer& b) {
                     const auto rank = [](int argument) { return argument == 0 ? 3 : argument; };
                     return rank(a.argument) < rank(b.argument);
                   });
  made.program.argument_words[0] = made.design.input.image_bytes() * options.images / 4;
  made.program.argument_words[1] = static_cast<std::int64_t>(made.design.weights.size()) / 4;
  made.program.argument_words[2] = made.design.output.image_bytes() * options.images / 4;

  const TileUses uses = place(made.program, options.device);
  check(uses, options.device);
  measure(made.program, uses, options.device, made.design);
  made.design.device = smallest_device(made.program, options.device);
  for (const Function& function : made.program.functions) {
    made.design.kernels.push_back(function.use);
  }
  return made;
}

/// The first layout that fits, from the one that is asked for to those that need less.
Made make_first(const qgraph::QGraph& network, const std::vector<Block>& blocks,
                const Options& options) {
  std::vector<Layout> layouts{{options.mapping, Slack::kAmple}, {options.mapping, Slack::kLean}};
  if (options.mapping == Mapping::kBalanced) {
    layouts.push_back({Mapping::kPublished, Slack::kAmple});
    layouts.push_back({Mapping::kPublished, Slack::kLean});
  }
  std::vector<std::string> notes;
  for (std::size_t i = 0;; ++i) {
    try {
      Made made = make(network, blocks, options, layouts[i]);
      if (layouts[i].mapping != options.mapping) {
        made.design.notes.push_back(
            fmt::format("as published: the balanced cut does not fit ({})", notes.front()));
      }
      if (layouts[i].slack == Slack::kLean) {
        made.design.notes.emplace_back(
            "no rows are fetched ahead: memory is too small for more than what must be held");
      }
      return made;
    } catch (const core::Error& error) {
      if (i + 1 == layouts.size()) throw;
      const core::Diagnostic& why = error.diagnostic();
      notes.push_back(fmt::format("{}: {}", why.where, why.why));
    }
  }
}

/// Columns that are not used although work would be left for them.
void add_idle_columns(const target::Device& device, Design& design) {
  int used = 0;
  for (const TileLoad& load : design.tiles) used = std::max(used, load.tile.column + 1);
  if (used == device.columns) return;
  design.notes.push_back(fmt::format(
      "{} of {} columns compute: the layers of a block are not divided over two columns", used,
      device.columns));
}

/// Which bound is the largest, of all tiles.
void add_bounds(Design& design) {
  const auto most = [&](std::int64_t TileLoad::* bound) {
    return *std::max_element(
        design.tiles.begin(), design.tiles.end(),
        [&](const TileLoad& a, const TileLoad& b) { return a.*bound < b.*bound; });
  };
  const TileLoad compute = most(&TileLoad::mac_cycles_per_image);
  const TileLoad in = most(&TileLoad::stream_words_in_per_image);
  const TileLoad out = most(&TileLoad::stream_words_out_per_image);
  const bool reads = in.stream_words_in_per_image >= out.stream_words_out_per_image;
  const std::int64_t words = reads ? in.stream_words_in_per_image : out.stream_words_out_per_image;
  design.notes.push_back(fmt::format(
      "bounds of an image: compute {} cycles (tile {}), streams {} cycles ({} tile {}); {}",
      compute.mac_cycles_per_image, target::to_string(compute.tile), words,
      reads ? "into" : "out of", target::to_string(reads ? in.tile : out.tile),
      compute.mac_cycles_per_image >= words ? "compute binds" : "streams bind"));
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
  Made made = make_first(reference, found.blocks, options);
  assign(reference, options, made.design);
  if (options.mapping == Mapping::kBalanced) add_idle_columns(options.device, made.design);
  add_bounds(made.design);
  made.design.warnings = std::move(warnings);
  made.design.text = print(made.program, made.design);
  made.design.reference = reference;
  return std::move(made.design);
}

}  // namespace shiftwise::lower
