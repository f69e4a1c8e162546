// SPDX-License-Identifier: Apache-2.0
// A network compiled into oneDNN primitives and a plan of its memory. Private to the room.
#pragma once

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "graph/arena.h"
#include "graph/executor.h"
#include "graph/onednn.h"

namespace shiftwise::graph {

/// Index into Program::values.
using ValueId = int;

/// An activation of one chunk in one layout, in one buffer. Values that share a buffer are
/// the same memory before and after an operation in place.
struct Value {
  onednn::Layout layout;
  int buffer = 0;
};

/// Runs a primitive.
struct Compute {
  dnnl::primitive primitive;
  std::vector<std::pair<int, ValueId>> values;  ///< DNNL_ARG_... and what it is
  std::vector<std::pair<int, dnnl::memory>> constants;
};

/// The option-A shortcut, on plain layouts.
struct Subsample {
  SubsamplePad operation;
  core::ImageShape from_shape;
  ValueId from = 0;
  ValueId to = 0;
};

/// Hands a node's output, in plain layout, to the observer or the caller.
struct Show {
  NodeId node = 0;
  ValueId value = 0;
};

using Step = std::variant<Compute, Subsample, Show>;

struct Program {
  int images = 0;                        ///< per chunk
  int threads = 1;                       ///< likewise
  std::vector<core::ImageShape> shapes;  ///< of every node's output
  std::vector<bool> observed;            ///< by node
  std::vector<Value> values;             ///< value 0 is the input, in plain layout
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::size_t workspace_bytes = 0;
  std::size_t weight_bytes = 0;
};

/// Throws Error naming the node that oneDNN refuses.
Program compile(const Graph& graph, const Executor::Options& options);

}  // namespace shiftwise::graph
