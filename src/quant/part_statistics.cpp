// SPDX-License-Identifier: Apache-2.0
#include "quant/part_statistics.h"

#include "core/parallel.h"

namespace shiftwise::quant {

using graph::NodeId;

PartStatistics::PartStatistics(const Part& part, bool branches) {
  const auto observe = [&](NodeId id) { empty_.try_emplace(id); };
  observe(part.border());
  for (NodeId id = part.range.first; id <= part.range.last; ++id) {
    const graph::Operation& operation = part.node(id).operation;
    if (std::holds_alternative<graph::Relu>(operation) ||
        std::holds_alternative<graph::GlobalAveragePool>(operation)) {
      observe(id);
    }
    if (!has_weights(operation)) continue;
    if (branches && std::holds_alternative<graph::Conv2d>(operation)) {
      observe(part.activation_of(id));
    }
    const NodeId input = part.node(id).inputs[0];
    const core::ImageShape& shape = part.shapes[static_cast<std::size_t>(input)];
    int kernel = 1;
    int stride = 1;
    int padding = 0;
    if (const auto* conv = std::get_if<graph::Conv2d>(&operation)) {
      kernel = conv->kernel();
      stride = conv->stride;
      padding = conv->padding;
    }
    observe(input);
    empty_[input].moments.emplace(id, InputMoments(shape, kernel, stride, padding));
    covariances_.emplace(id, Covariance{.total = {shape, kernel, stride, padding},
                                        .rows = std::vector<std::vector<float>>(kSlots)});
  }
  total_ = empty_;
}

std::vector<NodeId> PartStatistics::observed() const {
  std::vector<NodeId> nodes;
  for (const auto& [id, tensor] : empty_) nodes.push_back(id);
  return nodes;
}

void PartStatistics::batch_begins(int images) {
  slots_.assign(kSlots, empty_);
  first_image_ += batch_images_;
  batch_images_ = images;
}

void PartStatistics::see(int slot, NodeId node, int images, std::span<const float> values) {
  const auto index = static_cast<std::size_t>(slot);
  Tensor& tensor = slots_[index].at(node);
  tensor.histogram.add(values);
  for (auto& [layer, moments] : tensor.moments) {
    moments.add(images, values);
    Covariance& covariance = covariances_.at(layer);
    covariance.total.sample(first_image_ + std::int64_t{slot} * kChunkImages, images, values,
                            covariance.rows[index]);
  }
}

void PartStatistics::batch_ends() {
  for (const auto& slot : slots_) {
    for (const auto& [id, tensor] : slot) {
      Tensor& total = total_.at(id);
      total.histogram.merge(tensor.histogram);
      for (auto& [layer, moments] : total.moments) moments.merge(tensor.moments.at(layer));
    }
  }
  std::vector<Covariance*> covariances;
  for (auto& [layer, covariance] : covariances_) covariances.push_back(&covariance);
  core::parallel_for(std::ssize(covariances), [&](std::int64_t i) {
    Covariance& covariance = *covariances[static_cast<std::size_t>(i)];
    for (std::vector<float>& rows : covariance.rows) {
      covariance.total.add(rows);
      rows.clear();
    }
  });
}

}  // namespace shiftwise::quant
