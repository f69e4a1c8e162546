// SPDX-License-Identifier: Apache-2.0
#include "quant/calibrate.h"

#include <algorithm>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "graph/executor.h"

namespace shiftwise::quant {

void refuse_overflow() {
  throw core::Error({.what = "an activation is not a finite number",
                     .why = "the float network overflows on a calibration image"});
}

void stream(const graph::Graph& network, const std::vector<graph::NodeId>& observed,
            const CalibrationData& data, Collector& collector, core::Progress& progress) {
  constexpr graph::NodeId kInput = 0;
  const bool observes_input = std::ranges::find(observed, kInput) != observed.end();
  std::vector<graph::NodeId> inner = observed;
  std::erase(inner, kInput);
  const graph::Executor executor(
      network,
      {.images_per_chunk = kChunkImages, .observed = inner, .any_order = collector.any_order()});
  const auto image_elements = static_cast<std::size_t>(network.input_shape().elements());
  const auto output_elements = static_cast<std::size_t>(executor.output_shape().elements());

  // Allocated once: fresh pages for every chunk would cost as much as a layer.
  std::vector<std::vector<float>> inputs(kSlots, std::vector<float>(kChunkImages * image_elements));
  std::vector<std::vector<float>> outputs(kSlots,
                                          std::vector<float>(kChunkImages * output_elements));

  progress.begin("calibrating", data.count, "images");
  for (std::int64_t batch = 0; batch < data.count; batch += kBatchImages) {
    const int batch_images =
        static_cast<int>(std::min<std::int64_t>(kBatchImages, data.count - batch));
    const int slots = (batch_images + kChunkImages - 1) / kChunkImages;
    collector.batch_begins(batch_images);
    core::parallel_for(slots, [&](std::int64_t slot) {
      core::check_interrupted();
      const int first = static_cast<int>(slot) * kChunkImages;
      const int images = std::min(kChunkImages, batch_images - first);
      const auto count = static_cast<std::size_t>(images);
      const auto index = static_cast<std::size_t>(slot);
      const auto input = std::span(inputs[index]).first(count * image_elements);
      const auto output = std::span(outputs[index]).first(count * output_elements);
      data::read_normalized(data.images, batch + first, images, data.normalization, input);
      if (observes_input) collector.see(static_cast<int>(slot), kInput, images, input);
      executor.run(input, images, output, [&](graph::NodeId node, std::span<const float> values) {
        collector.see(static_cast<int>(slot), node, images, values);
      });
      progress.advance(images);
    });
    collector.batch_ends();
  }
  progress.end();
}

}  // namespace shiftwise::quant
