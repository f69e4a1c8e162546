// SPDX-License-Identifier: Apache-2.0
// The networks that are measured: the shapes of ResNet-50 for CIFAR with random weights.
// Speed does not depend on the weights, so no trained model is needed.
#pragma once

#include "qgraph/qgraph.h"

namespace shiftwise::bench {

struct ResNetShape {
  int width = 64;                          ///< channels of the first stage's inner convolutions
  std::vector<int> blocks = {3, 4, 6, 3};  ///< bottlenecks of each stage
  int image = 32;                          ///< height and width of the input
  bool wide_residual = true;
};

/// The first stage alone: 64 uint8 channels in, three bottlenecks.
qgraph::QGraph conv2_x(const ResNetShape& shape);

/// Stem, stages, pool and classifier; three int8 channels in.
qgraph::QGraph whole_network(const ResNetShape& shape);

/// One convolution of uint8 codes to uint8 codes, padded to keep the size.
qgraph::QGraph convolution(int inputs, int outputs, int kernel, int stride, int size);

/// Multiply-adds for one image.
std::int64_t macs(const qgraph::QGraph& graph);

}  // namespace shiftwise::bench
