// SPDX-License-Identifier: Apache-2.0
// oneDNN's int8 convolution, uint8 by int8 to int32 accumulators, on one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::bench {

class OneDnnConvolution {
 public:
  /// input: the layer's uint8 codes, [C][H][W].
  OneDnnConvolution(const qgraph::Type& input_type, const qgraph::Conv2d& conv,
                    const core::ImageShape& output, std::span<const std::byte> input);
  ~OneDnnConvolution();

  /// Computes the layer, from oneDNN's own layouts to its own layouts.
  void run();
  /// What run() made: [C][H][W].
  std::vector<std::int32_t> accumulators() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shiftwise::bench
