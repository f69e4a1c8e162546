// SPDX-License-Identifier: Apache-2.0
#include "model/resnet_strides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/diagnostic.h"

namespace shiftwise::model {
namespace {

constexpr int kLargestStride = 8;
constexpr int kLargestExtent = 1 << 20;

[[noreturn]] void refuse_override(const std::string& option, const std::string& why) {
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("--{} does not fit the network", option),
                     .why = why});
}

void check_range(const std::string& option, int value, int largest) {
  if (value >= 1 && value <= largest) return;
  refuse_override(option, fmt::format("{} is outside 1 to {}", value, largest));
}

/// What the shortcut of a block has to bridge.
struct Bridge {
  const BlockNames* block = nullptr;
  std::size_t stage = 0;
  bool first = false;  ///< of its stage: it has the stage's stride
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;

  bool projection() const { return !block->shortcut.conv.empty(); }
  bool keeps_channels() const { return inputs == outputs; }
};

std::vector<Bridge> find_bridges(const ResNetNames& names, const Parameters& parameters) {
  std::vector<Bridge> bridges;
  std::int64_t channels = parameters.shape(names.stem.conv + ".weight", 4)[0];
  for (std::size_t stage = 0; stage < names.stages.size(); ++stage) {
    for (const BlockNames& block : names.stages[stage]) {
      const std::int64_t outputs = parameters.shape(block.layers.back().conv + ".weight", 4)[0];
      const bool first = &block == &names.stages[stage].front();
      bridges.push_back({&block, stage, first, channels, outputs});
      channels = outputs;
    }
  }
  return bridges;
}

/// A network has projections or it has none. Among others with one, a projection that changes
/// no channels was made for a stride, and a block without one has an input of its own shape.
/// Without any, channels that grow are padded (option A), usually where the extents halve; and
/// if they never grow, no shortcut does anything.
std::vector<int> strides_from_shortcuts(const std::vector<Bridge>& bridges, std::size_t stages,
                                        bool projections) {
  const bool padded = std::any_of(bridges.begin(), bridges.end(), [](const Bridge& bridge) {
    return !bridge.projection() && !bridge.keeps_channels();
  });
  std::vector<int> strides(stages, 2);
  strides[0] = 1;
  for (const Bridge& bridge : bridges) {
    if (!bridge.first || !bridge.keeps_channels()) continue;
    if (bridge.projection()) strides[bridge.stage] = 2;
    if (!bridge.projection() && (projections || !padded)) strides[bridge.stage] = 1;
  }
  return strides;
}

void check_given(const std::vector<int>& strides, std::size_t stages) {
  if (strides.size() != stages) {
    refuse_override("strides", fmt::format("{} strides for {} stages", strides.size(), stages));
  }
}

void check_bridges(const std::vector<Bridge>& bridges, const std::vector<int>& strides,
                   const ResNetNames& names, const Parameters& parameters) {
  for (const Bridge& bridge : bridges) {
    if (bridge.projection()) continue;
    const std::string& prefix = bridge.block->prefix;
    if (!bridge.keeps_channels()) {
      parameters.refuse(
          prefix + (names.scheme == "torchvision" ? "downsample" : "shortcut") + ".0.weight",
          fmt::format("it is missing: the block turns {} channels into {}, and other blocks have "
                      "such a projection",
                      bridge.inputs, bridge.outputs));
    }
    if (bridge.first && strides[bridge.stage] != 1) {
      refuse_override("strides",
                      fmt::format("stage {} begins with a block without a projection ({}*); in a "
                                  "network that has them its stride can only be 1, not {}",
                                  bridge.stage + 1, prefix, strides[bridge.stage]));
    }
  }
}

}  // namespace

std::vector<int> choose_strides(const ResNetNames& names, const Parameters& parameters,
                                const Overrides& overrides, std::vector<std::string>& notes) {
  const std::size_t stages = names.stages.size();
  const std::vector<Bridge> bridges = find_bridges(names, parameters);
  const bool projections = std::any_of(bridges.begin(), bridges.end(),
                                       [](const Bridge& bridge) { return bridge.projection(); });
  std::vector<int> usual(stages, 2);
  usual[0] = 1;
  std::vector<int> strides = strides_from_shortcuts(bridges, stages, projections);
  if (overrides.strides) {
    check_given(*overrides.strides, stages);
    strides = *overrides.strides;
  } else if (names.keeps_stride_1) {
    strides.assign(stages, 1);
    notes.push_back(
        fmt::format("names of the published split: its blocks ignore their stride, so every stage "
                    "keeps stride 1; --strides {} makes the usual network of the same shapes",
                    fmt::join(usual, ",")));
  } else if (strides != usual) {
    notes.push_back(
        fmt::format("the strides {} are a guess from which blocks have a shortcut with parameters; "
                    "checkpoints do not hold them, --strides says otherwise",
                    fmt::join(strides, ",")));
  }
  if (projections) check_bridges(bridges, strides, names, parameters);
  return strides;
}

void check_overrides(const Overrides& overrides) {
  for (const int stride : overrides.strides.value_or(std::vector<int>{})) {
    check_range("strides", stride, kLargestStride);
  }
  if (overrides.stem_stride) check_range("stem-stride", *overrides.stem_stride, kLargestStride);
  if (overrides.input_size) {
    if (overrides.input_size->size() != 2) {
      refuse_override("input-size", "it must be a height and a width");
    }
    for (const int extent : *overrides.input_size)
      check_range("input-size", extent, kLargestExtent);
  }
  if (overrides.batch_norm_epsilon) {
    const float epsilon = *overrides.batch_norm_epsilon;
    if (!(epsilon >= 0) || !std::isfinite(epsilon)) {
      refuse_override("bn-epsilon", fmt::format("{} is not a small positive number", epsilon));
    }
  }
}

}  // namespace shiftwise::model
