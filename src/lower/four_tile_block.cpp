// SPDX-License-Identifier: Apache-2.0
// Shape::kFour. From one end of the column to the other: half of the 3x3; the first 1x1 and a
// part of the last; the rest of the last 1x1; the other half of the 3x3. Each half is written
// into the memory of the core beside it, where both cores of the last 1x1 read it.
#include <fmt/format.h>

#include "lower/block.h"
#include "lower/preamble.h"

namespace shiftwise::lower {
namespace {

/// Image rows by which the last 1x1 follows the first on the core that does both: one in each
/// of the two 3x3 cores, one on its way in, one on its way out.
constexpr int kFourTileLag = 3;

class FourTileBlock : public BlockPlan {
 public:
  FourTileBlock(Site site, Slack slack, Builder& builder)
      : BlockPlan(std::move(site), slack, builder),
        lag_(at_most_all_rows(kFourTileLag)),
        first_(job(0, tile(1), {0, groups(graph(), output_of(0))})),
        middle_{job(1, tile(0), slice(site_.cut.middle, 0)),
                job(1, tile(3), slice(site_.cut.middle, 1))},
        own_(job(2, tile(2), slice(site_.cut.last, 0))),
        other_(job(2, tile(1), slice(site_.cut.last, 1))) {
    const Slice all{0, groups(graph(), output_of(1))};
    for (Job& half : middle_) half.weights = all;  // the halves are sent one object
  }

  std::vector<Reader> read(const Port& rows) override {
    check_skip();
    first_.in = {rows};
    own_.skip = other_.skip = rows.name;  // the cores hold the rows
    return {{first_.tile, lag_ + ample(1)}, {own_.tile, lag_ + ample(1)}};
  }

  void connect() override {
    distribute_weights({{&middle_[0], &middle_[1]}, {&own_}});
    if (site_.first) {  // a channel of the shim less: more copies
      preamble_.add(first_.in[0].name, block().input, {&first_, &other_}, builder_);
    } else {
      stream_weights({&first_, &other_});
    }
    const qgraph::NodeId a = output_of(0);
    first_.out = {.name = builder_.fresh(builder_.layer_name(a) + "_out"),
                  .groups = first_.made.groups};
    for (Job& half : middle_) half.in = {first_.out};
    add_fifo(first_.out.name, first_.tile, a, first_.made.groups,
             {reader(middle_[0]), reader(middle_[1])});
    for (int p = 0; p < 2; ++p) add_ring(p);
    hand_part(other_, own_);
    builder_.add_parameters(first_, "");
    builder_.add_parameters(middle_[0], "_0");
    builder_.add_parameters(own_, "_0");
    builder_.add_parameters(middle_[1], "_1");
    builder_.add_parameters(other_, "_1");
  }

  core::TileId write(const std::string& fifo) override {
    own_.out = {.name = fifo, .groups = groups(graph(), output_of(2))};
    return own_.tile;
  }

  void add_cores() override {
    for (const Job& half : middle_) builder_.add_core(half);
    add_lagging_core(first_, other_, lag_, preamble_.steps(first_.tile, builder_));
    const Rows own = with_copied_parts(own_, {&other_});
    builder_.add_core({&own_}, own, preamble_.steps(own_.tile, builder_));
  }

 private:
  void add_ring(int p) {
    const qgraph::NodeId m = output_of(1);
    Job& half = middle_[p];
    Ring ring{.name = builder_.fresh(fmt::format("{}_out_{}", builder_.layer_name(m), p)),
              .owner = p == 0 ? other_.tile : own_.tile,
              .slots = builder_.ring_slots(m),
              .readers = {other_.tile, own_.tile},
              .object = builder_.row_object(m, half.made.groups),
              .holds = output_name(m)};
    const auto port = [&](int reader) {
      return Port{ring.name, Port::Via::kRing, reader, half.made.groups};
    };
    half.out = port(-1);
    other_.in.push_back(port(0));
    own_.in.push_back(port(1));
    builder_.program().rings.push_back(std::move(ring));
  }

  int lag_;
  Job first_;
  Job middle_[2];
  Job own_;    // the core that does nothing but the last 1x1
  Job other_;  // its part on the core of the first 1x1
  Preamble preamble_;
};

}  // namespace

std::unique_ptr<BlockPlan> four_tile_block(Site site, Slack slack, Builder& builder) {
  return std::make_unique<FourTileBlock>(std::move(site), slack, builder);
}

}  // namespace shiftwise::lower
