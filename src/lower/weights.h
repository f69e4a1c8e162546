// SPDX-License-Identifier: Apache-2.0
// Weights as the kernels read them.
#pragma once

#include <cstddef>
#include <vector>

#include "lower/compile.h"
#include "lower/kernel.h"
#include "lower/layer.h"

namespace shiftwise::lower {

/// Bytes of one object of weights: [O/8][I/8][ky][kx][i8][o8], then (own ABI) the int32 bias
/// per output channel; a projection's follow at the next multiple of 64 (mlir-aie: at once).
std::int64_t weight_bytes(const qgraph::QGraph& graph, const Layer& layer, const Slice& slice,
                          KernelAbi abi);

/// Appends that object to design.weights and its parts to design.weight_table.
void append_weights(const qgraph::QGraph& graph, const Layer& layer, const Slice& slice,
                    KernelAbi abi, const std::string& consumer, Design& design);

}  // namespace shiftwise::lower
