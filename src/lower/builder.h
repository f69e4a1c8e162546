// SPDX-License-Identifier: Apache-2.0
// What every planner needs to put layers on tiles: names, objects, functions, parameters,
// weights, and the program of a core that makes one layer's rows.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lower/kernel.h"
#include "lower/layer.h"
#include "lower/program.h"
#include "lower/rows.h"

namespace shiftwise::lower {

/// Where rows come from or go to.
struct Port {
  enum class Via { kFifo, kRing, kBuffer };
  std::string name;
  Via via = Via::kFifo;
  int reader = -1;  ///< of a ring: which one the core is
  int groups = 0;   ///< of channels
};

/// One core's part in a layer, and what it works on.
struct Job {
  const Layer* layer = nullptr;
  core::TileId tile;
  Slice made;
  Slice weights;
  Argument weight_object = {};  ///< of a FIFO that brings nothing else, or filled by a core
  std::string parameters = {};  ///< the parameter buffer
  std::vector<Port> in = {};    ///< all channels, or two parts of them
  std::string skip = {};        ///< a FIFO; may be in[0]'s
  Slice skip_part = {};         ///< of its rows' groups; none: all
  Port out = {};
};

/// The pipeline that is being built, of several equal ones: which images go through it.
struct Copy {
  int first_image = 0;
  int images = 1;
};

using Rows = std::vector<std::vector<Step>>;

class Builder {
 public:
  Builder(const qgraph::QGraph& graph, const Options& options, Design& design, Program& program)
      : graph_(graph), options_(options), design_(design), program_(program) {}

  /// What is added from here on belongs to this copy.
  void start(const Copy& copy) { copy_ = copy; }
  const Copy& copy() const { return copy_; }

  /// A symbol made from a layer's name, used by nobody else.
  std::string fresh(const std::string& name);
  std::string layer_name(qgraph::NodeId node) const;

  /// An image row of some channel groups of a value.
  Object row_object(qgraph::NodeId value, int channel_groups) const;
  Object row_object(qgraph::NodeId value) const;

  /// Both windows of a job on its FIFOs.
  std::vector<RowUse> main_uses(const Job& job) const;
  std::vector<RowUse> skip_uses(const Job& job) const;

  /// The buffer of the job's parameters; fills job.parameters.
  void add_parameters(Job& job, const std::string& suffix);

  /// The steps for every output row of one image, in order.
  Rows row_steps(const Job& job);

  /// The call for output row `row`, where the FIFOs' first held rows are main_base and
  /// skip_base.
  Call call(const Job& job, int main_base, int skip_base, int row);

  /// The call that puts a part of a row to its place in another.
  Call copy_call(const Argument& part, const Argument& whole, std::int64_t offset,
                 std::int64_t bytes);

  /// Slots of a ring of rows of that value.
  int ring_slots(qgraph::NodeId value) const;

  /// The function for a kernel with objects of these sizes, tagged where the symbol is taken.
  std::string function(const KernelUse& use, std::vector<Object> pointers, int scalars);

  /// A core that does nothing but this job, or whose rows are put together from several.
  void add_core(const Job& job) { add_core({&job}, row_steps(job)); }
  void add_core(const std::vector<const Job*>& jobs, const Rows& rows,
                std::vector<Step> before = {});
  /// A core that does `steps` for all images, between taking and giving back its weights.
  void add_core_of(const std::vector<const Job*>& jobs, std::vector<Step> steps,
                   std::vector<Step> before = {});

  /// Bytes behind `start` were just added to the weights. Where an earlier copy was given the
  /// same, they are taken away again; returns where they are.
  std::int64_t share_weights(std::int64_t start);

  /// The column nearest to `column` whose shim has a free channel.
  core::TileId take_shim(int column, target::Direction direction);

  const qgraph::QGraph& graph() const { return graph_; }
  const Options& options() const { return options_; }
  Design& design() { return design_; }
  Program& program() { return program_; }

 private:
  /// Adds the job to its tile's load.
  void record(const Job& job);
  Argument view(const Port& port, int index, int row) const;
  Object object_of(const Argument& argument) const;

  const qgraph::QGraph& graph_;
  const Options& options_;
  Design& design_;
  Program& program_;
  Copy copy_;
  std::map<std::int64_t, std::int64_t> weight_runs_;  // bytes by offset, of earlier copies too
  std::set<std::string> names_;
  std::map<std::pair<int, target::Direction>, int> shim_channels_;
};

/// Equal neighbours, or runs of up to four that repeat, become loops.
std::vector<Step> roll(const Rows& rows);

}  // namespace shiftwise::lower
