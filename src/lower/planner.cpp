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
      blocks_.push_back({plan_block(site, slack, builder), site.block});
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
  };

  const qgraph::QGraph& graph() const { return builder_.graph(); }
  Program& program() { return builder_.program(); }
  int ahead() const { return slack_ == Slack::kAmple ? 2 : 1; }

  void input() {
    const qgraph::NodeId value = blocks_.front().block->input;
    const core::TileId shim = builder_.take_shim(first_column_, target::Direction::kMm2s);
    const std::string name = builder_.fresh("input");
    add_fifo(name, shim, value, blocks_.front().plan->read(name), "the input");
    program().transfers.push_back(images(name, 0, value));
  }

  void hand_on(std::size_t b) {
    const qgraph::NodeId value = blocks_[b].block->output();
    const std::string name = builder_.fresh(builder_.layer_name(value) + "_out");
    const core::TileId producer = blocks_[b].plan->write(name);
    add_fifo(name, producer, value, blocks_[b + 1].plan->read(name),
             "the output of layer '" + builder_.layer_name(value) + "'");
  }

  void output() {
    const qgraph::NodeId value = blocks_.back().block->output();
    const std::string name = builder_.fresh("output");
    const core::TileId producer = blocks_.back().plan->write(name);
    const core::TileId shim = builder_.take_shim(producer.column, target::Direction::kS2mm);
    program().fifos.push_back({.name = name,
                               .producer = producer,
                               .consumers = {shim},
                               .depths = {ahead(), 1},
                               .object = builder_.row_object(value),
                               .holds = "the output",
                               .per_image = type(graph(), value).shape.height});
    program().output_fifos.push_back(name);
    program().transfers.push_back(images(name, 2, value));
  }

  void add_fifo(const std::string& name, core::TileId producer, qgraph::NodeId value,
                const std::vector<Reader>& readers, const std::string& holds) {
    Fifo fifo{.name = name,
              .producer = producer,
              .consumers = {},
              .depths = {ahead()},
              .object = builder_.row_object(value),
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

  /// This copy's images in an argument of the sequence.
  Transfer images(const std::string& fifo, int argument, qgraph::NodeId value) const {
    const std::int64_t words =
        builder_.row_object(value).bytes() / 4 * type(graph(), value).shape.height;
    return {fifo, argument, words * builder_.copy().first_image, words * builder_.copy().images};
  }

  Slack slack_;
  Builder& builder_;
  std::vector<Planned> blocks_;
  int first_column_ = 0;
};

}  // namespace

int columns(const std::vector<Block>& blocks, Style style, Builder& builder) {
  return arrange(builder.graph(), blocks, cut(blocks, style, builder), builder.options().device, 0)
      .columns;
}

void plan(const std::vector<Block>& blocks, const Layout& layout, Builder& builder) {
  const std::vector<Cut> cuts = cut(blocks, layout.style, builder);
  const std::int64_t images = builder.options().images;
  int column = 0;
  for (int c = 0; c < layout.copies; ++c) {
    const auto first = static_cast<int>(images * c / layout.copies);
    const auto end = static_cast<int>(images * (c + 1) / layout.copies);
    builder.start({first, end - first});
    const Arrangement arrangement =
        arrange(builder.graph(), blocks, cuts, builder.options().device, column);
    Pipeline(arrangement, layout.slack, builder).run();
    column += arrangement.columns;
  }
}

}  // namespace shiftwise::lower
