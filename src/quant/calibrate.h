// SPDX-License-Identifier: Apache-2.0
// Streams calibration images through the float network and shows what flows in it.
#pragma once

#include <span>
#include <vector>

#include "core/progress.h"
#include "data/dataset.h"
#include "graph/graph.h"

namespace shiftwise::quant {

/// Images that count as one call of a quantizer in the seed's flow.
inline constexpr int kBatchImages = 64;
/// Images that one thread takes at a time, so that a batch is kSlots pieces of work.
inline constexpr int kChunkImages = 8;
inline constexpr int kSlots = kBatchImages / kChunkImages;

/// Collects statistics of fixed size. see() is called from several threads, but never twice
/// at once for the same slot; merging slots in their order makes a result that does not
/// depend on the number of threads.
class Collector {
 public:
  virtual ~Collector() = default;
  /// Whether see() takes an image's floats in any order, which is faster.
  virtual bool any_order() const { return false; }
  /// A batch of `images` images follows.
  virtual void batch_begins(int images) = 0;
  /// values: [images][C][H][W] f32 of `node` (or each image's in any order), borrowed.
  virtual void see(int slot, graph::NodeId node, int images, std::span<const float> values) = 0;
  /// All slots of the batch have been seen.
  virtual void batch_ends() = 0;
};

struct CalibrationData {
  const data::Dataset& images;
  const data::Normalization& normalization;
  std::int64_t count = 0;  ///< the first so many images
};

/// What collectors throw where a value is NaN or infinite.
[[noreturn]] void refuse_overflow();

/// Runs `network` (without batch norms) over the images, batch by batch, and shows the
/// outputs of `observed` (the Input node among them, if asked for) to `collector`.
void stream(const graph::Graph& network, const std::vector<graph::NodeId>& observed,
            const CalibrationData& data, Collector& collector, core::Progress& progress);

}  // namespace shiftwise::quant
