// SPDX-License-Identifier: Apache-2.0
// Shape::kSix, of a block that reads the array's input. A column holds, from one end to the
// other: a third of the 3x3; a part of the last 1x1; another part of it; the first 1x1 and the
// third part. The other two thirds of the 3x3 are anywhere. A mem tile puts the 3x3's thirds
// together for the three cores of the last 1x1, whose second DMA channel brings the block's
// input, which is their skip, and before it, on the same stream, their weights.
#include <fmt/format.h>

#include "lower/block.h"
#include "lower/preamble.h"

namespace shiftwise::lower {
namespace {

/// Image rows by which the last 1x1 follows the first on the core that does both: one on its
/// way to the 3x3, one that waits for its lower neighbour, one in the 3x3, one on its way back.
constexpr int kSixTileLag = 4;

class SixTileBlock : public BlockPlan {
 public:
  SixTileBlock(Site site, Slack slack, Builder& builder)
      : BlockPlan(std::move(site), slack, builder),
        lag_(at_most_all_rows(kSixTileLag)),
        first_(job(0, tile(3), {0, groups(graph(), output_of(0))})),
        middle_{job(1, tile(0), slice(site_.cut.middle, 0)),
                job(1, tile(4), slice(site_.cut.middle, 1)),
                job(1, tile(5), slice(site_.cut.middle, 2))},
        last_{job(2, tile(2), slice(site_.cut.last, 0)), job(2, tile(1), slice(site_.cut.last, 1)),
              job(2, tile(3), slice(site_.cut.last, 2))} {}

  std::vector<Reader> read(const Port& rows) override {
    check_skip();
    first_.in = {rows};
    std::vector<Reader> readers;
    for (Job& job : last_) {
      job.skip = rows.name;
      readers.push_back({job.tile, lag_ + ample(1)});
    }
    return readers;
  }

  void connect() override {
    distribute_weights({{&middle_[0]}, {&middle_[1]}, {&middle_[2]}});
    preamble_.add(first_.in[0].name, block().input, {&first_, &last_[0], &last_[1], &last_[2]},
                  builder_);
    const qgraph::NodeId a = output_of(0);
    first_.out = {.name = builder_.fresh(builder_.layer_name(a) + "_out"),
                  .groups = first_.made.groups};
    std::vector<Reader> readers;
    for (Job& third : middle_) {
      third.in = {first_.out};
      readers.push_back(reader(third));
    }
    add_fifo(first_.out.name, first_.tile, a, first_.made.groups, readers);
    join();
    builder_.add_parameters(first_, "");
    for (int p = 0; p < 3; ++p) {
      builder_.add_parameters(middle_[p], fmt::format("_{}", p));
      builder_.add_parameters(last_[p], fmt::format("_{}", p));
      if (p == 0 || (p == 2 && site_.split_out)) continue;
      hand_part(last_[p], last_[0]);
    }
  }

  core::TileId write(const std::string& fifo) override {
    Job& job = last_[0].out.name.empty() ? last_[0] : last_[2];
    job.out = {.name = fifo};
    return job.tile;
  }

  void add_cores() override {
    for (const Job& third : middle_) builder_.add_core(third);
    std::vector<const Job*> copied{&last_[1]};
    if (!site_.split_out) copied.push_back(&last_[2]);
    const Rows own = with_copied_parts(last_[0], copied);
    builder_.add_core({&last_[0]}, own, preamble_.steps(last_[0].tile, builder_));
    const Rows other = builder_.row_steps(last_[1]);
    builder_.add_core({&last_[1]}, other, preamble_.steps(last_[1].tile, builder_));
    add_lagging_core(first_, last_[2], lag_, preamble_.steps(first_.tile, builder_));
  }

 private:
  /// The thirds of every row, put together in the mem tile.
  void join() {
    const qgraph::NodeId m = output_of(1);
    const core::TileId mem{last_[0].tile.column, 1};
    const std::string whole = builder_.fresh(builder_.layer_name(m) + "_out");
    const int all = groups(graph(), m);
    FifoLink link{{}, {whole}, {}};
    for (int p = 0; p < 3; ++p) {
      Job& third = middle_[p];
      third.out = {.name = builder_.fresh(fmt::format("{}_out_{}", builder_.layer_name(m), p)),
                   .groups = third.made.groups};
      add_fifo(third.out.name, third.tile, m, third.made.groups, {{mem, ample(1)}});
      link.from.push_back(third.out.name);
      link.offsets.push_back(builder_.row_object(m, third.made.first_group).bytes());
    }
    std::vector<Reader> readers;
    for (Job& job : last_) {
      job.in = {{.name = whole, .groups = all}};
      readers.push_back({job.tile, ample(1)});
    }
    add_fifo(whole, mem, m, all, readers);
    builder_.program().links.push_back(std::move(link));
  }

  int lag_;
  Job first_;
  Job middle_[3];
  Job last_[3];  ///< the core that does nothing else, another one, the first 1x1's
  Preamble preamble_;
};

}  // namespace

std::unique_ptr<BlockPlan> six_tile_block(Site site, Slack slack, Builder& builder) {
  return std::make_unique<SixTileBlock>(std::move(site), slack, builder);
}

}  // namespace shiftwise::lower
