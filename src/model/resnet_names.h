// SPDX-License-Identifier: Apache-2.0
// Where the parts of a ResNet are in a checkpoint, whatever they are called there.
#pragma once

#include <string>
#include <vector>

#include "model/load.h"

namespace shiftwise::model {

/// A convolution and the batch norm behind it, empty where there is none: names without
/// ".weight".
struct LayerNames {
  std::string conv;
  std::string norm;
};

struct BlockNames {
  std::string prefix;              ///< "layer1.0."
  std::vector<LayerNames> layers;  ///< two: basic, three: bottleneck
  LayerNames shortcut;             ///< empty names where the block has no projection
};

struct ResNetNames {
  std::string scheme;  ///< "torchvision", "CIFAR", "sequential", "published split"
  std::string stem_prefix;
  LayerNames stem;
  std::vector<std::vector<BlockNames>> stages;
  std::string classifier_prefix;
  std::string classifier;
  /// The published split's blocks ignore their stride argument.
  bool keeps_stride_1 = false;
};

/// Recognizes the naming scheme and lists every block that the checkpoint has. A stage has
/// batch norms at all of its convolutions or at none. Throws Error where the tensors' names
/// are those of no ResNet or a block is missing among others.
ResNetNames find_names(const Checkpoint& checkpoint);

}  // namespace shiftwise::model
