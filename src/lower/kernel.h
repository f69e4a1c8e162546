// SPDX-License-Identifier: Apache-2.0
// From a layer to the kernel that computes it: its symbol, and what it is told.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "lower/compile.h"
#include "lower/layer.h"

namespace shiftwise::lower {

/// Some of a layer's output groups, made by one core.
struct Slice {
  int first_group = 0;
  int groups = 0;
};

/// What one core is told about its part of a layer.
struct Part {
  int in0_groups = 0;
  int in1_groups = 0;  ///< 0: the input is not in two parts
  Slice made;          ///< of the layer's output groups
  Slice weights;       ///< of which the core holds the weights
  Slice skip = {};     ///< of an identity, what the skip's rows hold; no groups: all
};

struct Word {
  int index = 0;
  std::string meaning;
  std::int32_t value = 0;
};

/// The parameter struct of kernels/aie2 in two halves.
struct Words {
  std::vector<std::int32_t> initial;  ///< shapes: properties of the design
  std::vector<Word> runtime;          ///< shifts: written by the sequence
};

/// Throws Error naming the layer where the ABI has no kernel for it.
KernelUse choose_kernel(const qgraph::QGraph& graph, const Layer& layer, KernelAbi abi);

/// Own ABI.
Words parameter_words(const qgraph::QGraph& graph, const Layer& layer, const Part& call);

/// Of mlir-aie's kernels: scale, skip scale, scale of the projection.
Words mlir_aie_words(const qgraph::QGraph& graph, const Layer& layer);

}  // namespace shiftwise::lower
