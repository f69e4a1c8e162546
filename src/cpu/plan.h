// SPDX-License-Identifier: Apache-2.0
// A quantized network compiled for this CPU: steps, and where each tensor lives when.
#pragma once

#include <memory>
#include <vector>

#include "cpu/step.h"

namespace shiftwise::cpu {

/// A tensor and its place in the scratch memory.
struct Tensor {
  Layout layout;
  std::size_t offset = 0;       ///< bytes, multiple of a cache line
  std::size_t image_bytes = 0;  ///< from one image to the next
  /// Whether it lives only while one group of images passes through its segment; else it has
  /// room for every image of a chunk.
  bool grouped = false;
};

/// Consecutive steps through which images go in groups: `group` images through all of them,
/// then the next. Small groups keep large activations in the caches, large groups reuse
/// large weights.
struct Segment {
  int first_step = 0;
  int last_step = 0;  ///< past the end
  int group = 1;
};

struct Plan {
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<Tensor> tensors;
  std::vector<Segment> segments;
  TensorId input = 0;
  TensorId output = 0;
  int chunk = 1;  ///< images that the scratch memory has room for
  std::size_t scratch_bytes = 0;
  std::size_t weight_bytes = 0;
};

enum class Materialise {
  kNeeded,     ///< adds are computed by their convolutions, memory is reused
  kEveryNode,  ///< for observers: the tensor of node i is tensor i, and stays
};

/// graph: verified; kept alive by the caller only for the call. chunk: images at once, at most.
Plan make_plan(const qgraph::QGraph& graph, const Kernels& kernels, Materialise materialise,
               int chunk);

}  // namespace shiftwise::cpu
