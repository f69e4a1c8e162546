// SPDX-License-Identifier: Apache-2.0
// Shape::kFive. The first 1x1 stands beside a column of four: a part of the 3x3; a part of the
// last 1x1; the last parts of both; a part of the 3x3. The 3x3's parts are written into the
// memories of the two cores in the middle, where both read them. The core with two parts takes
// the first 1x1's rows out of the memory that it shares with it: its DMA channels bring
// weights and skip.
#include <fmt/format.h>

#include <algorithm>

#include "lower/block.h"

namespace shiftwise::lower {
namespace {

class FiveTileBlock : public BlockPlan {
 public:
  FiveTileBlock(Site site, Slack slack, Builder& builder)
      : BlockPlan(std::move(site), slack, builder),
        first_(job(0, tile(4), {0, groups(graph(), output_of(0))})),
        middle_{job(1, tile(0), slice(site_.cut.middle, 0)),
                job(1, tile(3), slice(site_.cut.middle, 1)),
                job(1, tile(2), slice(site_.cut.middle, 2))},
        own_(job(2, tile(1), slice(site_.cut.last, 0))),
        other_(job(2, tile(2), slice(site_.cut.last, 1))) {}

  std::vector<Reader> read(const Port& rows) override {
    check_skip();
    first_.in.push_back(rows);
    if (!site_.split_in) return {reader(first_), lead_around(rows, {&own_, &other_})};
    // Each core of the last 1x1 adds just the channels that this FIFO brings.
    Job& last = first_.in.size() == 1 ? own_ : other_;
    last.skip_part = last.made;
    return {reader(first_), lead_around(rows, {&last})};
  }

  void connect() override {
    std::vector<std::vector<Job*>> distributed{{&middle_[0]}, {&middle_[1]}, {&own_}};
    if (!site_.split_in) distributed.push_back({&first_});
    distribute_weights(distributed);
    hand_over_ = stream_weights({&middle_[2], &other_}, site_.split_in ? &first_ : nullptr);
    const qgraph::NodeId a = output_of(0);
    const std::string name = builder_.layer_name(a) + "_out";
    const int all = first_.made.groups;
    first_.out = {.name = builder_.fresh(name), .groups = all};
    beside_ = {.name = builder_.fresh(name + "_beside"), .groups = all};
    middle_[0].in = middle_[1].in = {first_.out};
    middle_[2].in = {beside_};
    add_fifo(first_.out.name, first_.tile, a, all, {reader(middle_[0]), reader(middle_[1])});
    add_fifo(beside_.name, first_.tile, a, all, {reader(middle_[2])});
    add_ring(middle_[0], nullptr, own_.tile);
    add_ring(middle_[1], &middle_[2], other_.tile);
    if (!site_.split_out) hand_part(other_, own_);
    builder_.add_parameters(first_, "");
    for (int p = 0; p < 3; ++p) builder_.add_parameters(middle_[p], fmt::format("_{}", p));
    builder_.add_parameters(own_, "_0");
    builder_.add_parameters(other_, "_1");
  }

  core::TileId write(const std::string& fifo) override {
    Job& job = own_.out.name.empty() ? own_ : other_;
    job.out = {.name = fifo};
    return job.tile;
  }

  void add_cores() override {
    builder_.add_core({&first_}, first_rows());
    builder_.add_core(middle_[0]);
    builder_.add_core(middle_[1]);
    builder_.add_core(
        {&own_}, site_.split_out ? builder_.row_steps(own_) : with_copied_parts(own_, {&other_}));
    builder_.add_core({&middle_[2], &other_}, both_rows(), hand_over_);
  }

 private:
  /// Rows of one part of the 3x3, or of two of which the core with two layers adds the second,
  /// for both cores of the last 1x1.
  void add_ring(Job& part, Job* added, core::TileId owner) {
    const qgraph::NodeId m = output_of(1);
    const int all = part.made.groups + (added != nullptr ? added->made.groups : 0);
    Ring ring{.name = builder_.fresh(builder_.layer_name(m) + "_out"),
              .owner = owner,
              .slots = builder_.ring_slots(m),
              .readers = {own_.tile, other_.tile},
              .completer = added != nullptr ? 1 : -1,
              .object = builder_.row_object(m, all),
              .holds = output_name(m)};
    part.out = {ring.name, Port::Via::kRing, -1, part.made.groups};
    if (added != nullptr) {
      const LocalBuffer made{.name = builder_.fresh(builder_.layer_name(m) + "_made"),
                             .tile = added->tile,
                             .object = builder_.row_object(m, added->made.groups),
                             .holds = output_name(m)};
      added->out = {made.name, Port::Via::kBuffer, -1, added->made.groups};
      builder_.program().buffers.push_back(made);
    }
    own_.in.push_back({ring.name, Port::Via::kRing, 0, all});
    other_.in.push_back({ring.name, Port::Via::kRing, 1, all});
    builder_.program().rings.push_back(std::move(ring));
  }

  /// Every row once more for the neighbour.
  Rows first_rows() {
    Rows rows = builder_.row_steps(first_);
    const std::int64_t bytes = builder_.row_object(output_of(0)).bytes();
    for (std::vector<Step>& row : rows) {
      const Release done{first_.out.name, true, 1};
      const auto end = std::find(row.begin(), row.end(), Step(done));
      row.insert(end, {Acquire{beside_.name, true, 1},
                       builder_.copy_call(FifoView{first_.out.name, 0}, FifoView{beside_.name, 0},
                                          0, bytes),
                       Release{beside_.name, true, 1}});
    }
    return rows;
  }

  Rows both_rows() {
    Rows rows = builder_.row_steps(middle_[2]);
    const Rows last = builder_.row_steps(other_);
    const Port& ring = other_.in[1];
    const int slots = builder_.ring_slots(output_of(1));
    const std::int64_t group = builder_.row_object(output_of(1), 1).bytes();
    for (std::size_t y = 0; y < rows.size(); ++y) {
      std::vector<Step>& row = rows[y];
      for (const Step& step : last[y]) {
        row.push_back(step);
        if (step != Step(TakeSlot{ring.name, ring.reader})) continue;
        row.emplace_back(builder_.copy_call(
            BufferView{middle_[2].out.name}, RingView{ring.name, static_cast<int>(y) % slots},
            group * middle_[1].made.groups, group * middle_[2].made.groups));
        row.emplace_back(PassSlot{ring.name});
      }
    }
    return rows;
  }

  Job first_;
  Job middle_[3];
  Job own_;      // the core that does nothing but the last 1x1
  Job other_;    // its part on the core of the third part of the 3x3
  Port beside_;  // the first 1x1's rows for that core
  std::vector<Step> hand_over_;
};

}  // namespace

std::unique_ptr<BlockPlan> five_tile_block(Site site, Slack slack, Builder& builder) {
  return std::make_unique<FiveTileBlock>(std::move(site), slack, builder);
}

}  // namespace shiftwise::lower
