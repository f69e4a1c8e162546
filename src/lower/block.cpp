// SPDX-License-Identifier: Apache-2.0
#include "lower/block.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "lower/weights.h"

namespace shiftwise::lower {

std::unique_ptr<BlockPlan> plan_block(Site site, Slack slack, Builder& builder) {
  switch (site.cut.shape) {
    case Shape::kChain:
      return chain_block(std::move(site), slack, builder);
    case Shape::kFour:
      return four_tile_block(std::move(site), slack, builder);
    case Shape::kFive:
      return five_tile_block(std::move(site), slack, builder);
    case Shape::kSix:
      return six_tile_block(std::move(site), slack, builder);
  }
  return nullptr;
}

Job BlockPlan::job(std::size_t layer, core::TileId tile, Slice made) const {
  return {.layer = &block().layers[layer], .tile = tile, .made = made, .weights = made};
}

Slice BlockPlan::slice(const std::vector<int>& sizes, std::size_t p) {
  int first = 0;
  for (std::size_t i = 0; i < p; ++i) first += sizes[i];
  return {first, sizes[p]};
}

std::string BlockPlan::output_name(qgraph::NodeId node) const {
  return fmt::format("the output of layer '{}'", builder_.layer_name(node));
}

Reader BlockPlan::reader(const Job& job) const {
  return {job.tile, ample(most_held(builder_.main_uses(job)))};
}

void BlockPlan::add_fifo(const std::string& name, core::TileId producer, qgraph::NodeId node,
                         int groups, const std::vector<Reader>& readers) {
  Fifo fifo{.name = name,
            .producer = producer,
            .consumers = {},
            .depths = {ample(1)},
            .object = builder_.row_object(node, groups),
            .holds = output_name(node),
            .per_image = type(graph(), node).shape.height};
  for (const Reader& reader : readers) {
    fifo.consumers.push_back(reader.tile);
    fifo.depths.push_back(reader.depth);
  }
  // Neighbours share one pool.
  if (readers.size() == 1) fifo.depths[0] = std::max(fifo.depths[0], fifo.depths[1]);
  builder_.program().fifos.push_back(std::move(fifo));
}

void BlockPlan::hand_part(Job& part, const Job& to) {
  const qgraph::NodeId out = block().output();
  part.out = {.name = builder_.fresh(builder_.layer_name(out) + "_part"),
              .groups = part.made.groups};
  add_fifo(part.out.name, part.tile, out, part.made.groups, {{to.tile, ample(1)}});
}

void BlockPlan::check_skip() const {
  const auto refuse = [&](const Layer& layer, const char* why) {
    throw core::Error({.what = "the mapping cannot place this block",
                       .where = describe(graph(), layer.add),
                       .why = why});
  };
  const std::vector<Layer>& layers = block().layers;
  if (layers.back().skip == Skip::kNone) return;
  if (layers.back().skip_input != block().input) {
    refuse(layers.back(), "its skip is not the block's input");
  }
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    if (layers[l].skip != Skip::kNone) refuse(layers[l], "an add before the block's end");
  }
}

Reader BlockPlan::lead_around(const Port& rows, const std::vector<Job*>& last) {
  const Layer& layer = *last[0]->layer;
  const core::TileId mem{last[0]->tile.column, 1};
  int behind = 0;  // rows of the block's input that its first output row needs
  for (auto one = block().layers.rbegin(); one != block().layers.rend(); ++one) {
    const qgraph::Conv2d& conv = convolution(graph(), one->convolution);
    behind = behind * conv.stride + conv.kernel() - 1 - conv.padding;
  }
  const int depth = std::max(behind + 1, 2) + (slack_ == Slack::kAmple ? 2 : 0);
  Fifo around{.name = builder_.fresh(builder_.layer_name(layer.add) + "_skip"),
              .producer = mem,
              .consumers = {},
              .depths = {depth},
              .object = builder_.row_object(block().input, rows.groups),
              .holds = fmt::format("the skip of layer '{}'", builder_.layer_name(layer.add)),
              .per_image = type(graph(), block().input).shape.height};
  for (Job* job : last) {
    job->skip = around.name;
    around.consumers.push_back(job->tile);
    around.depths.push_back(ample(most_held(builder_.skip_uses(*job))));
  }
  builder_.program().links.push_back({{rows.name}, {around.name}, {}});
  builder_.program().fifos.push_back(std::move(around));
  return {mem, depth};
}

void BlockPlan::distribute_weights(const std::vector<std::vector<Job*>>& jobs) {
  Program& program = builder_.program();
  Design& design = builder_.design();
  const int column = jobs[0][0]->tile.column;
  const core::TileId mem{column, 1};
  const core::TileId shim = builder_.take_shim(column, target::Direction::kMm2s);
  const KernelAbi abi = builder_.options().kernel_abi;
  const auto start = static_cast<std::int64_t>(design.weights.size());
  Fifo all{.name = builder_.fresh(builder_.layer_name(block().output()) + "_block_weights"),
           .producer = shim,
           .consumers = {mem},
           .depths = {1, 1},
           .object = {},
           .holds = "weights on their way"};
  FifoLink link{{all.name}, {}, {}};
  std::vector<Fifo> parts;
  for (const std::vector<Job*>& same : jobs) {
    const Layer& layer = *same[0]->layer;
    const std::string name = builder_.layer_name(layer.convolution);
    const Slice& slice = same[0]->weights;
    Fifo part{.name = builder_.fresh(name + "_weights"),
              .producer = mem,
              .consumers = {},
              .depths = {1},
              .object = {qgraph::Element::kInt8, weight_bytes(graph(), layer, slice, abi)},
              .holds = fmt::format("the weights of layer '{}'", name)};
    std::string consumer;
    for (Job* job : same) {
      part.consumers.push_back(job->tile);
      part.depths.push_back(1);
      job->weight_object = FifoView{part.name, 0};
      consumer += fmt::format("{}{}", consumer.empty() ? "" : " ", target::to_string(job->tile));
    }
    link.offsets.push_back(static_cast<std::int64_t>(design.weights.size()) - start);
    append_weights(graph(), layer, slice, abi, consumer, design);
    link.to.push_back(part.name);
    parts.push_back(std::move(part));
  }
  const auto bytes = static_cast<std::int64_t>(design.weights.size()) - start;
  all.object = {qgraph::Element::kInt8, bytes};
  program.transfers.push_back({all.name, 1, builder_.share_weights(start) / 4, bytes / 4});
  program.fifos.push_back(std::move(all));
  std::move(parts.begin(), parts.end(), std::back_inserter(program.fifos));
  if (link.to.size() == 1) link.offsets.clear();
  program.links.push_back(std::move(link));
}

std::vector<Step> BlockPlan::stream_weights(const std::vector<Job*>& jobs, Job* beside) {
  Program& program = builder_.program();
  Design& design = builder_.design();
  const KernelAbi abi = builder_.options().kernel_abi;
  const auto size = [&](const Job& job) {
    return weight_bytes(graph(), *job.layer, job.weights, abi);
  };
  std::int64_t object = 0;
  for (const Job* job : jobs) object = std::max(object, size(*job));
  object = (object + 63) / 64 * 64;
  const core::TileId tile = jobs[0]->tile;
  const core::TileId shim = builder_.take_shim(tile.column, target::Direction::kMm2s);
  const std::string name =
      builder_.fresh(builder_.layer_name(jobs[0]->layer->convolution) + "_and_last_weights");
  const auto start = static_cast<std::int64_t>(design.weights.size());
  std::int64_t objects = 0;
  const auto append = [&](const Job& job) {
    append_weights(graph(), *job.layer, job.weights, abi, target::to_string(job.tile), design);
    objects += (size(job) + object - 1) / object;
    design.weights.resize(static_cast<std::size_t>(start + object * objects));
  };
  if (beside != nullptr) append(*beside);
  const std::int64_t handed_over = objects;
  const auto count = static_cast<int>(jobs.size());
  for (int i = 0; i < count; ++i) {
    Job& job = *jobs[static_cast<std::size_t>(i)];
    job.weight_object = FifoView{name, i};
    append(job);
  }
  program.fifos.push_back({.name = name,
                           .producer = shim,
                           .consumers = {tile},
                           .depths = {count, count},
                           .object = {qgraph::Element::kInt8, object},
                           .holds = "weights of two layers"});
  program.transfers.push_back({name, 1, builder_.share_weights(start) / 4, object * objects / 4});
  if (beside == nullptr) return {};

  // The core copies its neighbour's weights to where both reach them.
  const std::string layer = builder_.layer_name(beside->layer->convolution);
  const Ring ring{.name = builder_.fresh(layer + "_weights"),
                  .owner = device().core_reaches(tile, beside->tile) ? beside->tile : tile,
                  .slots = 1,
                  .readers = {beside->tile},
                  .object = {qgraph::Element::kInt8, size(*beside)},
                  .holds = fmt::format("the weights of layer '{}'", layer)};
  program.rings.push_back(ring);
  beside->weight_object = RingView{ring.name, 0};
  std::vector<Step> steps{TakeSlot{ring.name}};
  for (std::int64_t i = 0; i < handed_over; ++i) {
    steps.emplace_back(Acquire{name, false, 1});
    steps.emplace_back(builder_.copy_call(FifoView{name, 0}, RingView{ring.name, 0}, i * object,
                                          std::min(object, ring.object.bytes() - i * object)));
    steps.emplace_back(Release{name, false, 1});
  }
  steps.emplace_back(GiveSlot{ring.name});
  return steps;
}

Rows BlockPlan::with_copied_parts(const Job& own, const std::vector<const Job*>& others) {
  Rows rows = builder_.row_steps(own);
  const FifoView whole{own.out.name, 0};
  for (std::vector<Step>& row : rows) {
    std::vector<Step> copies;
    for (const Job* other : others) {
      const FifoView part{other->out.name, 0};
      const std::int64_t group = builder_.row_object(own.layer->output(), 1).bytes();
      copies.emplace_back(Acquire{part.fifo, false, 1});
      copies.emplace_back(builder_.copy_call(part, whole, group * other->made.first_group,
                                             group * other->made.groups));
      copies.emplace_back(Release{part.fifo, false, 1});
    }
    const auto end = std::find(row.begin(), row.end(), Step(Release{own.out.name, true, 1}));
    row.insert(end, copies.begin(), copies.end());
  }
  return rows;
}

int BlockPlan::at_most_all_rows(int lag) const {
  const std::int64_t total =
      std::int64_t{builder_.copy().images} * type(graph(), block().input).shape.height;
  return static_cast<int>(std::min<std::int64_t>(lag, total - 1));
}

void BlockPlan::add_lagging_core(const Job& first, const Job& second, int lag,
                                 std::vector<Step> before) {
  const std::string& input = first.in[0].name;
  const bool rings = second.in[0].via == Port::Via::kRing;
  const int slots = rings ? builder_.ring_slots(second.layer->input) : 1;
  const std::int64_t total =
      std::int64_t{builder_.copy().images} * type(graph(), block().input).shape.height;
  // Rows count modulo the slots; the first held row of the input is `base`.
  const auto reduce = [&](int row, int base, std::vector<Step>& steps) {
    steps.emplace_back(Acquire{first.out.name, true, 1});
    steps.emplace_back(builder_.call(first, base, 0, row));
    steps.emplace_back(Release{first.out.name, true, 1});
  };
  const auto expand = [&](int row, std::vector<Step>& steps) {
    for (const Port& port : second.in) {
      steps.push_back(rings ? Step(TakeSlot{port.name, port.reader})
                            : Step(Acquire{port.name, false, 1}));
    }
    steps.emplace_back(Acquire{second.out.name, true, 1});
    steps.emplace_back(builder_.call(second, row, row, row));
    for (const Port& port : second.in) {
      steps.push_back(rings ? Step(GiveSlot{port.name, port.reader})
                            : Step(Release{port.name, false, 1}));
    }
    steps.emplace_back(Release{second.out.name, true, 1});
    steps.emplace_back(Release{input, false, 1});
  };
  std::vector<Step> steps;
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
  builder_.add_core_of({&first, &second}, std::move(steps), std::move(before));
}

}  // namespace shiftwise::lower
