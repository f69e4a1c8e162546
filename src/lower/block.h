// SPDX-License-Identifier: Apache-2.0
// How one block is laid out on its tiles, and what the ways of doing that have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lower/builder.h"
#include "lower/cut.h"

namespace shiftwise::lower {

/// How much is held between two jobs. Lean: only what must be.
enum class Slack { kAmple, kLean };

/// Who reads a FIFO, and how many of its objects its pool holds.
struct Reader {
  core::TileId tile;
  int depth = 1;
};

/// A block and where it goes. Which tile does what is the shape's business (cut.h).
struct Site {
  const Block* block = nullptr;
  Cut cut;
  std::vector<core::TileId> tiles;
  bool first = false;      ///< its input comes from outside of the array
  bool split_in = false;   ///< its input comes by two FIFOs, cut as its last layer is
  bool split_out = false;  ///< its output leaves by two FIFOs (cut.h, output_parts)
};

/// A planner calls read, connect, write and add_cores, in this order.
class BlockPlan {
 public:
  BlockPlan(Site site, Slack slack, Builder& builder)
      : site_(std::move(site)), slack_(slack), builder_(builder) {}
  BlockPlan(const BlockPlan&) = delete;
  BlockPlan& operator=(const BlockPlan&) = delete;
  virtual ~BlockPlan() = default;

  /// The block's input rows, or the next part of them, will come by this FIFO.
  virtual std::vector<Reader> read(const Port& rows) = 0;
  /// Weights, parameters and everything between the block's own cores.
  virtual void connect() = 0;
  /// The block's output rows, or the next part of them, leave by this FIFO; returns the tile that
  /// makes them.
  virtual core::TileId write(const std::string& fifo) = 0;
  virtual void add_cores() = 0;

 protected:
  const qgraph::QGraph& graph() const { return builder_.graph(); }
  const target::Device& device() const { return builder_.options().device; }
  const Block& block() const { return *site_.block; }
  core::TileId tile(std::size_t i) const { return site_.tiles[i]; }
  qgraph::NodeId output_of(std::size_t layer) const { return block().layers[layer].output(); }
  int ample(int most) const { return slack_ == Slack::kAmple ? most + 1 : most; }

  /// A part of a layer on one tile, which gets no weights but its own.
  Job job(std::size_t layer, core::TileId tile, Slice made) const;
  /// Output groups of part `p`, where parts of these sizes follow each other.
  static Slice slice(const std::vector<int>& sizes, std::size_t p);

  std::string output_name(qgraph::NodeId node) const;
  /// The job as a reader of its input.
  Reader reader(const Job& job) const;
  /// A FIFO of rows of `node`'s value, of some of its groups.
  void add_fifo(const std::string& name, core::TileId producer, qgraph::NodeId node, int groups,
                const std::vector<Reader>& readers);

  /// Rows of the channels that `part` makes of the last layer, to the core that puts rows together.
  void hand_part(Job& part, const Job& to);

  /// The way of the block's input around its layers to the jobs that add it: through a mem
  /// tile, which holds the rows that the layers in between hold back. Fills job.skip.
  Reader lead_around(const Port& rows, const std::vector<Job*>& last);
  /// Throws where the skip of the last layer is not the block's input.
  void check_skip() const;

  /// One stream of weights, cut up in the mem tile of the first one's column. Jobs of one
  /// entry are given the same object.
  void distribute_weights(const std::vector<std::vector<Job*>>& jobs);
  /// A stream of their own for the jobs of one core, an object for each. If `beside` is a job of
  /// a neighbour, its weights come first; returns how the core hands them over.
  std::vector<Step> stream_weights(const std::vector<Job*>& jobs, Job* beside = nullptr);

  /// Rows of `own` with the channels behind its own ones copied from other FIFOs, in order.
  Rows with_copied_parts(const Job& own, const std::vector<const Job*>& others);

  /// One core for a layer that reads the block's input and for a part of the last one, which
  /// follows `lag` rows behind: the rows of input that it holds are both its input and skip.
  void add_lagging_core(const Job& first, const Job& second, int lag,
                        std::vector<Step> before = {});
  /// That many rows, or as many as there are.
  int at_most_all_rows(int lag) const;

  Site site_;
  Slack slack_;
  Builder& builder_;
};

/// The plan for the shape of the site's cut.
std::unique_ptr<BlockPlan> plan_block(Site site, Slack slack, Builder& builder);

// One for each shape (cut.h).
std::unique_ptr<BlockPlan> chain_block(Site site, Slack slack, Builder& builder);
std::unique_ptr<BlockPlan> four_tile_block(Site site, Slack slack, Builder& builder);
std::unique_ptr<BlockPlan> five_tile_block(Site site, Slack slack, Builder& builder);
std::unique_ptr<BlockPlan> six_tile_block(Site site, Slack slack, Builder& builder);

}  // namespace shiftwise::lower
