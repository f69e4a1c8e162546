// SPDX-License-Identifier: Apache-2.0
// Shape::kChain: one core for each layer, but a bottleneck's 3x3 halved over two.
#include <fmt/format.h>

#include "lower/block.h"

namespace shiftwise::lower {
namespace {

class ChainBlock : public BlockPlan {
 public:
  ChainBlock(Site site, Slack slack, Builder& builder)
      : BlockPlan(std::move(site), slack, builder) {
    const bool halved = !site_.cut.middle.empty();
    for (std::size_t l = 0; l < block().layers.size(); ++l) {
      const int all = groups(graph(), output_of(l));
      const std::vector<int> sizes = halved && l == 1 ? site_.cut.middle : std::vector<int>{all};
      const std::size_t tiles[] = {halved && l == 2 ? 2 : l, 3};
      jobs_.emplace_back();
      for (std::size_t p = 0; p < sizes.size(); ++p) {
        Job part = job(l, tile(tiles[p]), slice(sizes, p));
        part.weights = {0, all};  // the halves are sent one object
        jobs_.back().push_back(std::move(part));
      }
    }
  }

  std::vector<Reader> read(const Port& rows) override {
    check_skip();
    Job& first = jobs_[0][0];
    Job& last = jobs_.back()[0];
    first.in = {rows};
    const bool adds = last.layer->skip != Skip::kNone;
    if (adds && jobs_.size() == 1) last.skip = rows.name;  // the core holds the rows
    std::vector<Reader> readers{reader(first)};
    if (adds && jobs_.size() > 1) readers.push_back(lead_around(rows, {&last}));
    return readers;
  }

  void connect() override {
    std::vector<std::vector<Job*>> all;
    for (std::vector<Job>& jobs : jobs_) {
      all.emplace_back();
      for (Job& job : jobs) all.back().push_back(&job);
    }
    distribute_weights(all);
    for (std::size_t l = 0; l < jobs_.size(); ++l) {
      const bool halved = jobs_[l].size() > 1;
      for (std::size_t p = 0; p < jobs_[l].size(); ++p) {
        const std::string suffix = halved ? fmt::format("_{}", p) : "";
        builder_.add_parameters(jobs_[l][p], suffix);
        if (l + 1 < jobs_.size()) hand_on(l, jobs_[l][p], suffix);
      }
    }
  }

  core::TileId write(const std::string& fifo) override {
    Job& last = jobs_.back()[0];
    last.out = {.name = fifo, .groups = last.made.groups};
    return last.tile;
  }

  void add_cores() override {
    for (const std::vector<Job>& jobs : jobs_) {
      for (const Job& job : jobs) builder_.add_core(job);
    }
  }

 private:
  /// A part of layer l's rows to all jobs of the next.
  void hand_on(std::size_t l, Job& from, const std::string& suffix) {
    const qgraph::NodeId node = output_of(l);
    from.out = {.name = builder_.fresh(builder_.layer_name(node) + "_out" + suffix),
                .groups = from.made.groups};
    std::vector<Reader> readers;
    for (Job& to : jobs_[l + 1]) {
      to.in.push_back(from.out);
      readers.push_back(reader(to));
    }
    add_fifo(from.out.name, from.tile, node, from.made.groups, readers);
  }

  std::vector<std::vector<Job>> jobs_;  // [layer][part]
};

}  // namespace

std::unique_ptr<BlockPlan> chain_block(Site site, Slack slack, Builder& builder) {
  return std::make_unique<ChainBlock>(std::move(site), slack, builder);
}

}  // namespace shiftwise::lower
