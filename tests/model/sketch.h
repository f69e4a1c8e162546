// SPDX-License-Identifier: Apache-2.0
// Checkpoints of ResNets of any kind, sketched in a line: names and shapes as people's code
// gives them, values that do not matter.
#pragma once

#include <string>
#include <vector>

#include "model/load.h"

namespace shiftwise::tests {

struct Sketch {
  std::vector<int> depths = {1, 1, 1, 1};
  std::vector<int> widths = {4, 8, 16, 32};  ///< output channels per stage
  std::vector<int> strides = {1, 2, 2, 2};   ///< decides where a projection is needed
  bool bottleneck = false;
  bool projections = true;  ///< otherwise option A
  bool torchvision = false;
  int stem_kernel = 3;
  int classes = 10;
};

/// A convolution without a bias, a batch norm, a linear layer: their tensors under `name`.
void add_conv(model::Checkpoint& checkpoint, const std::string& name, int outputs, int inputs,
              int kernel);
void add_norm(model::Checkpoint& checkpoint, const std::string& name, int channels);
void add_linear(model::Checkpoint& checkpoint, const std::string& name, int outputs, int inputs);

model::Checkpoint draw(const Sketch& sketch);

/// The published example's split: `depths` of conv2_x and of the stages behind it.
model::Checkpoint draw_split(const std::vector<int>& depths);

}  // namespace shiftwise::tests
