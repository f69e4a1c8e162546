// SPDX-License-Identifier: Apache-2.0
#include "lower/cut.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "core/diagnostic.h"
#include "lower/cost.h"

namespace shiftwise::lower {
namespace {

/// 1x1, 3x3, 1x1 on a device with four compute rows.
bool is_bottleneck(const qgraph::QGraph& graph, const Block& block, const target::Device& device) {
  if (block.layers.size() != 3 || device.compute_rows < 4) return false;
  const auto kernel = [&](std::size_t i) {
    return convolution(graph, block.layers[i].convolution).kernel();
  };
  return kernel(0) == 1 && kernel(1) == 3 && kernel(2) == 1 &&
         groups(graph, block.layers[1].output()) >= 2;
}

bool has_stride(const qgraph::QGraph& graph, const Block& block) {
  return std::any_of(block.layers.begin(), block.layers.end(), [&](const Layer& layer) {
    return convolution(graph, layer.convolution).stride != 1 ||
           (layer.skip == Skip::kProjection && convolution(graph, layer.side).stride != 1);
  });
}

/// Why the last 1x1 of a bottleneck cannot be spread, or empty.
std::string obstacle(const qgraph::QGraph& graph, const Block& block, const Options& options) {
  if (options.kernel_abi != KernelAbi::kOwn) return "mlir-aie's kernels make all channels";
  if (has_stride(graph, block)) return "it has a stride";
  const Layer& last = block.layers.back();
  if (last.skip == Skip::kNone || last.skip == Skip::kSubsample) return "it has no such skip";
  return {};
}

/// More have no room on any tile, and cuts are tried one by one.
constexpr int kMostGroups = 256;

class Cutter {
 public:
  Cutter(const Block& block, Builder& builder)
      : block_(block),
        builder_(builder),
        middle_(groups(graph(), block.layers[1].output())),
        last_(groups(graph(), block.output())) {}

  Cut chain() const { return {Shape::kChain, {middle_ / 2, middle_ - middle_ / 2}, {}}; }

  /// The last 1x1 spread over two of the column's cores, by multiplications.
  Cut four() {
    const auto work = [&](std::size_t layer, int of) {
      return multiplying_cycles(macs(graph(), block_.layers[layer], of), device());
    };
    const std::int64_t first = work(0, groups(graph(), block_.layers[0].output()));
    const std::int64_t half = work(1, (middle_ + 1) / 2);
    const std::int64_t published = std::max({first, half, work(2, last_)});
    int best = last_;
    std::int64_t least = published;
    for (int own = 1; own < last_; ++own) {
      const std::int64_t most = std::max({half, first + work(2, last_ - own), work(2, own)});
      if (most < least) {
        least = most;
        best = own;
      }
    }
    if (best == last_) {
      note(
          "block '{}' as published: its busiest core has {} MAC cycles an image, and no other "
          "cut of its four tiles has fewer",
          name(), published);
      return chain();
    }
    if (const std::string why = obstacle(graph(), block_, builder_.options()); !why.empty()) {
      note("block '{}' as published, with {} MAC cycles an image on its busiest core: {}", name(),
           published, why);
      return chain();
    }
    note(
        "block '{}': output channels {} to {} of its last 1x1 are made by the core of its first "
        "1x1; the busiest core has {} MAC cycles an image instead of {}",
        name(), best * 8, last_ * 8 - 1, least, published);
    return {Shape::kFour, {middle_ / 2, middle_ - middle_ / 2}, {best, last_ - best}};
  }

  /// `split`: the parts of the last 1x1 are not put together.
  Cut five(bool split) {
    need_groups(3, 2);
    const std::int64_t first = convolve(0, groups(graph(), block_.layers[0].output())) +
                               copy(0, groups(graph(), block_.layers[0].output()));
    std::int64_t least = -1;
    Cut best;
    for (int third = 1; third <= middle_ - 2; ++third) {
      const int a = (middle_ - third + 1) / 2;
      for (int other = 1; other < last_; ++other) {
        const std::int64_t copied = split ? 0 : copy(2, other);
        const std::int64_t most =
            std::max({first, convolve(1, a), convolve(2, last_ - other) + copied,
                      convolve(1, third) + copy(1, third) + convolve(2, other)});
        if (least >= 0 && most >= least) continue;
        least = most;
        best = {Shape::kFive, {a, middle_ - third - a, third}, {last_ - other, other}};
      }
    }
    return noted(best, least);
  }

  /// `apart`: groups of the part that the first 1x1's core sends by itself; 0: none.
  Cut six(int apart) {
    need_groups(3, 3);
    const std::int64_t first = convolve(0, groups(graph(), block_.layers[0].output()));
    const std::vector<int> thirds{(middle_ + 2) / 3, (middle_ + 1) / 3, middle_ / 3};
    std::int64_t least = -1;
    Cut best;
    for (int b = 1; b <= last_ - 2; ++b) {
      for (int c = 1; c <= last_ - b - 1; ++c) {
        const int a = last_ - b - c;
        if (apart > 0 && c != apart) continue;
        const std::int64_t copied = copy(2, b) + (apart > 0 ? 0 : copy(2, c));
        const std::int64_t most = std::max({convolve(1, thirds[0]), convolve(2, a) + copied,
                                            convolve(2, b), first + convolve(2, c)});
        if (least >= 0 && most >= least) continue;
        least = most;
        best = {Shape::kSix, thirds, {a, b, c}};
      }
    }
    return noted(best, least);
  }

 private:
  const qgraph::QGraph& graph() const { return builder_.graph(); }
  const target::Device& device() const { return builder_.options().device; }
  std::string name() const { return builder_.layer_name(block_.output()); }
  template <typename... Arguments>
  void note(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    builder_.design().notes.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  /// Cycles an image of the kernel's calls that make so many groups of a layer.
  std::int64_t convolve(std::size_t layer, int made) {
    std::int64_t& cycles = known_[{layer, made}];
    if (cycles == 0)
      cycles = row_cycles(graph(), block_.layers[layer], made, device()) * rows(layer);
    return cycles;
  }
  /// The same to put so many groups of a layer's output into a neighbour's row.
  std::int64_t copy(std::size_t layer, int count) const {
    const qgraph::NodeId node = block_.layers[layer].output();
    return copy_cycles(builder_.row_object(node, count).bytes(), device()) * rows(layer);
  }
  std::int64_t rows(std::size_t layer) const {
    return type(graph(), block_.layers[layer].output()).shape.height;
  }

  /// Throws unless the layers have that many output groups to cut.
  void need_groups(int middle, int last) const {
    std::string why = obstacle(graph(), block_, builder_.options());
    const bool few = middle_ < middle || last_ < last;
    if (why.empty() && (few || std::max(middle_, last_) > kMostGroups)) {
      why = fmt::format("its 3x3 has {} groups of channels and its last 1x1 {}", middle_, last_);
    }
    if (why.empty()) return;
    throw core::Error({.what = "this block is not cut over more than four tiles",
                       .where = fmt::format("block '{}'", name()),
                       .why = why});
  }

  Cut noted(const Cut& best, std::int64_t cycles) {
    const auto channels = [](std::vector<int> groups) {
      for (int& count : groups) count *= 8;
      return fmt::format("{}", fmt::join(groups, " + "));
    };
    note(
        "block '{}' on {} tiles: its 3x3 in {} channels, its last 1x1 in {}; the busiest core's "
        "kernels take {} cycles an image",
        name(), best.shape == Shape::kFive ? 5 : 6, channels(best.middle), channels(best.last),
        cycles);
    return best;
  }

  const Block& block_;
  Builder& builder_;
  int middle_;
  int last_;
  std::map<std::pair<std::size_t, int>, std::int64_t> known_;
};

/// What the second block wants to have by itself of the first one's output; a quarter, where
/// that goes elsewhere or to a block that does not read it in parts.
int apart(const std::vector<Block>& blocks, Builder& builder) {
  if (blocks.size() == 1 || !is_bottleneck(builder.graph(), blocks[1], builder.options().device) ||
      blocks[1].layers.back().skip != Skip::kIdentity) {
    return groups(builder.graph(), blocks[0].output()) / 4;
  }
  Design scratch;
  Builder second(builder.graph(), builder.options(), scratch, builder.program());
  return Cutter(blocks[1], second).five(true).last[1];
}

}  // namespace

std::vector<int> output_parts(const Cut& cut) {
  if (cut.shape == Shape::kFive) return cut.last;
  if (cut.shape == Shape::kSix) return {cut.last[0] + cut.last[1], cut.last[2]};
  return {0};
}

bool reads_parts(const Block& block, const Cut& cut, const std::vector<int>& parts) {
  return cut.shape == Shape::kFive && block.layers.back().skip == Skip::kIdentity &&
         cut.last == parts;
}

std::vector<Cut> cut(const std::vector<Block>& blocks, Style style, bool split, Builder& builder) {
  std::vector<Cut> cuts;
  for (const Block& block : blocks) {
    if (!is_bottleneck(builder.graph(), block, builder.options().device)) {
      cuts.emplace_back();
      continue;
    }
    Cutter cutter(block, builder);
    switch (style) {
      case Style::kPublished:
        cuts.push_back(cutter.chain());
        break;
      case Style::kFour:
        cuts.push_back(cutter.four());
        break;
      case Style::kFive:
        cuts.push_back(cutter.five(split));
        break;
      case Style::kSix:
        if (!cuts.empty()) {
          cuts.push_back(cutter.five(split));
        } else {
          cuts.push_back(cutter.six(split ? apart(blocks, builder) : 0));
        }
        break;
    }
  }
  return cuts;
}

}  // namespace shiftwise::lower
