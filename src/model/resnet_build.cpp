// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "core/diagnostic.h"
#include "model/load.h"
#include "model/parameters.h"
#include "model/resnet_description.h"
#include "model/resnet_names.h"
#include "model/resnet_strides.h"

namespace shiftwise::model {
namespace {

using graph::NodeId;

/// Emits the network node by node, taking each tensor that it needs.
class Builder {
 public:
  Builder(Parameters& parameters, const ResNetNames& names, const Overrides& overrides)
      : parameters_(parameters), names_(names), overrides_(overrides) {}

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
    parameters_.expect_all_taken();
    verify_network();
    finish_description(names_, description_);
    model_.description = std::move(description_);
    return std::move(model_);
  }

 private:
  void verify_network() const {
    try {
      graph::verify(model_.network);
    } catch (const core::Error& error) {
      throw core::located_in(parameters_.checkpoint().path, error);
    }
  }

  void describe_shape() {
    const core::Shape& stem = parameters_.shape(names_.stem.conv + ".weight", 4);
    const bool large = stem[3] > 3;  // a stem for ImageNet: stride 2, then a max pool
    stem_stride_ = overrides_.stem_stride.value_or(large ? 2 : 1);
    stem_pool_ = overrides_.stem_pool.value_or(large);
    description_.stem = fmt::format("{0}x{0} stride {1}{2}", stem[3], stem_stride_,
                                    stem_pool_ ? " + max pool" : "");
    if (!large && names_.scheme == "torchvision" && !overrides_.stem_pool) {
      description_.notes.emplace_back(
          "torchvision's names, but a 3x3 stem: taken for the CIFAR variant, stride 1 and no max "
          "pool; --stem-stride and --stem-pool say otherwise");
    }
    description_.strides = choose_strides(names_, parameters_, overrides_, description_.notes);
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
      parameters_.refuse(names.shortcut.conv + ".weight",
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
      parameters_.refuse(
          names.layers.back().conv + ".weight",
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
    const std::string name = names_.classifier + ".weight";
    const core::Shape shape = parameters_.shape(name, 2);
    if (shape[1] != channels_) {
      parameters_.refuse(name, fmt::format("{} asks for {} inputs, but {} channels are pooled",
                                           core::to_string(shape), shape[1], channels_));
    }
    description_.classes = static_cast<int>(shape[0]);
    x = add(names_.classifier_prefix + "avgpool", {x}, graph::GlobalAveragePool{});
    graph::Linear linear{parameters_.take(name, 2),
                         parameters_.take_optional(names_.classifier + ".bias", shape[0])};
    count_trained(linear.weight.values, linear.bias);
    add(names_.classifier, {x}, std::move(linear));
  }

  /// A convolution, and its batch norm where its stage has them.
  NodeId convolution(NodeId input, const LayerNames& names, int stride) {
    const std::string name = names.conv + ".weight";
    const core::Shape shape = parameters_.shape(name, 4);
    if (shape[2] != shape[3] || shape[2] % 2 == 0) {
      parameters_.refuse(name, fmt::format("{} is no square odd kernel", core::to_string(shape)));
    }
    if (shape[1] != channels_) {
      const bool grouped = shape[1] < channels_ && channels_ % shape[1] == 0;
      parameters_.refuse(name,
                         fmt::format("{} asks for {} input channels, its input has {}",
                                     core::to_string(shape), shape[1], channels_),
                         stage_ == "stem" ? "only networks for RGB pictures are supported"
                         : grouped        ? "grouped convolutions (ResNeXt) are not supported"
                                          : "");
    }
    channels_ = static_cast<int>(shape[0]);
    graph::Conv2d conv{.weight = parameters_.take(name, 4),
                       .bias = parameters_.take_optional(names.conv + ".bias", shape[0]),
                       .stride = stride,
                       .padding = static_cast<int>(shape[2] / 2)};
    count_trained(conv.weight.values, conv.bias);
    const NodeId result = add(names.conv, {input}, std::move(conv));
    if (names.norm.empty()) return result;
    graph::BatchNorm norm{
        .gamma = parameters_.take_vector(names.norm + ".weight", channels_),
        .beta = parameters_.take_vector(names.norm + ".bias", channels_),
        .mean = parameters_.take_vector(names.norm + ".running_mean", channels_),
        .variance = parameters_.take_vector(names.norm + ".running_var", channels_),
        .epsilon = overrides_.batch_norm_epsilon.value_or(1e-5F)};
    count_trained(norm.gamma, norm.beta);
    return add(names.norm, {result}, std::move(norm));
  }

  void count_trained(const std::vector<float>& weight, const std::vector<float>& bias) {
    description_.parameters += static_cast<std::int64_t>(weight.size() + bias.size());
  }

  NodeId add(std::string name, std::vector<NodeId> inputs, graph::Operation operation) {
    model_.network.nodes.push_back(
        {std::move(name), inputs.empty() ? "" : stage_, std::move(inputs), std::move(operation)});
    return model_.network.output();
  }

  Parameters& parameters_;
  const ResNetNames& names_;
  const Overrides& overrides_;
  Description description_;
  Model model_;
  std::string stage_;
  int channels_ = 3;  ///< of the value that the last node made
  int stem_stride_ = 1;
  bool stem_pool_ = false;
};

}  // namespace

Model build(Checkpoint checkpoint, const Overrides& overrides) {
  check_overrides(overrides);
  const ResNetNames names = find_names(checkpoint);
  Parameters parameters(std::move(checkpoint));
  Model model = Builder(parameters, names, overrides).run();
  describe_metadata(parameters.checkpoint().metadata, model.description);
  return model;
}

}  // namespace shiftwise::model
