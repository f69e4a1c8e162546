// SPDX-License-Identifier: Apache-2.0
#include "lower/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/diagnostic.h"
#include "lower/spread.h"
#include "lower/weights.h"

namespace shiftwise::lower {
namespace {

/// A value on its way: all channels, or one port for each part of them.
using Value = std::vector<Port>;

class Planner {
 public:
  Planner(const std::vector<Block>& blocks, const Layout& layout, Builder& builder)
      : blocks_(blocks),
        slack_(layout.slack),
        spreads_(spread(blocks, layout, builder)),
        builder_(builder) {}

  void run() {
    place();
    for (std::size_t b = 0; b < blocks_.size(); ++b) make_jobs(b);
    input();
    for (std::size_t b = 0; b < blocks_.size(); ++b) connect(b);
    output();
    for (std::size_t b = 0; b < blocks_.size(); ++b) add_cores(b);
  }

 private:
  using Tiles = std::vector<core::TileId>;

  const qgraph::QGraph& graph() const { return builder_.graph(); }
  const target::Device& device() const { return builder_.options().device; }
  int first_row() const { return 1 + device().mem_rows; }

  /// Tiles for every layer of every block: whole columns for bottlenecks, the next free tile
  /// of the snake for other layers.
  void place() {
    int column = 0;
    int used = 0;  // tiles of the column
    for (const Block& block : blocks_) {
      const int rows = device().compute_rows;
      const bool bottleneck = is_bottleneck(graph(), block, device());
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
      if (spreads_[tiles_.size()]) {
        tiles = {{tile(1)}, {tile(0), tile(3)}, {tile(2), tile(1)}};
      } else if (bottleneck) {
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
    throw core::Error(
        {.what = fmt::format("the mapping cannot place this block on {}", device().name),
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
    if (const auto& spread = spreads_[b]) {
      const int all = groups(graph(), block.output());
      const Slice here{0, spread->groups};
      const Slice there{spread->groups, all - spread->groups};
      jobs[2][0].made = jobs[2][0].weights = here;
      jobs[2][1].made = jobs[2][1].weights = there;
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

  /// The jobs that read a block's input as it arrives, each a row of it at a time.
  void add_input_fifo(std::size_t b, const std::string& name, core::TileId producer,
                      const Object& object, const std::string& holds) {
    if (!spreads_[b]) return add_fifo(name, producer, object, jobs_[b][0], holds);
    const int depth = spread_lag(b) + ample(1);
    builder_.program().fifos.push_back({.name = name,
                                        .producer = producer,
                                        .consumers = {jobs_[b][2][1].tile, jobs_[b][2][0].tile},
                                        .depths = {ample(1), depth, depth},
                                        .object = object,
                                        .holds = holds,
                                        .per_image = type(graph(), blocks_[b].input).shape.height});
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
    add_input_fifo(0, name, shim, builder_.row_object(value), "the input");
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
      throw core::Error({.what = "the mapping cannot place this block",
                         .where = describe(graph(), last.layer->add),
                         .why = "its skip is not the block's input"});
    }
    for (std::size_t l = 0; l + 1 < jobs_[b].size(); ++l) {
      if (jobs_[b][l][0].layer->skip != Skip::kNone) {
        throw core::Error({.what = "the mapping cannot place this block",
                           .where = describe(graph(), jobs_[b][l][0].layer->add),
                           .why = "an add before the block's end"});
      }
    }
    if (jobs_[b].size() == 1 || spreads_[b]) {
      for (Job& job : jobs_[b].back()) job.skip = value[0].name;  // the cores hold the rows
    } else {
      last.skip = builder_.fresh(builder_.layer_name(last.layer->add) + "_skip");
    }
  }

  /// The way of a block's input around its layers: through the mem tile, which holds the rows
  /// that the layers in between hold back.
  void skip(std::size_t b, const std::string& from) {
    Job& last = jobs_[b].back()[0];
    if (last.skip.empty() || jobs_[b].size() == 1 || spreads_[b]) return;
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
    if (spreads_[b]) return connect_spread(b);
    weights(b, jobs_[b]);
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
        const Object object = builder_.row_object(node, job.made.groups);
        if (last) {
          add_input_fifo(b + 1, job.out.name, job.tile, object, output_of(node));
        } else {
          add_fifo(job.out.name, job.tile, object, jobs_[b][l + 1], output_of(node));
        }
      }
      if (last) skip(b + 1, jobs[0].out.name);
    }
  }

  std::string output_of(qgraph::NodeId node) const {
    return fmt::format("the output of layer '{}'", builder_.layer_name(node));
  }

  /// One stream of weights for those jobs of a block, cut up in the mem tile of its column.
  void weights(std::size_t b, std::vector<std::vector<Job>>& layers) {
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
    for (std::vector<Job>& jobs : layers) {
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
        consumer += fmt::format("{}{}", consumer.empty() ? "" : " ", target::to_string(job.tile));
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

  /// Image rows by which the second 1x1 of a spread block follows the first on the core that
  /// does both: one in each of the two 3x3 cores, one on its way in, one on its way out.
  int spread_lag(std::size_t b) const {
    constexpr int kLag = 3;
    const int total = builder_.options().images * type(graph(), blocks_[b].input).shape.height;
    return std::min(kLag, total - 1);
  }

  void connect_spread(std::size_t b) {
    Job& first = jobs_[b][0][0];
    std::vector<Job>& middle = jobs_[b][1];
    Job& own = jobs_[b][2][0];    // the core that does nothing but the second 1x1
    Job& other = jobs_[b][2][1];  // its part on the core of the first 1x1
    const qgraph::NodeId a = first.layer->output();
    const qgraph::NodeId m = middle[0].layer->output();
    const qgraph::NodeId out = own.layer->output();

    spread_weights(b);
    first.out = {.name = builder_.fresh(builder_.layer_name(a) + "_out"),
                 .groups = first.made.groups};
    read(middle, {first.out});
    add_fifo(first.out.name, first.tile, builder_.row_object(a), middle, output_of(a));
    for (std::size_t p = 0; p < 2; ++p) {
      Ring ring{.name = builder_.fresh(fmt::format("{}_out_{}", builder_.layer_name(m), p)),
                .owner = p == 0 ? other.tile : own.tile,
                .slots = builder_.ring_slots(m),
                .readers = {other.tile, own.tile},
                .object = builder_.row_object(m, middle[p].made.groups),
                .holds = output_of(m)};
      const Port port{.name = ring.name, .is_ring = true, .groups = middle[p].made.groups};
      middle[p].out = port;
      other.in.push_back(port);
      other.in.back().reader = 0;
      own.in.push_back(port);
      own.in.back().reader = 1;
      builder_.program().rings.push_back(std::move(ring));
    }
    other.out = {.name = builder_.fresh(builder_.layer_name(out) + "_part"),
                 .groups = other.made.groups};
    add_fifo(other.out.name, other.tile, builder_.row_object(out, other.made.groups), {own},
             output_of(out));
    builder_.program().fifos.back().depths = {ample(1), ample(1)};
    builder_.add_parameters(first, "");
    for (std::size_t p = 0; p < 2; ++p) {
      builder_.add_parameters(middle[p], fmt::format("_{}", p));
      builder_.add_parameters(jobs_[b][2][p], fmt::format("_{}", p));
    }
    if (b + 1 == blocks_.size()) return;
    own.out = {.name = builder_.fresh(builder_.layer_name(out) + "_out"),
               .groups = groups(graph(), out)};
    enter(b + 1, out, {own.out});
    add_input_fifo(b + 1, own.out.name, own.tile, builder_.row_object(out), output_of(out));
    skip(b + 1, own.out.name);
  }

  /// The core with two layers takes both objects of weights from a stream of its own.
  void spread_weights(std::size_t b) {
    std::vector<std::vector<Job>> others{jobs_[b][1], {jobs_[b][2][0]}};
    weights(b, others);
    jobs_[b][1] = others[0];
    jobs_[b][2][0] = others[1][0];

    Design& design = builder_.design();
    const KernelAbi abi = builder_.options().kernel_abi;
    Job* jobs[] = {&jobs_[b][0][0], &jobs_[b][2][1]};
    std::int64_t bytes = 0;
    for (const Job* job : jobs) {
      bytes = std::max(bytes, weight_bytes(graph(), *job->layer, job->weights, abi));
    }
    bytes = (bytes + 63) / 64 * 64;
    const core::TileId tile = jobs[0]->tile;
    const core::TileId shim = builder_.take_shim(tile.column, target::Direction::kMm2s);
    const std::string name =
        builder_.fresh(builder_.layer_name(jobs[0]->layer->convolution) + "_and_last_weights");
    const auto start = static_cast<std::int64_t>(design.weights.size());
    for (int i = 0; i < 2; ++i) {
      jobs[i]->weight_object = {name, i};
      append_weights(graph(), *jobs[i]->layer, jobs[i]->weights, abi, target::to_string(tile),
                     design);
      design.weights.resize(static_cast<std::size_t>(start + bytes * (i + 1)));
    }
    builder_.program().fifos.push_back({.name = name,
                                        .producer = shim,
                                        .consumers = {tile},
                                        .depths = {2, 2},
                                        .object = {qgraph::Element::kInt8, bytes},
                                        .holds = "weights of two layers"});
    builder_.program().transfers.push_back({name, 1, start / 4, bytes / 2});
  }

  void add_cores(std::size_t b) {
    if (!spreads_[b]) {
      for (auto& layer : jobs_[b]) {
        for (const Job& job : layer) builder_.add_core(job);
      }
      return;
    }
    for (const Job& job : jobs_[b][1]) builder_.add_core(job);
    add_two_layer_core(b);
    builder_.add_core(jobs_[b][2][0], with_copied_part(jobs_[b][2][0], jobs_[b][2][1]));
  }

  /// Every row of the block's output: own channels computed, the neighbour's copied behind
  /// them.
  std::vector<std::vector<Step>> with_copied_part(const Job& own, const Job& other) {
    std::vector<std::vector<Step>> rows = builder_.row_steps(own);
    const qgraph::NodeId out = own.layer->output();
    const Object part = builder_.row_object(out, other.made.groups);
    const Object whole = builder_.row_object(out);
    const bool is_unsigned = part.element == qgraph::Element::kUint8;
    const std::string copy = builder_.function({.symbol = is_unsigned ? "sw_copy_u8" : "sw_copy_i8",
                                                .source = "copy.cc",
                                                .object = "copy.o",
                                                .defines = {}},
                                               {part, whole}, 2);
    for (std::vector<Step>& row : rows) {
      const Release done{own.out.name, true, 1};
      const auto end = std::find(row.begin(), row.end(), Step(done));
      const auto offset = static_cast<std::int32_t>(whole.bytes() - part.bytes());
      row.insert(end, {Acquire{other.out.name, false, 1},
                       Call{copy,
                            {FifoView{other.out.name, 0}, FifoView{own.out.name, 0},
                             Constant{offset}, Constant{static_cast<std::int32_t>(part.bytes())}}},
                       Release{other.out.name, false, 1}});
    }
    return rows;
  }

  /// The first 1x1 of row k, then the second of row k - lag, through all images.
  void add_two_layer_core(std::size_t b) {
    const Job& first = jobs_[b][0][0];
    const Job& second = jobs_[b][2][1];
    const std::string& input = first.in[0].name;
    const int lag = spread_lag(b);
    const int slots = builder_.ring_slots(second.layer->input);
    const std::int64_t total =
        std::int64_t{builder_.options().images} * type(graph(), blocks_[b].input).shape.height;
    // Rows count modulo the slots; the first held row of the input is `base`.
    const auto reduce = [&](int row, int base, std::vector<Step>& steps) {
      steps.emplace_back(Acquire{first.out.name, true, 1});
      steps.emplace_back(builder_.call(first, base, 0, row));
      steps.emplace_back(Release{first.out.name, true, 1});
    };
    const auto expand = [&](int row, std::vector<Step>& steps) {
      for (const Port& port : second.in) steps.emplace_back(TakeSlot{port.name, port.reader});
      steps.emplace_back(Acquire{second.out.name, true, 1});
      steps.emplace_back(builder_.call(second, row, row, row));
      for (const Port& port : second.in) steps.emplace_back(GiveSlot{port.name, port.reader});
      steps.emplace_back(Release{second.out.name, true, 1});
      steps.emplace_back(Release{input, false, 1});
    };
    std::vector<Step> steps{Acquire{first.weight_object.fifo, false, 2}};
    for (int k = 0; k < lag; ++k) {
      steps.emplace_back(Acquire{input, false, k + 1});
      reduce(k, 0, steps);
    }
    const auto both = [&](int slot, std::vector<Step>& to) {
      to.emplace_back(Acquire{input, false, lag + 1});
      reduce(slot + lag, slot, to);
      expand(slot, to);
    };
    Loop loop{(total - lag) / slots, {}};
    for (int slot = 0; slot < slots; ++slot) both(slot, loop.body);
    if (loop.times > 0) steps.emplace_back(std::move(loop));
    const auto rest = static_cast<int>((total - lag) % slots);
    for (int slot = 0; slot < rest; ++slot) both(slot, steps);
    for (int k = 0; k < lag; ++k) {
      steps.emplace_back(Acquire{input, false, lag - k});
      expand((rest + k) % slots, steps);
    }
    steps.emplace_back(Release{first.weight_object.fifo, false, 2});
    builder_.program().cores.push_back(
        {first.tile,
         {builder_.layer_name(first.layer->output()), builder_.layer_name(second.layer->output())},
         {Loop{0, std::move(steps)}}});
    builder_.record(first);
    builder_.record(second);
  }

  const std::vector<Block>& blocks_;
  Slack slack_;
  std::vector<std::optional<Spread>> spreads_;  // one per block
  Builder& builder_;
  std::vector<std::vector<Tiles>> tiles_;            // [block][layer]
  std::vector<std::vector<std::vector<Job>>> jobs_;  // [block][layer][part]
};

}  // namespace

void plan(const std::vector<Block>& blocks, const Layout& layout, Builder& builder) {
  Planner(blocks, layout, builder).run();
}

}  // namespace shiftwise::lower
