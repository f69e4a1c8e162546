// SPDX-License-Identifier: Apache-2.0
// From a checkpoint file to a float network.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace shiftwise::model {

/// What a checkpoint file holds: its float tensors, widened to float32 and finite, and its
/// text metadata. Wrappers ("state_dict", "model", "net", ...) and prefixes that all names
/// share ("module.", ...) are gone from the names.
struct Checkpoint {
  std::string path;    ///< of the file, for messages
  std::string format;  ///< "safetensors", "PyTorch zip", "PyTorch legacy"
  std::map<std::string, core::Tensor<float>> tensors;
  std::map<std::string, std::string> skipped;  ///< integer tensors: name -> dtype
  std::map<std::string, std::string> metadata;
};

/// Reads safetensors (F64, F32, F16, BF16), PyTorch's zip format and its stream from before
/// 1.6, found by content, not by name. Nothing in the file is ever executed. Throws Error
/// (file, tensor, byte offset) for anything malformed or hostile; memory stays below a small
/// multiple of the file's size.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// The same of a file in memory; `path` is only for messages.
Checkpoint parse_checkpoint(std::span<const std::byte> file, const std::string& path);

/// What a person may override of what names and shapes say.
struct Overrides {
  std::optional<std::vector<int>> strides = {};     ///< first stride of each stage
  std::optional<std::vector<int>> input_size = {};  ///< {height, width}
  std::optional<int> stem_stride = {};
  std::optional<bool> stem_pool = {};  ///< max pool after the stem
  std::optional<float> batch_norm_epsilon = {};
};

/// What was inferred, for `inspect`.
struct Description {
  std::string family;       ///< "CIFAR ResNet-50", ...
  std::string block;        ///< "bottleneck" or "basic"
  std::string stem;         ///< "3x3 stride 1", "7x7 stride 2 + max pool"
  std::string shortcut;     ///< "projection", "option A", "none"
  std::string naming;       ///< "torchvision", "CIFAR", "sequential", "published split"
  std::vector<int> depths;  ///< blocks per stage
  std::vector<int> widths;  ///< output channels per stage
  std::vector<int> strides;
  int classes = 0;
  std::int64_t parameters = 0;  ///< trained ones: running means and variances do not count
  /// From the file's metadata where it has them ("mean", "std", "classes").
  std::optional<std::array<float, 3>> mean;
  std::optional<std::array<float, 3>> std;
  std::vector<std::string> class_names;
  /// Guesses that a person should know of, one sentence each.
  std::vector<std::string> notes;
};

struct Model {
  graph::Graph network;  ///< with its batch norms
  Description description;
};

/// Recognizes a ResNet by names and shapes. Throws Error naming the tensor where something
/// is missing, has another shape than its neighbours ask for, or is left over. The tensors
/// move into the network: std::move the checkpoint to hold them only once.
Model build(Checkpoint checkpoint, const Overrides& overrides = {});

}  // namespace shiftwise::model
