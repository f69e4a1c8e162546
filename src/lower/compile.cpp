// SPDX-License-Identifier: Apache-2.0
#include "lower/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <set>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "lower/cost.h"
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
  Layout layout;
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
  made.design.copies = layout.copies;
  made.layout = layout;
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

/// Makes designs and keeps the one with the shortest time between images.
class Chooser {
 public:
  Chooser(const qgraph::QGraph& network, const std::vector<Block>& blocks, const Options& options)
      : network_(network), blocks_(blocks), options_(options) {}

  Made run() {
    if (options_.mapping == Mapping::kPublished) {
      try_style(Style::kPublished, 1);
    } else {
      for (const Style style : {Style::kSix, Style::kFive, Style::kFour}) {
        try_style(style, options_.images);
      }
      if (best_) {
        if (best_->layout.style == Style::kFour && !refusals_.empty()) {
          best_->design.notes.push_back(
              fmt::format("no more than four tiles a block: {}", refusals_.front()));
        }
      } else {
        try_style(Style::kPublished, options_.images);
        if (best_) {
          best_->design.notes.push_back(
              fmt::format("as published: the balanced cut does not fit ({})", refusals_.back()));
        }
      }
    }
    if (!best_) std::rethrow_exception(refusal_);
    return std::move(*best_);
  }

 private:
  /// With as many copies as fit, and rows fetched ahead if memory allows.
  void try_style(Style style, int most_copies) {
    std::string refused;
    const int most = std::min(most_copies, room_for(style, refused));
    for (int copies = most; copies > 0; --copies) {
      for (const Slack slack : {Slack::kAmple, Slack::kLean}) {
        try {
          keep(make(network_, blocks_, options_, {style, slack, copies}));
          if (slack == Slack::kLean) {
            add_note(
                "no rows are fetched ahead: memory is too small for more than what must be "
                "held");
          }
          if (copies < most) add_note(fmt::format("no more copies: {}", refused));
          return;
        } catch (const core::Error& error) {
          refused = why(error);
        }
      }
    }
    refusals_.push_back(refused);
  }

  int room_for(Style style, std::string& refused) {
    Made scratch;
    Builder builder(network_, options_, scratch.design, scratch.program);
    try {
      return options_.device.columns / columns(blocks_, style, builder);
    } catch (const core::Error& error) {
      refused = why(error);
      return 0;
    }
  }

  std::string why(const core::Error& error) {
    refusal_ = std::current_exception();
    return fmt::format("{}: {}", error.diagnostic().where, error.diagnostic().why);
  }

  void keep(Made made) {
    const std::int64_t cycles = bounds(made.design).cycles();
    // cycles / copies, compared without a division
    if (best_ && cycles * best_->design.copies >= cycles_ * made.design.copies) {
      newest_is_best_ = false;
      return;
    }
    newest_is_best_ = true;
    cycles_ = cycles;
    best_ = std::move(made);
  }

  void add_note(std::string note) {
    if (newest_is_best_) best_->design.notes.push_back(std::move(note));
  }

  const qgraph::QGraph& network_;
  const std::vector<Block>& blocks_;
  const Options& options_;
  std::optional<Made> best_;
  std::int64_t cycles_ = 0;
  bool newest_is_best_ = false;
  std::vector<std::string> refusals_;  ///< of styles that do not fit
  std::exception_ptr refusal_;
};

/// How much of the array works, and for how many pipelines.
void add_copies(const target::Device& device, Design& design) {
  std::set<int> columns;
  for (const TileLoad& load : design.tiles) columns.insert(load.tile.column);
  design.notes.push_back(fmt::format(
      "{} of {} tiles compute, in {} of {} columns{}", design.tiles.size(),
      device.columns * device.compute_rows, columns.size(), device.columns,
      design.copies == 1
          ? ""
          : fmt::format(": {} copies of the pipeline share the images", design.copies)));
}

/// Which bound is the largest, of all tiles.
void add_bounds(Design& design) {
  const Bounds b = bounds(design);
  const std::int64_t multiplying = b.multiplications.mac_cycles_per_image;
  const std::string kernels =
      b.kernels
          ? fmt::format(", kernels {} (tile {}, by their loops' analysis)",
                        *b.kernels->kernel_cycles_per_image, target::to_string(b.kernels->tile))
          : "";
  const std::int64_t compute = b.kernels ? *b.kernels->kernel_cycles_per_image : multiplying;
  design.notes.push_back(fmt::format(
      "bounds of an image in cycles: multiplications {} (tile {}){}, streams {} ({} tile {}); {}{}",
      multiplying, target::to_string(b.multiplications.tile), kernels, b.words(),
      b.stream_enters ? "into" : "out of", target::to_string(b.stream.tile),
      compute >= b.words() ? "compute binds" : "streams bind",
      design.copies == 1 ? ""
                         : fmt::format("; {} copies: one image every {} cycles at best",
                                       design.copies, b.cycles() / design.copies)));
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
  Made made = Chooser(reference, found.blocks, options).run();
  assign(reference, options, made.design);
  if (options.mapping == Mapping::kBalanced) add_copies(options.device, made.design);
  add_bounds(made.design);
  made.design.warnings = std::move(warnings);
  made.design.text = print(made.program, made.design);
  made.design.reference = reference;
  return std::move(made.design);
}

}  // namespace shiftwise::lower
