// SPDX-License-Identifier: Apache-2.0
#include "lower/arrange.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"

namespace shiftwise::lower {
namespace {

class Arranger {
 public:
  Arranger(const qgraph::QGraph& graph, const target::Device& device, int first_column)
      : graph_(graph), device_(device), first_(first_column), column_(first_column) {}

  Arrangement run(const std::vector<Block>& blocks, const std::vector<Cut>& cuts) {
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      result_.sites.push_back({&blocks[b], cuts[b], {}, b == 0});
      place(result_.sites.back());
    }
    for (Site& site : result_.sites) {
      if (site.cut.shape == Shape::kSix) add_two(site);
    }
    result_.columns = column_ - first_ + (used_ > 0 ? 1 : 0);
    return std::move(result_);
  }

 private:
  void place(Site& site) {
    const int rows = device_.compute_rows;
    const bool bottleneck = !site.cut.middle.empty();
    const auto layers = static_cast<int>(site.block->layers.size());
    const int wanted = bottleneck ? rows : layers;
    if (wanted > rows) {
      refuse(site, fmt::format("its {} layers need a column of {} tiles, which has {}", layers,
                               layers, rows));
    }
    if (used_ + wanted > rows) next_column();
    const bool five = site.cut.shape == Shape::kFive;
    const bool second = five && beside_ >= 0;  // of two around a column
    const bool down = five ? second : (column_ - first_) % 2 == 1;
    check_column(site, five && !second ? column_ + 1 : column_);
    // A chain's bottleneck starts at an end, and so does everything that is not one.
    for (int i = 0; i < (bottleneck ? 4 : wanted); ++i) {
      site.tiles.push_back(at(column_, down, used_ + i));
    }
    used_ += wanted;
    if (!five) return;
    // The first 1x1 beside the core that shares its memory.
    if (second) {
      site.tiles.push_back({beside_, site.tiles[2].row});
      beside_ = -1;
    } else {
      next_column();
      beside_ = column_;
      site.tiles.push_back({beside_, site.tiles[2].row});
      between_.push_back(beside_);
      used_ = rows;
    }
  }

  /// Two tiles of a column between blocks, or of a new one, that no first 1x1 can be on.
  void add_two(Site& site) {
    if (between_.empty()) {
      next_column();
      check_column(site, column_);
      used_ = device_.compute_rows;
      between_.push_back(column_);
    }
    site.tiles.push_back(at(between_[0], false, 0));
    site.tiles.push_back(at(between_[0], false, 3));
    between_.erase(between_.begin());
  }

  core::TileId at(int column, bool down, int i) const {
    const int row = down ? device_.compute_rows - 1 - i : i;
    return {column, 1 + device_.mem_rows + row};
  }

  void next_column() {
    if (used_ == 0) return;
    ++column_;
    used_ = 0;
  }

  void check_column(const Site& site, int column) const {
    if (column < device_.columns) return;
    refuse(site, fmt::format("all {} columns are taken by the blocks before it", device_.columns));
  }

  [[noreturn]] void refuse(const Site& site, std::string why) const {
    throw core::Error(
        {.what = fmt::format("the mapping cannot place this block on {}", device_.name),
         .where = describe(graph_, site.block->output()),
         .why = std::move(why),
         .hint = "offload fewer stages, or choose a larger device"});
  }

  const qgraph::QGraph& graph_;
  const target::Device& device_;
  int first_;
  int column_;
  int used_ = 0;              // tiles of the column
  int beside_ = -1;           // a column that has room for one more first 1x1
  std::vector<int> between_;  // columns with two tiles left
  Arrangement result_;
};

}  // namespace

Arrangement arrange(const qgraph::QGraph& graph, const std::vector<Block>& blocks,
                    const std::vector<Cut>& cuts, const target::Device& device, int first_column) {
  return Arranger(graph, device, first_column).run(blocks, cuts);
}

}  // namespace shiftwise::lower
