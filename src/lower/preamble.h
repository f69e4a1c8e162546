// SPDX-License-Identifier: Apache-2.0
// Weights that come before the images on the stream of the array's input, for cores whose other
// DMA channel is taken: in objects of the input's size, which every reader of the input sees.
#pragma once

#include <string>
#include <vector>

#include "lower/builder.h"

namespace shiftwise::lower {

class Preamble {
 public:
  /// Appends the weights of these jobs, gives each a local buffer for them, and has them sent by
  /// `fifo`, whose objects are rows of the value `input`.
  void add(const std::string& fifo, qgraph::NodeId input, const std::vector<Job*>& jobs,
           Builder& builder);

  /// What the core on that tile does before the first row: copies its own weights to their
  /// buffers, and lets the others go by.
  std::vector<Step> steps(core::TileId tile, Builder& builder) const;

 private:
  /// The objects with the weights of one job.
  struct Section {
    core::TileId tile;
    std::string buffer;
    std::int64_t bytes = 0;
    std::int64_t objects = 0;
  };

  std::string fifo_;
  std::int64_t object_bytes_ = 0;
  std::vector<Section> sections_;
};

}  // namespace shiftwise::lower
