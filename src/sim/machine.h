// SPDX-License-Identifier: Apache-2.0
// One device with one design loaded: all parts, and the loop that lets time pass.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/array.h"
#include "sim/channel.h"
#include "sim/context.h"
#include "sim/controller.h"
#include "sim/core.h"
#include "sim/stream.h"

namespace shiftwise::sim {

class Machine {
 public:
  /// Loads the design: cores and the design's own DMA tasks start with the first run. Its clock
  /// goes on from `begin`.
  Machine(const dialect::DeviceProgram& program, const target::Device& device,
          const Options& options, KernelSource* kernels, Cycles begin);

  /// Runs a sequence, or, without one, until nothing moves.
  Result run(const dialect::Sequence* sequence, std::span<const std::span<std::byte>> arguments);

  std::size_t memory_bytes() const { return context_.memory.bytes(); }
  Cycles now() const { return context_.clock.now(); }

 private:
  friend class WaitingGraph;

  std::set<target::Channel> used_channels() const;
  bool races_possible() const;
  void make_locks(std::size_t actors);
  void make_channels(const std::set<target::Channel>& used, int first_actor, std::size_t actors);
  void make_streams();
  void add_route(const dialect::Route& route);
  Channel& end_of(const dialect::Route& route, const dialect::StreamPort& port, bool source);
  void make_cores(std::size_t actors, KernelSource* kernels);
  void make_cascades();
  Channel& channel(const target::Channel& id);
  void start();
  void check_arguments(const dialect::Sequence& sequence,
                       std::span<const std::span<std::byte>> arguments) const;
  Outcome pass_time(bool has_sequence);
  bool settled() const;
  void begin_statistics();
  PoolStatistics pool_statistics(dialect::Index index) const;
  Statistics statistics(Cycles begin, Cycles end) const;
  CriticalPath last_path(bool has_sequence) const;
  std::vector<std::string> givers(dialect::Index lock) const;

  Context context_;
  std::map<target::Channel, std::unique_ptr<Channel>> channels_;
  std::deque<Stream> streams_;
  std::map<std::pair<target::Channel, int>, Stream*> streams_by_source_;
  std::deque<Cascade> cascades_;
  std::vector<std::pair<const Cascade*, std::pair<core::TileId, core::TileId>>> cascade_ends_;
  std::deque<Core> cores_;
  std::vector<KernelCount> kernel_counts_;
  std::vector<std::string> notes_;      ///< of the design
  std::vector<std::string> run_notes_;  ///< of the run
  Controller controller_;
  bool started_ = false;
  int runs_ = 0;
};

}  // namespace shiftwise::sim
