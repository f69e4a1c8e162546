// SPDX-License-Identifier: Apache-2.0
#include "model/resnet_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/diagnostic.h"
#include "model/quoted.h"

namespace shiftwise::model {
namespace {

/// Looks tensors up by the beginnings of their names.
class Finder {
 public:
  explicit Finder(const Checkpoint& checkpoint)
      : tensors_(checkpoint.tensors), path_(checkpoint.path) {}

  bool any_below(const std::string& prefix) const {
    const auto found = tensors_.lower_bound(prefix);
    return found != tensors_.end() && found->first.starts_with(prefix);
  }
  bool has(const std::string& layer) const { return any_below(layer + "."); }
  /// The first of `candidates` that has tensors, else the first of all.
  std::string first_of(const std::string& prefix,
                       std::initializer_list<const char*> candidates) const {
    for (const char* candidate : candidates) {
      if (has(prefix + candidate)) return prefix + candidate;
    }
    return prefix + *candidates.begin();
  }
  /// Throws where some `prefix`N. follows a gap that begins with `missing`.
  void expect_none_after(const std::string& prefix, int missing) const {
    for (auto at = tensors_.lower_bound(prefix); at != tensors_.end(); ++at) {
      if (!at->first.starts_with(prefix)) return;
      int number = 0;
      const char* const last = at->first.data() + at->first.size();
      const auto [end, error] = std::from_chars(at->first.data() + prefix.size(), last, number);
      if (error != std::errc{} || end == last || *end != '.' || number <= missing) continue;
      refuse_block(fmt::format("{}{}", prefix, missing),
                   fmt::format("it is missing, but there is {}{}", prefix, number));
    }
  }

  [[noreturn]] void refuse_block(const std::string& block, const std::string& why) const {
    const std::string place = fmt::format("block '{}'", block);
    throw core::Error({.what = "this is not a ResNet that shiftwise knows",
                       .where = path_.empty() ? place : fmt::format("{}, {}", path_, place),
                       .why = why});
  }

 private:
  const std::map<std::string, core::Tensor<float>>& tensors_;
  const std::string& path_;
};

/// One more than any block has, so that there can be one too many.
constexpr std::size_t kMostLayers = 4;

LayerNames named_layer(const std::string& prefix, std::size_t number) {
  return {fmt::format("{}conv{}", prefix, number), fmt::format("{}bn{}", prefix, number)};
}

/// conv1, bn1, conv2, bn2, ... and downsample or shortcut: torchvision and its relatives.
BlockNames named_block(const Finder& find, const std::string& prefix) {
  BlockNames block{.prefix = prefix, .layers = {}, .shortcut = {}};
  for (std::size_t i = kMostLayers; i > 0; --i) {
    const LayerNames layer = named_layer(prefix, i);
    if (find.has(layer.conv) || find.has(layer.norm) || !block.layers.empty()) {
      block.layers.insert(block.layers.begin(), layer);
    }
  }
  for (const char* name : {"downsample", "shortcut"}) {
    if (!find.has(prefix + name)) continue;
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
  if (find.has(prefix + "shortcut")) {
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
    if (!find.any_below(prefix)) {
      find.expect_none_after(stage, i);
      return blocks;
    }
    blocks.push_back(make_block(find, prefix));
  }
}

void find_stages(const Finder& find, const std::string& prefix, int first, ResNetNames& names) {
  int i = first;
  for (; find.any_below(fmt::format("{}layer{}.", prefix, i)); ++i) {
    names.stages.push_back(find_blocks(find, fmt::format("{}layer{}.", prefix, i), 0, named_block));
  }
  find.expect_none_after(prefix + "layer", i);
}

/// Gives every block as many layers as the largest has: what one lacks is missing.
void complete_blocks(ResNetNames& names) {
  std::size_t most = 0;
  for (const auto& stage : names.stages) {
    for (const BlockNames& block : stage) most = std::max(most, block.layers.size());
  }
  for (auto& stage : names.stages) {
    for (BlockNames& block : stage) {
      while (block.layers.size() < most) {
        block.layers.push_back(named_layer(block.prefix, block.layers.size() + 1));
      }
    }
  }
}

/// Forgets the batch norms of stages that have none (folded, or the published conv2_x).
void drop_absent_norms(const Finder& find, ResNetNames& names) {
  const bool stem_norm = find.has(names.stem.norm);
  if (!stem_norm) names.stem.norm.clear();
  for (auto& stage : names.stages) {
    bool any = false;
    const auto each_layer = [&](const auto& visit) {
      for (BlockNames& block : stage) {
        for (LayerNames& layer : block.layers) visit(layer);
        if (!block.shortcut.conv.empty()) visit(block.shortcut);
      }
    };
    each_layer([&](LayerNames& layer) { any |= find.has(layer.norm); });
    if (!any) each_layer([](LayerNames& layer) { layer.norm.clear(); });
    if (any && !stem_norm) {
      find.refuse_block(stage[0].prefix,
                        "it has batch norms, but the stem has none; pre-activation networks, whose "
                        "batch norms come before the convolutions, are not supported");
    }
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
  complete_blocks(names);
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
  complete_blocks(names);
  return names;
}

[[noreturn]] void refuse(const Checkpoint& checkpoint) {
  std::string some;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (some.size() > 100) {
      some += ", ...";
      break;
    }
    some += (some.empty() ? "" : ", ") + printable(name);
  }
  throw core::Error({.what = "this is not a ResNet that shiftwise knows",
                     .where = checkpoint.path,
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
      find.refuse_block(
          block.prefix,
          fmt::format("it has {} convolutions; a basic block has two, a bottleneck three",
                      block.layers.size()));
    }
  }
  drop_absent_norms(find, names);
  return names;
}

}  // namespace shiftwise::model
