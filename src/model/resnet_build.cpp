// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <numeric>
#include <set>
#include <utility>

#include "core/diagnostic.h"
#include "model/load.h"
#include "model/resnet_description.h"
#include "model/resnet_names.h"

namespace shiftwise::model {
namespace {

using graph::NodeId;

[[noreturn]] void refuse(const std::string& tensor, const std::string& why,
                         const std::string& hint = {}) {
  throw core::Error({.what = "the checkpoint does not fit together as a ResNet",
                     .where = fmt::format("tensor '{}'", tensor),
                     .why = why,
                     .hint = hint});
}

/// Emits the network node by node, taking each tensor that it needs.
class Builder {
 public:
  Builder(const Checkpoint& checkpoint, const ResNetNames& names, const Overrides& overrides)
      : tensors_(checkpoint.tensors), names_(names), overrides_(overrides) {}

  Model run() {
    describe_shape();
    add("input", {}, graph::Input{{3, input_size().at(0), input_size().at(1)}});
    NodeId x = stem();
    for (std::size_t i = 0; i < names_.stages.size(); ++i) {
      stage_ = fmt::format("conv{}_x", i + 2);
      for (std::size_t k = 0; k < names_.stages[i].size(); ++k) {
        x = block(x, names_.stages[i][k], k == 0 ? description_.strides[i] : 1);
      }
      description_.depths.push_back(static_cast<int>(names_.stages[i].size()));
      description_.widths.push_back(channels_);
    }
    classifier(x);
    nothing_left_over();
    graph::verify(model_.network);
    finish_description(names_, description_);
    model_.description = std::move(description_);
    return std::move(model_);
  }

 private:
  void describe_shape() {
    const int kernel = static_cast<int>(tensor(names_.stem.conv + ".weight", 4).shape[3]);
    const bool large = kernel > 3;  // a stem for ImageNet: stride 2, then a max pool
    stem_stride_ = overrides_.stem_stride.value_or(large ? 2 : 1);
    stem_pool_ = overrides_.stem_pool.value_or(large);
    description_.stem =
        fmt::format("{0}x{0} stride {1}{2}", kernel, stem_stride_, stem_pool_ ? " + max pool" : "");
    description_.strides.assign(names_.stages.size(), names_.keeps_stride_1 ? 1 : 2);
    description_.strides[0] = 1;
    if (overrides_.strides) {
      if (overrides_.strides->size() != names_.stages.size()) {
        throw core::Error({.fault = core::Fault::kUsage,
                           .what = "--strides does not fit the network",
                           .why = fmt::format("{} strides for {} stages",
                                              overrides_.strides->size(), names_.stages.size())});
      }
      description_.strides = *overrides_.strides;
    } else if (names_.keeps_stride_1) {
      description_.notes.push_back(
          "names of the published split: its blocks ignore their stride, so every stage keeps "
          "stride 1; --strides says otherwise");
    }
  }

  std::vector<int> input_size() const {
    const int usual = stem_pool_ || stem_stride_ > 1 ? 224 : 32;
    return overrides_.input_size.value_or(std::vector<int>{usual, usual});
  }

  NodeId stem() {
    stage_ = "stem";
    NodeId x = convolution(0, names_.stem, stem_stride_);
    x = add(names_.stem_prefix + "relu", {x}, graph::Relu{});
    if (stem_pool_) x = add(names_.stem_prefix + "maxpool", {x}, graph::MaxPool{});
    return x;
  }

  /// conv, norm, ReLU, ..., then the shortcut, the sum and its ReLU. The stride sits on the
  /// first 3x3.
  NodeId block(NodeId input, const BlockNames& names, int stride) {
    const int input_channels = channels_;
    const std::size_t count = names.layers.size();
    const std::size_t strided = count == 3 ? 1 : 0;
    NodeId x = input;
    for (std::size_t i = 0; i < count; ++i) {
      x = convolution(x, names.layers[i], i == strided ? stride : 1);
      if (i + 1 < count) {
        x = add(fmt::format("{}relu{}", names.prefix, i + 1), {x}, graph::Relu{});
      }
    }
    const int output_channels = std::exchange(channels_, input_channels);
    const NodeId skip = shortcut(input, names, stride, output_channels);
    if (channels_ != output_channels) {
      refuse(names.shortcut.conv + ".weight",
             fmt::format("the shortcut has {} channels, the main branch {}", channels_,
                         output_channels));
    }
    x = add(names.prefix + "add", {x, skip}, graph::Add{});
    return add(fmt::format("{}relu{}", names.prefix, count), {x}, graph::Relu{});
  }

  NodeId shortcut(NodeId input, const BlockNames& names, int stride, int output_channels) {
    if (!names.shortcut.conv.empty()) {
      description_.shortcut = "projection";
      return convolution(input, names.shortcut, stride);
    }
    if (stride == 1 && channels_ == output_channels) return input;
    if (output_channels < channels_) {
      refuse(names.layers.back().conv + ".weight",
             fmt::format("it makes {} channels, but the block's input has {} and there is no "
                         "projection",
                         output_channels, channels_));
    }
    description_.shortcut = "option A";
    const int before = (output_channels - channels_) / 2;
    channels_ = output_channels;
    return add(names.prefix + "shortcut", {input},
               graph::SubsamplePad{stride, before, output_channels});
  }

  void classifier(NodeId x) {
    stage_ = "classifier";
    const auto& weight = tensor(names_.classifier + ".weight", 2);
    if (weight.shape[1] != channels_) {
      refuse(names_.classifier + ".weight",
             fmt::format("{} asks for {} inputs, but {} channels are pooled",
                         core::to_string(weight.shape), weight.shape[1], channels_));
    }
    description_.classes = static_cast<int>(weight.shape[0]);
    x = add(names_.classifier_prefix + "avgpool", {x}, graph::GlobalAveragePool{});
    add(names_.classifier, {x},
        graph::Linear{weight, optional_vector(names_.classifier + ".bias", weight.shape[0])});
  }

  /// A convolution, and its batch norm where the checkpoint has one.
  NodeId convolution(NodeId input, const LayerNames& names, int stride) {
    const auto& weight = tensor(names.conv + ".weight", 4);
    const auto& shape = weight.shape;
    if (shape[2] != shape[3] || shape[2] % 2 == 0 || shape[0] < 1) {
      refuse(names.conv + ".weight",
             fmt::format("{} is no square odd kernel", core::to_string(shape)));
    }
    if (shape[1] != channels_) {
      const bool grouped = shape[1] > 0 && channels_ % shape[1] == 0;
      refuse(names.conv + ".weight",
             fmt::format("{} asks for {} input channels, its input has {}", core::to_string(shape),
                         shape[1], channels_),
             grouped ? "grouped convolutions (ResNeXt) are not supported" : "");
    }
    channels_ = static_cast<int>(shape[0]);
    const NodeId conv = add(names.conv, {input},
                            graph::Conv2d{.weight = weight,
                                          .bias = optional_vector(names.conv + ".bias", shape[0]),
                                          .stride = stride,
                                          .padding = static_cast<int>(shape[2] / 2)});
    if (!tensors_.contains(names.norm + ".weight")) return conv;
    return add(names.norm, {conv},
               graph::BatchNorm{.gamma = vector(names.norm + ".weight"),
                                .beta = vector(names.norm + ".bias"),
                                .mean = vector(names.norm + ".running_mean"),
                                .variance = vector(names.norm + ".running_var"),
                                .epsilon = overrides_.batch_norm_epsilon.value_or(1e-5F)});
  }

  const core::Tensor<float>& tensor(const std::string& name, std::size_t dimensions) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) refuse(name, "it is missing");
    if (found->second.shape.size() != dimensions) {
      refuse(name,
             fmt::format("{} has {} dimensions instead of {}", core::to_string(found->second.shape),
                         found->second.shape.size(), dimensions));
    }
    used_.insert(name);
    description_.parameters += core::elements(found->second.shape);
    return found->second;
  }

  /// One value per channel of the convolution just made.
  std::vector<float> vector(const std::string& name) { return vector(name, channels_); }
  std::vector<float> vector(const std::string& name, std::int64_t length) {
    const auto& found = tensor(name, 1);
    if (found.shape[0] != length) {
      refuse(name, fmt::format("{} values for {} channels", found.shape[0], length));
    }
    return found.values;
  }
  std::vector<float> optional_vector(const std::string& name, std::int64_t length) {
    if (!tensors_.contains(name)) return {};
    return vector(name, length);
  }

  NodeId add(std::string name, std::vector<NodeId> inputs, graph::Operation operation) {
    model_.network.nodes.push_back(
        {std::move(name), inputs.empty() ? "" : stage_, std::move(inputs), std::move(operation)});
    return model_.network.output();
  }

  void nothing_left_over() const {
    for (const auto& [name, tensor] : tensors_) {
      if (used_.contains(name)) continue;
      refuse(name, "no part of a ResNet needs it",
             "pre-activation networks, squeeze-and-excitation and other extensions are not "
             "supported");
    }
  }

  const std::map<std::string, core::Tensor<float>>& tensors_;
  const ResNetNames& names_;
  const Overrides& overrides_;
  std::set<std::string> used_;
  Description description_;
  Model model_;
  std::string stage_;
  int channels_ = 3;  ///< of the value that the last node made
  int stem_stride_ = 1;
  bool stem_pool_ = false;
};

}  // namespace

Model build(const Checkpoint& checkpoint, const Overrides& overrides) {
  const ResNetNames names = find_names(checkpoint);
  Model model = Builder(checkpoint, names, overrides).run();
  describe_metadata(checkpoint.metadata, model.description);
  return model;
}

}  // namespace shiftwise::model
