// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "lower/planner.h"
#include "lower/weights.h"

namespace shiftwise::lower {
namespace {

/// A value on its way: all channels, or one port for each part of them.
using Value = std::vector<Port>;

class Published {
 public:
  Published(const std::vector<Block>& blocks, Slack slack, Builder& builder)
      : blocks_(blocks), slack_(slack), builder_(builder) {}

  void run() {
    place();
    for (std::size_t b = 0; b < blocks_.size(); ++b) make_jobs(b);
    input();
    for (std::size_t b = 0; b < blocks_.size(); ++b) connect(b);
    output();
    for (auto& block : jobs_) {
      for (auto& layer : block) {
        for (Job& job : layer) builder_.add_core(job);
      }
    }
  }

 private:
  using Tiles = std::vector<core::TileId>;

  const qgraph::QGraph& graph() const { return builder_.graph(); }
  const target::Device& device() const { return builder_.options().device; }
  int first_row() const { return 1 + device().mem_rows; }

  /// 1x1, 3x3, 1x1: the middle one is halved.
  bool is_bottleneck(const Block& block) const {
    if (block.layers.size() != 3 || device().compute_rows < 4) return false;
    const auto kernel = [&](std::size_t i) {
      return convolution(graph(), block.layers[i].convolution).kernel();
    };
    return kernel(0) == 1 && kernel(1) == 3 && kernel(2) == 1 &&
           groups(graph(), block.layers[1].output()) >= 2;
  }

  /// Tiles for every layer of every block: whole columns for bottlenecks, the next free tile
  /// of the snake for other layers.
  void place() {
    int column = 0;
    int used = 0;  // tiles of the column
    for (const Block& block : blocks_) {
      const int rows = device().compute_rows;
      const bool bottleneck = is_bottleneck(block);
      const int wanted = bottleneck ? rows : static_cast<int>(block.layers.size());
      if (wanted > rows) {
        refuse(block, fmt::format("its {} layers need a column of {} tiles, which has {}",
                                  block.layers.size(), block.layers.size(), rows));
      }
      if (used + wanted > rows) {
        ++column;
        used = 0;
      }
      if (column >= device().columns) {
        refuse(block,
               fmt::format("all {} columns are taken by the blocks before it", device().columns));
      }
      const bool down = column % 2 == 1;
      const auto tile = [&](int i) {
        return core::TileId{column, first_row() + (down ? rows - 1 - i : i)};
      };
      std::vector<Tiles> tiles;
      if (bottleneck) {
        tiles = {{tile(0)}, {tile(1), tile(3)}, {tile(2)}};
      } else {
        for (std::size_t i = 0; i < block.layers.size(); ++i) {
          tiles.push_back({tile(used + static_cast<int>(i))});
        }
      }
      used += wanted;
      tiles_.push_back(std::move(tiles));
    }
  }

  [[noreturn]] void refuse(const Block& block, const std::string& why) const {
    throw core::Error({.what = fmt::format("the mapping 'published' cannot place this block on {}",
                                           device().name),
                       .where = describe(graph(), block.output()),
                       .why = why,
                       .hint = "offload fewer stages, or choose a larger device"});
  }

  void make_jobs(std::size_t b) {
    const Block& block = blocks_[b];
    std::vector<std::vector<Job>> jobs;
    for (std::size_t l = 0; l < block.layers.size(); ++l) {
      const Layer& layer = block.layers[l];
      const int all = groups(graph(), layer.output());
      const auto parts = static_cast<int>(tiles_[b][l].size());
      std::vector<Job> halves;
      for (int p = 0; p < parts; ++p) {
        const int from = all * p / parts;
        halves.push_back({.layer = &layer,
                          .tile = tiles_[b][l][static_cast<std::size_t>(p)],
                          .made = {from, all * (p + 1) / parts - from},
                          .weights = {0, all}});
      }
      jobs.push_back(std::move(halves));
    }
    jobs_.push_back(std::move(jobs));
  }

  int ample(int most) const { return slack_ == Slack::kAmple ? most + 1 : most; }

  /// The FIFO from `producer` to the tiles of `readers`, each with room for what it holds.
  void add_fifo(const std::string& name, core::TileId producer, const Object& object,
                const std::vector<Job>& readers, const std::string& holds) {
    const int rows = type(graph(), readers[0].layer->input).shape.height;
    Fifo fifo{.name = name,
              .producer = producer,
              .consumers = {},
              .depths = {ample(1)},
              .object = object,
              .holds = holds,
              .per_image = rows};
    for (const Job& job : readers) {
      fifo.consumers.push_back(job.tile);
      fifo.depths.push_back(ample(most_held(builder_.main_uses(job))));
    }
    // Neighbours share one pool.
    if (readers.size() == 1) fifo.depths[0] = std::max(fifo.depths[0], fifo.depths[1]);
    builder_.program().fifos.push_back(std::move(fifo));
  }

  /// Hands a value to a layer's jobs.
  static void read(std::vector<Job>& jobs, const Value& value) {
    for (Job& job : jobs) job.in = value;
  }

  void input() {
    const qgraph::NodeId value = blocks_.front().input;
    const core::TileId shim = builder_.take_shim(tiles_[0][0][0].column, target::Direction::kMm2s);
    const std::string name = builder_.fresh("input");
    enter(0, value, {{.name = name, .groups = groups(graph(), value)}});
    add_fifo(name, shim, builder_.row_object(value), jobs_[0][0], "the input");
    const std::int64_t words =
        builder_.row_object(value).bytes() / 4 * type(graph(), value).shape.height;
    builder_.program().transfers.push_back({name, 0, 0, words * builder_.options().images});
    skip(0, name);
  }

  /// Block `b` reads `value`.
  void enter(std::size_t b, qgraph::NodeId node, const Value& value) {
    read(jobs_[b][0], value);
    Job& last = jobs_[b].back()[0];
    if (last.layer->skip == Skip::kNone) return;
    if (last.layer->skip_input != node) {
      throw core::Error({.what = "the mapping 'published' cannot place this block",
                         .where = describe(graph(), last.layer->add),
                         .why = "its skip is not the block's input"});
    }
    for (std::size_t l = 0; l + 1 < jobs_[b].size(); ++l) {
      if (jobs_[b][l][0].layer->skip != Skip::kNone) {
        throw core::Error({.what = "the mapping 'published' cannot place this block",
                           .where = describe(graph(), jobs_[b][l][0].layer->add),
                           .why = "an add before the block's end"});
      }
    }
    if (jobs_[b].size() == 1) {
      last.skip = value[0].name;  // the core holds the rows anyway
    } else {
      last.skip = builder_.fresh(builder_.layer_name(last.layer->add) + "_skip");
    }
  }

  /// The way of a block's input around its layers: through the mem tile, which holds the rows
  /// that the layers in between hold back.
  void skip(std::size_t b, const std::string& from) {
    Job& last = jobs_[b].back()[0];
    if (last.skip.empty() || jobs_[b].size() == 1) return;
    const core::TileId mem{last.tile.column, 1};
    int behind = 0;  // rows of the block's input that its first output row needs
    for (std::size_t l = jobs_[b].size(); l-- > 0;) {
      const qgraph::Conv2d& conv = convolution(graph(), jobs_[b][l][0].layer->convolution);
      behind = behind * conv.stride + conv.kernel() - 1 - conv.padding;
    }
    const int depth = std::max(behind + 1, 2) + (slack_ == Slack::kAmple ? 2 : 0);
    Fifo& input = *std::find_if(builder_.program().fifos.begin(), builder_.program().fifos.end(),
                                [&](const Fifo& fifo) { return fifo.name == from; });
    input.consumers.push_back(mem);
    input.depths.push_back(depth);
    const int held = ample(most_held(builder_.skip_uses(last)));
    Fifo around = {
        .name = last.skip,
        .producer = mem,
        .consumers = {last.tile},
        .depths = {depth, held},
        .object = input.object,
        .holds = fmt::format("the skip of layer '{}'", builder_.layer_name(last.layer->add)),
        .per_image = input.per_image};
    builder_.program().fifos.push_back(std::move(around));
    builder_.program().links.push_back({{from}, {last.skip}, {}});
  }

  /// Weights, parameters and values of a block; its output enters the next one.
  void connect(std::size_t b) {
    weights(b);
    for (std::size_t l = 0; l < jobs_[b].size(); ++l) {
      std::vector<Job>& jobs = jobs_[b][l];
      for (std::size_t p = 0; p < jobs.size(); ++p) {
        builder_.add_parameters(jobs[p], jobs.size() > 1 ? fmt::format("_{}", p) : "");
      }
      const bool last = l + 1 == jobs_[b].size();
      if (last && b + 1 == blocks_.size()) return;
      const qgraph::NodeId node = jobs[0].layer->output();
      Value value;
      for (std::size_t p = 0; p < jobs.size(); ++p) {
        const std::string part = jobs.size() > 1 ? fmt::format("_out_{}", p) : "_out";
        jobs[p].out = {.name = builder_.fresh(builder_.layer_name(node) + part),
                       .groups = jobs[p].made.groups};
        value.push_back(jobs[p].out);
      }
      if (last) {
        enter(b + 1, node, value);
      } else {
        read(jobs_[b][l + 1], value);
      }
      for (const Job& job : jobs) {
        add_fifo(job.out.name, job.tile, builder_.row_object(node, job.made.groups),
                 last ? jobs_[b + 1][0] : jobs_[b][l + 1],
                 fmt::format("the output of layer '{}'", builder_.layer_name(node)));
      }
      if (last) skip(b + 1, jobs[0].out.name);
    }
  }

  void weights(std::size_t b) {
    Program& program = builder_.program();
    const int column = jobs_[b][0][0].tile.column;
    const core::TileId mem{column, 1};
    const core::TileId shim = builder_.take_shim(column, target::Direction::kMm2s);
    const KernelAbi abi = builder_.options().kernel_abi;
    const auto start = static_cast<std::int64_t>(builder_.design().weights.size());
    Fifo all{.name = builder_.fresh(builder_.layer_name(blocks_[b].output()) + "_block_weights"),
             .producer = shim,
             .consumers = {mem},
             .depths = {1, 1},
             .object = {},
             .holds = "weights on their way"};
    FifoLink link{{all.name}, {}, {}};
    std::vector<Fifo> parts;
    for (std::vector<Job>& jobs : jobs_[b]) {
      const Layer& layer = *jobs[0].layer;
      const std::string name = builder_.layer_name(layer.convolution);
      const Slice& slice = jobs[0].weights;
      Fifo part{.name = builder_.fresh(name + "_weights"),
                .producer = mem,
                .consumers = {},
                .depths = {1},
                .object = {qgraph::Element::kInt8, weight_bytes(graph(), layer, slice, abi)},
                .holds = fmt::format("the weights of layer '{}'", name)};
      std::string consumer;
      for (Job& job : jobs) {
        part.consumers.push_back(job.tile);
        part.depths.push_back(1);
        job.weight_object = {part.name, 0};
        consumer += (consumer.empty() ? "" : " ") + target::to_string(job.tile);
      }
      link.offsets.push_back(static_cast<std::int64_t>(builder_.design().weights.size()) - start);
      append_weights(graph(), layer, slice, abi, consumer, builder_.design());
      link.to.push_back(part.name);
      parts.push_back(std::move(part));
    }
    const auto end = static_cast<std::int64_t>(builder_.design().weights.size());
    all.object = {qgraph::Element::kInt8, end - start};
    program.transfers.push_back({all.name, 1, start / 4, (end - start) / 4});
    program.fifos.push_back(std::move(all));
    for (Fifo& part : parts) program.fifos.push_back(std::move(part));
    if (link.to.size() == 1) link.offsets.clear();
    program.links.push_back(std::move(link));
  }

  void output() {
    Job& last = jobs_.back().back()[0];
    const qgraph::NodeId node = last.layer->output();
    const core::TileId shim = builder_.take_shim(last.tile.column, target::Direction::kS2mm);
    last.out.name = builder_.fresh("output");
    const Object object = builder_.row_object(node);
    builder_.program().fifos.push_back({.name = last.out.name,
                                        .producer = last.tile,
                                        .consumers = {shim},
                                        .depths = {ample(1), 1},
                                        .object = object,
                                        .holds = "the output",
                                        .per_image = type(graph(), node).shape.height});
    builder_.program().output_fifo = last.out.name;
    const std::int64_t words = object.bytes() / 4 * type(graph(), node).shape.height;
    builder_.program().transfers.push_back(
        {last.out.name, 2, 0, words * builder_.options().images});
  }

  const std::vector<Block>& blocks_;
  Slack slack_;
  Builder& builder_;
  std::vector<std::vector<Tiles>> tiles_;            // [block][layer]
  std::vector<std::vector<std::vector<Job>>> jobs_;  // [block][layer][part]
};

}  // namespace

void plan_published(const std::vector<Block>& blocks, Slack slack, Builder& builder) {
  Published(blocks, slack, builder).run();
}
void plan_balanced(const std::vector<Block>& blocks, Slack slack, Builder& builder) {
  Published(blocks, slack, builder).run();
}

}  // namespace shiftwise::lower
