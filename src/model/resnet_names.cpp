// SPDX-License-Identifier: Apache-2.0
#include "model/resnet_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/diagnostic.h"

namespace shiftwise::model {
namespace {

/// Looks tensors up by the beginnings of their names.
class Finder {
 public:
  explicit Finder(const Checkpoint& checkpoint) : tensors_(checkpoint.tensors) {}

  bool has(const std::string& layer) const { return tensors_.contains(layer + ".weight"); }
  bool any_below(const std::string& prefix) const {
    const auto found = tensors_.lower_bound(prefix);
    return found != tensors_.end() && found->first.starts_with(prefix);
  }
  /// The first of `candidates` that has a weight, else the first of all.
  std::string first_of(const std::string& prefix,
                       std::initializer_list<const char*> candidates) const {
    for (const char* candidate : candidates) {
      if (has(prefix + candidate)) return prefix + candidate;
    }
    return prefix + *candidates.begin();
  }

 private:
  const std::map<std::string, core::Tensor<float>>& tensors_;
};

/// conv1, bn1, conv2, bn2, ... and downsample or shortcut: torchvision and its relatives.
BlockNames named_block(const Finder& find, const std::string& prefix) {
  BlockNames block{.prefix = prefix, .layers = {}, .shortcut = {}};
  for (int i = 1; find.has(prefix + fmt::format("conv{}", i)); ++i) {
    block.layers.push_back({prefix + fmt::format("conv{}", i), prefix + fmt::format("bn{}", i)});
  }
  for (const char* name : {"downsample", "shortcut"}) {
    if (!find.any_below(prefix + name + ".")) continue;
    block.shortcut = {prefix + name + ".0", prefix + name + ".1"};
  }
  return block;
}

/// residual_function.0, .1, .3, .4, ...: convolutions, batch norms and ReLUs in one
/// Sequential.
BlockNames sequential_block(const Finder& find, const std::string& prefix) {
  BlockNames block{.prefix = prefix, .layers = {}, .shortcut = {}};
  for (int i = 0; find.has(prefix + fmt::format("residual_function.{}", i)); i += 3) {
    block.layers.push_back({prefix + fmt::format("residual_function.{}", i),
                            prefix + fmt::format("residual_function.{}", i + 1)});
  }
  if (find.any_below(prefix + "shortcut.")) {
    block.shortcut = {prefix + "shortcut.0", prefix + "shortcut.1"};
  }
  return block;
}

template <typename MakeBlock>
std::vector<BlockNames> find_blocks(const Finder& find, const std::string& stage, int first,
                                    const MakeBlock& make_block) {
  std::vector<BlockNames> blocks;
  for (int i = first;; ++i) {
    const std::string prefix = fmt::format("{}{}.", stage, i);
    if (!find.any_below(prefix)) return blocks;
    blocks.push_back(make_block(find, prefix));
  }
}

void find_stages(const Finder& find, const std::string& prefix, int first, ResNetNames& names) {
  for (int i = first; find.any_below(fmt::format("{}layer{}.", prefix, i)); ++i) {
    names.stages.push_back(find_blocks(find, fmt::format("{}layer{}.", prefix, i), 0, named_block));
  }
}

ResNetNames published_split(const Finder& find) {
  ResNetNames names{.scheme = "published split",
                    .stem_prefix = "first.",
                    .stem = {"first.conv1", "first.bn1"},
                    .stages = {find_blocks(find, "aie.layer", 1, named_block)},
                    .classifier_prefix = "post.",
                    .classifier = find.first_of("post.", {"linear", "fc"}),
                    .keeps_stride_1 = true};
  find_stages(find, "post.", 2, names);
  return names;
}

ResNetNames sequential(const Finder& find) {
  ResNetNames names{.scheme = "sequential",
                    .stem_prefix = {},
                    .stem = {"conv1.0", "conv1.1"},
                    .stages = {},
                    .classifier_prefix = {},
                    .classifier = find.first_of("", {"fc", "linear"})};
  for (int i = 2; find.any_below(fmt::format("conv{}_x.", i)); ++i) {
    names.stages.push_back(find_blocks(find, fmt::format("conv{}_x.", i), 0, sequential_block));
  }
  return names;
}

ResNetNames plain(const Finder& find) {
  ResNetNames names{.scheme = find.has("fc") ? "torchvision" : "CIFAR",
                    .stem_prefix = {},
                    .stem = {"conv1", "bn1"},
                    .stages = {},
                    .classifier_prefix = {},
                    .classifier = find.first_of("", {"linear", "fc"})};
  find_stages(find, "", 1, names);
  return names;
}

[[noreturn]] void refuse(const Checkpoint& checkpoint) {
  std::string some;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (some.size() > 100) {
      some += ", ...";
      break;
    }
    some += (some.empty() ? "" : ", ") + name;
  }
  throw core::Error({.what = "this is not a ResNet that shiftwise knows",
                     .why = checkpoint.tensors.empty()
                                ? "the checkpoint holds no floating-point tensors"
                                : fmt::format("its tensors are {}", some),
                     .hint = "supported are ResNets with the names of torchvision (layer1.0.conv1, "
                             "downsample, fc), of the CIFAR repositories (shortcut, linear; "
                             "conv2_x.0.residual_function) and of the published split (first., "
                             "aie., post.)"});
}

}  // namespace

ResNetNames find_names(const Checkpoint& checkpoint) {
  const Finder find(checkpoint);
  ResNetNames names;
  if (find.any_below("aie.layer1.")) {
    names = published_split(find);
  } else if (find.any_below("conv2_x.")) {
    names = sequential(find);
  } else if (find.any_below("layer1.")) {
    names = plain(find);
  }
  if (names.stages.empty()) refuse(checkpoint);
  for (const auto& stage : names.stages) {
    for (const BlockNames& block : stage) {
      if (block.layers.size() == 2 || block.layers.size() == 3) continue;
      throw core::Error({.what = "this is not a ResNet that shiftwise knows",
                         .where = fmt::format("block '{}'", block.prefix),
                         .why = fmt::format("it has {} convolutions; a basic block has two, a "
                                            "bottleneck three",
                                            block.layers.size())});
    }
  }
  return names;
}

}  // namespace shiftwise::model
