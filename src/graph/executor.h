// SPDX-License-Identifier: Apache-2.0
// Runs a float network with oneDNN.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::graph {

/// A network compiled for chunks of a fixed number of images. Immutable after construction;
/// run() may be called from several threads at once, and the bits of its result do not depend
/// on how many others run: callers cut their work into chunks and use core::parallel_for.
class Executor {
 public:
  /// Receives an observed node's output for the images of one run(): [images][C][H][W] f32,
  /// borrowed for the call.
  using Observer = std::function<void(NodeId, std::span<const float>)>;

  struct Options {
    int images_per_chunk = 8;
    /// What each call of run() computes on. More than one is for those who have a single chunk
    /// and want it soon.
    int threads_per_chunk = 1;
    /// Nodes whose outputs an Observer is to see; they are kept apart from fused neighbours.
    std::vector<NodeId> observed;
    /// The Observer takes an image's floats in any order, which spares sorting them.
    bool any_order = false;
  };

  /// Batch norms must have been folded (graph/fold.h).
  Executor(const Graph& graph, const Options& options);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  int images_per_chunk() const;
  core::ImageShape input_shape() const;
  core::ImageShape output_shape() const;
  /// What each concurrent run() holds; kept for the next one.
  std::size_t workspace_bytes() const;
  /// Packed weights, shared by all.
  std::size_t weight_bytes() const;

  /// input: [images][C][H][W] f32, borrowed; output: likewise, written whole.
  /// 1 <= images <= images_per_chunk(). `observer` is called in node order.
  void run(std::span<const float> input, int images, std::span<float> output,
           const Observer& observer = {}) const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace shiftwise::graph
