// SPDX-License-Identifier: Apache-2.0
// Two executors on the same images, code by code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/backend.h"

namespace shiftwise::backend {

/// A network and something that runs it.
struct Contender {
  const qgraph::QGraph& graph;
  Executor& executor;
};

/// One code that is not what was expected.
struct Difference {
  std::string node;
  int image = 0;
  int channel = 0;
  int y = 0;
  int x = 0;
  std::int32_t expected = 0;
  std::int32_t got = 0;

  /// "layer 'layer1.0.conv2', image 3, channel 5, y 0, x 31: expected 17, got 18"
  std::string text() const;
};

/// How often one node's codes differed.
struct NodeComparison {
  std::string node;
  std::int64_t values = 0;
  std::int64_t mismatches = 0;
  std::int64_t largest_error = 0;  ///< largest |got - expected|
};

struct Comparison {
  int images = 0;
  /// Of the first node in the expected network's order that differs: its first image, and the
  /// first code there in the order [C][H][W].
  std::optional<Difference> first;
  std::vector<NodeComparison> nodes;   ///< nodes that both networks have
  std::vector<std::string> unmatched;  ///< nodes that only one has, or with other shapes

  bool equal() const { return !first.has_value() && unmatched.empty(); }
};

/// Runs both on the same codes and compares every node of the same name, as their observers
/// show them, and once more the output of an unobserved run of `got`, which may be computed
/// in another way. Where one of them does not show its nodes, the outputs are compared alone.
/// Throws Error (data) where the networks do not take the same input.
/// input: [images][C][H][W], one byte per code, borrowed. Memory is bounded: images go
/// through in small chunks.
Comparison compare(const Contender& expected, const Contender& got,
                   std::span<const std::byte> input, int images);

}  // namespace shiftwise::backend
