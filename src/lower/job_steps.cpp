// SPDX-License-Identifier: Apache-2.0
// What cores do for their jobs: which rows they hold, and what they call.
#include <fmt/format.h>
#include <params.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "core/diagnostic.h"
#include "lower/builder.h"

namespace shiftwise::lower {

namespace {

Window main_window(const qgraph::QGraph& graph, const Layer& layer) {
  const qgraph::Conv2d& conv = convolution(graph, layer.convolution);
  return {conv.kernel(), conv.stride, conv.padding};
}

Window skip_window(const qgraph::QGraph& graph, const Layer& layer) {
  if (layer.skip == Skip::kProjection) return {1, convolution(graph, layer.side).stride, 0};
  if (layer.skip == Skip::kSubsample) {
    return {
        1,
        std::get<qgraph::SubsamplePad>(graph.nodes[static_cast<std::size_t>(layer.side)].operation)
            .stride,
        0};
  }
  return {};
}

int rows(const qgraph::QGraph& graph, qgraph::NodeId value) {
  return type(graph, value).shape.height;
}

}  // namespace

std::vector<RowUse> Builder::main_uses(const Job& job) const {
  std::vector<Window> windows{main_window(graph_, *job.layer)};
  if (!job.skip.empty() && !job.in.empty() && job.skip == job.in[0].name) {
    windows.push_back(skip_window(graph_, *job.layer));
  }
  return row_uses(windows, rows(graph_, job.layer->input), rows(graph_, job.layer->output()));
}

std::vector<RowUse> Builder::skip_uses(const Job& job) const {
  if (!job.in.empty() && job.skip == job.in[0].name) return main_uses(job);
  const Window window = skip_window(graph_, *job.layer);
  return row_uses({&window, 1}, rows(graph_, job.layer->skip_input),
                  rows(graph_, job.layer->output()));
}

int Builder::ring_slots(qgraph::NodeId value) const {
  const int count = rows(graph_, value);
  return count % 2 == 0 ? 2 : count % 3 == 0 ? 3 : 1;
}

Argument Builder::view(const Port& port, int index, int row) const {
  if (port.via == Port::Via::kFifo) return FifoView{port.name, index};
  if (port.via == Port::Via::kBuffer) return BufferView{port.name};
  for (const Ring& ring : program_.rings) {
    if (ring.name == port.name) return RingView{port.name, row % ring.slots};
  }
  core::expects(false, "a core uses only rings that are there", port.name);
  return {};
}

Call Builder::call(const Job& job, int main_base, int skip_base, int row) {
  const Layer& layer = *job.layer;
  const qgraph::Conv2d& conv = convolution(graph_, layer.convolution);
  const bool own = options_.kernel_abi == KernelAbi::kOwn;
  const int in_rows = rows(graph_, layer.input);
  const int center = row * conv.stride;
  std::vector<Argument> arguments;
  int border = SW_BORDER_NONE;
  if (conv.kernel() == 3) {
    if (center - 1 < 0) border |= SW_BORDER_TOP;
    if (center + 1 >= in_rows) border |= SW_BORDER_BOTTOM;
    for (int r = center - 1; r <= center + 1; ++r) {
      const int there = r < 0 || r >= in_rows ? center : r;
      arguments.push_back(view(job.in[0], there - main_base, there));
    }
  } else {
    arguments.push_back(view(job.in[0], center - main_base, center));
    if (own || layer.skip != Skip::kNone) {
      arguments.push_back(view(job.in.back(), center - main_base, center));
    }
  }
  arguments.emplace_back(job.weight_object);
  const Argument out = view(job.out, 0, row);
  if (!own) arguments.push_back(out);
  if (layer.skip != Skip::kNone) {
    const int stride = skip_window(graph_, layer).stride;
    arguments.emplace_back(FifoView{job.skip, row * stride - skip_base});
  }
  if (own) {
    arguments.push_back(out);
    arguments.emplace_back(BufferView{job.parameters});
  }
  std::vector<Object> pointers;
  for (const Argument& argument : arguments) pointers.push_back(object_of(argument));

  if (own) {
    if (conv.kernel() == 3) arguments.emplace_back(Constant{border});
  } else {
    arguments.emplace_back(Constant{type(graph_, layer.input).shape.width});
    arguments.emplace_back(Constant{8 * groups(graph_, layer.input)});
    arguments.emplace_back(Constant{8 * job.made.groups});
    if (layer.skip == Skip::kProjection) {
      arguments.emplace_back(Constant{8 * groups(graph_, layer.skip_input)});
    }
    if (conv.kernel() == 3) {
      arguments.emplace_back(Constant{3});
      arguments.emplace_back(Constant{3});
      const int check = border == SW_BORDER_TOP ? 0 : border == SW_BORDER_NONE ? 1 : 2;
      arguments.emplace_back(Constant{check});
    }
    arguments.emplace_back(LoadedWord{job.parameters, 0});
    if (layer.skip != Skip::kNone) arguments.emplace_back(LoadedWord{job.parameters, 1});
    if (layer.skip == Skip::kProjection) arguments.emplace_back(LoadedWord{job.parameters, 2});
    if (conv.kernel() == 3) {
      arguments.emplace_back(Constant{8 * (job.made.first_group - job.weights.first_group)});
    }
  }
  const int scalars = static_cast<int>(arguments.size() - pointers.size());
  const std::string name =
      function(choose_kernel(graph_, layer, options_.kernel_abi), std::move(pointers), scalars);
  return {name, std::move(arguments)};
}

Call Builder::copy_call(const Argument& part, const Argument& whole, std::int64_t offset,
                        std::int64_t bytes) {
  const Object from = object_of(part);
  const bool is_unsigned = from.element == qgraph::Element::kUint8;
  const std::string name = function({.symbol = is_unsigned ? "sw_copy_u8" : "sw_copy_i8",
                                     .source = "copy.cc",
                                     .object = "copy.o",
                                     .defines = {}},
                                    {from, object_of(whole)}, 2);
  return {name,
          {part, whole, Constant{static_cast<std::int32_t>(offset)},
           Constant{static_cast<std::int32_t>(bytes)}}};
}

Rows Builder::row_steps(const Job& job) {
  const std::vector<RowUse> main = main_uses(job);
  const bool own_skip = !job.skip.empty() && job.skip != job.in[0].name;
  const std::vector<RowUse> skip = job.skip.empty() ? main : skip_uses(job);
  Rows rows_of_steps;
  for (std::size_t y = 0; y < main.size(); ++y) {
    std::vector<Step> steps;
    for (const Port& port : job.in) {
      if (port.via == Port::Via::kRing) {
        steps.emplace_back(TakeSlot{port.name, port.reader});
      } else {
        steps.emplace_back(Acquire{port.name, false, main[y].acquire});
      }
    }
    if (own_skip) steps.emplace_back(Acquire{job.skip, false, skip[y].acquire});
    if (job.out.via == Port::Via::kRing) {
      steps.emplace_back(TakeSlot{job.out.name});
    } else if (job.out.via == Port::Via::kFifo) {
      steps.emplace_back(Acquire{job.out.name, true, 1});
    }
    steps.emplace_back(call(job, main[y].base, skip[y].base, static_cast<int>(y)));
    if (job.out.via == Port::Via::kRing) {
      steps.emplace_back(GiveSlot{job.out.name});
    } else if (job.out.via == Port::Via::kFifo) {
      steps.emplace_back(Release{job.out.name, true, 1});
    }
    for (const Port& port : job.in) {
      if (port.via == Port::Via::kRing) {
        steps.emplace_back(GiveSlot{port.name, port.reader});
      } else if (main[y].release > 0) {
        steps.emplace_back(Release{port.name, false, main[y].release});
      }
    }
    if (own_skip && skip[y].release > 0) {
      steps.emplace_back(Release{job.skip, false, skip[y].release});
    }
    rows_of_steps.push_back(std::move(steps));
  }
  return rows_of_steps;
}

std::vector<Step> roll(const Rows& rows) {
  constexpr std::size_t kLongestPeriod = 4;
  std::vector<Step> rolled;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t best_period = 1;
    std::size_t best_times = 1;
    for (std::size_t period = 1; period <= kLongestPeriod; ++period) {
      std::size_t end = i + period;
      while (end < rows.size() && rows[end] == rows[end - period]) ++end;
      const std::size_t times = (std::min(end, rows.size()) - i) / period;
      if (times > 1 && times * period > best_times * best_period) {
        best_period = period;
        best_times = times;
      }
    }
    Loop loop{static_cast<std::int64_t>(best_times), {}};
    for (std::size_t k = i; k < i + best_period; ++k) {
      loop.body.insert(loop.body.end(), rows[k].begin(), rows[k].end());
    }
    rolled.emplace_back(std::move(loop));
    i += best_period * best_times;
  }
  return rolled;
}

void Builder::add_core(const std::vector<const Job*>& jobs, const Rows& rows,
                       std::vector<Step> before) {
  add_core_of(jobs, {Loop{copy_.images, roll(rows)}}, std::move(before));
}

void Builder::add_core_of(const std::vector<const Job*>& jobs, std::vector<Step> steps,
                          std::vector<Step> before) {
  std::map<std::string, int> weights;  // objects by FIFO
  std::vector<std::string> layers;
  std::vector<Step> body = std::move(before);
  for (const Job* job : jobs) {
    layers.push_back(layer_name(job->layer->output()));
    record(*job);
    if (const auto* view = std::get_if<FifoView>(&job->weight_object)) {
      ++weights[view->fifo];
    } else if (const auto* slot = std::get_if<RingView>(&job->weight_object)) {
      body.emplace_back(TakeSlot{slot->ring, 0});
      steps.emplace_back(GiveSlot{slot->ring, 0});
    }
  }
  for (const auto& [fifo, count] : weights) body.emplace_back(Acquire{fifo, false, count});
  std::move(steps.begin(), steps.end(), std::back_inserter(body));
  for (const auto& [fifo, count] : weights) body.emplace_back(Release{fifo, false, count});
  program_.cores.push_back(
      {jobs[0]->tile, std::move(layers), {Loop{0, std::move(body)}}, copy_.images});
}

void Builder::record(const Job& job) {
  auto found = std::find_if(design_.tiles.begin(), design_.tiles.end(),
                            [&](const TileLoad& load) { return load.tile == job.tile; });
  if (found == design_.tiles.end()) {
    design_.tiles.push_back({.tile = job.tile, .layers = {}});
    found = design_.tiles.end() - 1;
  }
  for (const qgraph::NodeId node : {job.layer->convolution, job.layer->side, job.layer->add}) {
    if (node != kNoNode) found->layers.push_back(layer_name(node));
  }
  found->macs_per_image += macs(graph_, *job.layer, job.made.groups);
}

}  // namespace shiftwise::lower
