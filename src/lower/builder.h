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

/// One core's part in a layer, and the FIFOs that it works on.
struct Job {
  const Layer* layer = nullptr;
  core::TileId tile;
  Slice made;
  Slice weights;
  std::string weight_fifo = {};
  std::string parameters = {};       ///< the parameter buffer
  std::vector<std::string> in = {};  ///< one FIFO, or the two halves of the channels
  std::vector<int> in_groups = {};   ///< of each
  std::string skip = {};             ///< may be in[0]
  std::string out = {};
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

  /// Adds the job to its tile's load.
  void record(const Job& job);

  /// A core that does nothing but this job.
  void add_core(const Job& job);

  /// The column nearest to `column` whose shim has a free channel.
  core::TileId take_shim(int column, target::Direction direction);

  const qgraph::QGraph& graph() const { return graph_; }
  const Options& options() const { return options_; }
  Design& design() { return design_; }
  Program& program() { return program_; }

 private:
  std::string function(const KernelUse& use, std::vector<Object> pointers, int scalars);
  Call call(const Job& job, const RowUse& main, const RowUse& skip, int row);
  Object object_of(const Argument& argument) const;

  const qgraph::QGraph& graph_;
  const Options& options_;
  Design& design_;
  Program& program_;
  std::set<std::string> names_;
  std::map<std::pair<int, target::Direction>, int> shim_channels_;
};

/// Equal neighbours become loops.
std::vector<Step> roll(const std::vector<std::vector<Step>>& rows);

}  // namespace shiftwise::lower
