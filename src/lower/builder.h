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

/// Where rows come from or go to: a FIFO, or a ring and whose reader the core is in it.
struct Port {
  std::string name;
  bool is_ring = false;
  int reader = -1;
  int groups = 0;  ///< of channels
};

/// One core's part in a layer, and what it works on.
struct Job {
  const Layer* layer = nullptr;
  core::TileId tile;
  Slice made;
  Slice weights;
  FifoView weight_object = {};
  std::string parameters = {};  ///< the parameter buffer
  std::vector<Port> in = {};    ///< all channels, or two parts of them
  std::string skip = {};        ///< a FIFO; may be in[0]'s
  Port out = {};
};

class Builder {
 public:
  Builder(const qgraph::QGraph& graph, const Options& options, Design& design, Program& program)
      : graph_(graph), options_(options), design_(design), program_(program) {}

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
  std::vector<std::vector<Step>> row_steps(const Job& job);

  /// The call for output row `row`, where the FIFOs' first held rows are main_base and
  /// skip_base.
  Call call(const Job& job, int main_base, int skip_base, int row);

  /// Slots of a ring of rows of that value.
  int ring_slots(qgraph::NodeId value) const;

  /// The function for a kernel with objects of these sizes, tagged where the symbol is taken.
  std::string function(const KernelUse& use, std::vector<Object> pointers, int scalars);

  /// Adds the job to its tile's load.
  void record(const Job& job);

  /// A core that does nothing but this job.
  void add_core(const Job& job);
  /// The same with other rows, as row_steps makes them.
  void add_core(const Job& job, const std::vector<std::vector<Step>>& rows);

  /// The column nearest to `column` whose shim has a free channel.
  core::TileId take_shim(int column, target::Direction direction);

  const qgraph::QGraph& graph() const { return graph_; }
  const Options& options() const { return options_; }
  Design& design() { return design_; }
  Program& program() { return program_; }

 private:
  Argument view(const Port& port, int index, int row) const;
  Object object_of(const Argument& argument) const;

  const qgraph::QGraph& graph_;
  const Options& options_;
  Design& design_;
  Program& program_;
  std::set<std::string> names_;
  std::map<std::pair<int, target::Direction>, int> shim_channels_;
};

/// Equal neighbours, or runs of up to four that repeat, become loops.
std::vector<Step> roll(const std::vector<std::vector<Step>>& rows);

}  // namespace shiftwise::lower
