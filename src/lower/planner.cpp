// SPDX-License-Identifier: Apache-2.0
#include "lower/planner.h"

#include <algorithm>

#include "lower/arrange.h"

namespace shiftwise::lower {
namespace {

/// One copy of the pipeline: block after block.
class Pipeline {
 public:
  Pipeline(const Arrangement& arrangement, Slack slack, Builder& builder)
      : slack_(slack), builder_(builder) {
    for (const Site& site : arrangement.sites) {
      const std::vector<int> whole{groups(builder.graph(), site.block->output())};
      blocks_.push_back({plan_block(site, slack, builder), site.block,
                         site.split_out ? output_parts(site.cut) : whole});
    }
    first_column_ = arrangement.sites.front().tiles.front().column;
  }

  void run() {
    input();
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      blocks_[b].plan->connect();
      if (b + 1 < blocks_.size()) hand_on(b);
    }
    output();
    for (const Planned& block : blocks_) block.plan->add_cores();
  }

 private:
  struct Planned {
    std::unique_ptr<BlockPlan> plan;
    const Block* block;
    std::vector<int> parts;  // groups of the output
  };

  const qgraph::QGraph& graph() const { return builder_.graph(); }
  Program& program() { return builder_.program(); }
  int ahead() const { return slack_ == Slack::kAmple ? 2 : 1; }

  void input() {
    const qgraph::NodeId value = blocks_.front().block->input;
    const int all = groups(graph(), value);
    const core::TileId shim = builder_.take_shim(first_column_, target::Direction::kMm2s);
    const std::string name = builder_.fresh("input");
    const std::vector<Reader> readers = blocks_.front().plan->read({.name = name, .groups = all});
    add_fifo(name, shim, value, all, readers, "the input");
    program().transfers.push_back(images(name, 0, value, {0, all}));
  }

  void hand_on(std::size_t b) {
    const qgraph::NodeId value = blocks_[b].block->output();
    const std::string layer = builder_.layer_name(value);
    for (const int part : blocks_[b].parts) {
      const std::string name = builder_.fresh(layer + "_out");
      const core::TileId producer = blocks_[b].plan->write(name);
      const std::vector<Reader> readers = blocks_[b + 1].plan->read({.name = name, .groups = part});
      add_fifo(name, producer, value, part, readers, "the output of layer '" + layer + "'");
    }
  }

  void output() {
    const qgraph::NodeId value = blocks_.back().block->output();
    int first = 0;
    for (const int part : blocks_.back().parts) {
      const std::string name = builder_.fresh("output");
      const core::TileId producer = blocks_.back().plan->write(name);
      const core::TileId shim = builder_.take_shim(producer.column, target::Direction::kS2mm);
      program().fifos.push_back({.name = name,
                                 .producer = producer,
                                 .consumers = {shim},
                                 .depths = {ahead(), 1},
                                 .object = builder_.row_object(value, part),
                                 .holds = "the output",
                                 .per_image = type(graph(), value).shape.height});
      program().output_fifos.push_back(name);
      program().transfers.push_back(images(name, 2, value, {first, part}));
      first += part;
    }
  }

  void add_fifo(const std::string& name, core::TileId producer, qgraph::NodeId value, int groups,
                const std::vector<Reader>& readers, const std::string& holds) {
    Fifo fifo{.name = name,
              .producer = producer,
              .consumers = {},
              .depths = {ahead()},
              .object = builder_.row_object(value, groups),
              .holds = holds,
              .per_image = type(graph(), value).shape.height};
    for (const Reader& reader : readers) {
      fifo.consumers.push_back(reader.tile);
      fifo.depths.push_back(reader.depth);
    }
    // Neighbours share one pool.
    if (readers.size() == 1) fifo.depths[0] = std::max(fifo.depths[0], fifo.depths[1]);
    program().fifos.push_back(std::move(fifo));
  }

  /// Some groups of this copy's images in an argument of the sequence.
  Transfer images(const std::string& fifo, int argument, qgraph::NodeId value, Slice part) const {
    const Copy& copy = builder_.copy();
    const std::int64_t row = builder_.row_object(value).bytes() / 4;
    const std::int64_t rows = type(graph(), value).shape.height;
    const std::int64_t start = row * rows * copy.first_image;
    if (part.groups == groups(graph(), value)) {
      return {fifo, argument, start, row * rows * copy.images};
    }
    const std::int64_t group = builder_.row_object(value, 1).bytes() / 4;
    return {
        fifo, argument, start + group * part.first_group, group * part.groups, rows * copy.images,
        row};
  }

  Slack slack_;
  Builder& builder_;
  std::vector<Planned> blocks_;
  int first_column_ = 0;
};

/// Marks where rows go in two parts: wherever they can. Returns whether any do.
bool split(std::vector<Site>& sites) {
  bool any = false;
  for (std::size_t b = 0; b < sites.size(); ++b) {
    const std::vector<int> parts = output_parts(sites[b].cut);
    const bool last = b + 1 == sites.size();
    if (parts.size() < 2 || (!last && !reads_parts(*sites[b + 1].block, sites[b + 1].cut, parts))) {
      continue;
    }
    any = sites[b].split_out = true;
    if (!last) sites[b + 1].split_in = true;
  }
  return any;
}

}  // namespace

int columns(const std::vector<Block>& blocks, const Layout& layout, Builder& builder) {
  const std::vector<Cut> cuts = cut(blocks, layout.style, layout.split, builder);
  return arrange(builder.graph(), blocks, cuts, builder.options().device, 0).columns;
}

bool plan(const std::vector<Block>& blocks, const Layout& layout, Builder& builder) {
  const std::vector<Cut> cuts = cut(blocks, layout.style, layout.split, builder);
  const std::int64_t images = builder.options().images;
  int column = 0;
  bool parts = false;
  for (int c = 0; c < layout.copies; ++c) {
    const auto first = static_cast<int>(images * c / layout.copies);
    const auto end = static_cast<int>(images * (c + 1) / layout.copies);
    builder.start({first, end - first});
    Arrangement arrangement =
        arrange(builder.graph(), blocks, cuts, builder.options().device, column);
    if (layout.split) parts = split(arrangement.sites);
    Pipeline(arrangement, layout.slack, builder).run();
    column += arrangement.columns;
  }
  return parts;
}

}  // namespace shiftwise::lower
