// SPDX-License-Identifier: Apache-2.0
// What the parts of one loaded device share.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "dialect/program.h"
#include "sim/array.h"
#include "sim/clock.h"
#include "sim/critical_path.h"
#include "sim/ddr.h"
#include "sim/lock.h"
#include "sim/memory.h"
#include "target/device.h"

namespace shiftwise::sim {

/// The host's buffers of the sequence that runs.
struct HostArguments {
  std::vector<std::span<std::byte>> spans;
  int run = 0;  ///< a transfer that was started by an earlier run must not touch them
};

struct Context {
  /// `begin`: what the clock shows.
  Context(const dialect::DeviceProgram& p, const target::Device& d, const Options& o, Cycles begin)
      : program(p),
        device(d),
        options(o),
        clock(begin),
        memory(p, o.checks != Checks::kNone),
        ddr_reads(d.timing.ddr_bytes_per_cycle()),
        ddr_writes(d.timing.ddr_bytes_per_cycle()) {}

  bool checks() const { return options.checks != Checks::kNone; }

  const dialect::DeviceProgram& program;
  const target::Device& device;
  const Options& options;
  Clock clock;
  Memory memory;
  std::deque<Lock> locks;
  Ddr ddr_reads;
  Ddr ddr_writes;
  Activities activities;
  int host_reads = activities.add(PathPart::Kind::kHostReads, "the host's memory");
  int host_writes = activities.add(PathPart::Kind::kHostWrites, "the host's memory");
  int controller = activities.add(PathPart::Kind::kController, "the host sequence");
  CriticalPath controller_path;
  HostArguments host;
  std::vector<std::string> actors;  ///< names, by Causality::id
  int host_tasks = 0;               ///< started by sequences and not ended

  Lock& lock(dialect::Index index) { return locks[static_cast<std::size_t>(index)]; }
};

/// Remembers an access to a buffer of a tile and throws Error where nothing orders it after an
/// earlier one that conflicts. Object FIFOs need no such check: views follow their own rule.
void check_race(Context& context, Buffer& buffer, Access access, const Causality& who,
                const std::string& name);

}  // namespace shiftwise::sim
