// SPDX-License-Identifier: Apache-2.0
// Designs of the shapes that were measured on silicon, simulated with the kernels' published
// times.
#pragma once

#include "qgraph/qgraph.h"
#include "sim/statistics.h"
#include "target/kernel_cost.h"

namespace shiftwise::fidelity {

/// Cycles of one run of the host sequence on one image: mlir-aie's ml/bottleneck (256 -> 64 ->
/// 64 -> 256 channels, one column) on height x width pixels.
sim::Cycles bottleneck_cycles(int height, int width, target::PublishedKernels kernels);

/// What mlir-aie's ml/resnet/layers_conv2_x computes: three blocks on 32 x 32 pixels, with its
/// residual of 8 bits.
qgraph::QGraph conv2_x();

/// The same of that one, in three columns.
sim::Cycles conv2_x_cycles(target::PublishedKernels kernels);

}  // namespace shiftwise::fidelity
