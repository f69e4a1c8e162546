// SPDX-License-Identifier: Apache-2.0
#include "lower/make.h"

#include <fmt/format.h>

#include <algorithm>

#include "lower/cost.h"
#include "lower/place.h"

namespace shiftwise::lower {
namespace {

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

}  // namespace

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
  made.layout.split = plan(blocks, layout, builder);
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

}  // namespace shiftwise::lower
