// SPDX-License-Identifier: Apache-2.0
#include "lower/preamble.h"

#include <fmt/format.h>

#include <algorithm>

#include "lower/weights.h"

namespace shiftwise::lower {

void Preamble::add(const std::string& fifo, qgraph::NodeId input, const std::vector<Job*>& jobs,
                   Builder& builder) {
  Design& design = builder.design();
  fifo_ = fifo;
  object_bytes_ = builder.row_object(input).bytes();
  const auto end = [&] { return static_cast<std::int64_t>(design.weights.size()); };
  const std::int64_t start = end();
  for (Job* job : jobs) {
    const std::int64_t from = end();
    append_weights(builder.graph(), *job->layer, job->weights, builder.options().kernel_abi,
                   target::to_string(job->tile), design);
    const std::int64_t bytes = end() - from;
    const std::int64_t objects = (bytes + object_bytes_ - 1) / object_bytes_;
    design.weights.resize(static_cast<std::size_t>(from + objects * object_bytes_));
    const std::string layer = builder.layer_name(job->layer->convolution);
    const LocalBuffer buffer{.name = builder.fresh(layer + "_weights"),
                             .tile = job->tile,
                             .object = {qgraph::Element::kInt8, bytes},
                             .holds = fmt::format("the weights of layer '{}'", layer)};
    job->weight_object = BufferView{buffer.name};
    sections_.push_back({job->tile, buffer.name, bytes, objects});
    builder.program().buffers.push_back(buffer);
  }
  const std::int64_t bytes = end() - start;
  builder.program().transfers.push_back({fifo, 1, builder.share_weights(start) / 4, bytes / 4});
}

std::vector<Step> Preamble::steps(core::TileId tile, Builder& builder) const {
  std::vector<Step> steps;
  for (const Section& section : sections_) {
    if (section.tile != tile) {
      steps.emplace_back(
          Loop{section.objects, {Acquire{fifo_, false, 1}, Release{fifo_, false, 1}}});
      continue;
    }
    for (std::int64_t i = 0; i < section.objects; ++i) {
      const std::int64_t at = i * object_bytes_;
      steps.emplace_back(Acquire{fifo_, false, 1});
      steps.emplace_back(builder.copy_call(FifoView{fifo_, 0}, BufferView{section.buffer}, at,
                                           std::min(object_bytes_, section.bytes - at)));
      steps.emplace_back(Release{fifo_, false, 1});
    }
  }
  return steps;
}

}  // namespace shiftwise::lower
