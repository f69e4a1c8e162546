// SPDX-License-Identifier: Apache-2.0
// What a run took, in cycles of the array.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/units.h"
#include "target/stream.h"

namespace shiftwise::sim {

using Cycles = std::int64_t;

/// Time that somebody could not go on, and why.
struct Stall {
  std::string cause = {};  ///< "lock 'of_cons_lock'", "words from 'of'", "room in 'of'", ...
  Cycles cycles = 0;
  friend bool operator==(const Stall&, const Stall&) = default;
};

struct CoreStatistics {
  core::TileId tile = {};
  std::string kernel = {};         ///< in which it spends most time, or empty
  bool assumed = false;            ///< that kernel's cost is a guess
  Cycles kernels = 0;              ///< inside of kernels
  Cycles own = 0;                  ///< its own instructions, calls and lock requests
  std::vector<Stall> stalls = {};  ///< largest first
  std::int64_t calls = 0;
};

struct ChannelStatistics {
  target::Channel channel = {};
  std::string fifo = {};  ///< the object FIFO that it serves, or empty
  Cycles moving = 0;
  std::int64_t words = 0;
  std::int64_t descriptors = 0;
  std::vector<Stall> stalls = {};
};

struct StreamStatistics {
  std::string name = {};  ///< the object FIFO, or the source's port
  std::int64_t words = 0;
  Cycles busy = 0;              ///< in which it could not have carried more
  std::int64_t high_water = 0;  ///< most words under way to the slowest receiver
  std::int64_t capacity = 0;
};

/// An object FIFO's objects in one tile.
struct PoolStatistics {
  std::string fifo = {};
  core::TileId tile = {};
  int depth = 0;
  int high_water = 0;        ///< most objects that were full at once
  double average_full = 0;   ///< filled and not yet taken by their reader, over the run
  double average_empty = 0;  ///< given back and not yet taken by who fills them
};

/// A lock's value over the run.
struct LockStatistics {
  std::string lock = {};
  core::TileId tile = {};
  double average = 0;
  int high_water = 0;
  int last = 0;            ///< at the end
  std::int64_t waits = 0;  ///< requests that had to wait
};

struct KernelStatistics {
  std::string symbol = {};
  std::int64_t calls = 0;
  Cycles cycles = 0;
  bool assumed = false;    ///< no cost is known: the time is a guess
  std::string basis = {};  ///< "measured", "analysis", ...: where a known cost is from
};

/// When a shim channel had written how much to the host.
struct Arrival {
  Cycles time = 0;
  std::int64_t bytes = 0;  ///< so far, in this run
};

/// Bytes of a host buffer, from the first to behind the last; empty: nobody knows.
struct HostRange {
  int argument = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

struct OutputStatistics {
  target::Channel channel = {};
  std::vector<Arrival> arrivals = {};
  HostRange range = {};
};

/// Work on the run's critical path: the chain of causes from its beginning to its end, without
/// a gap (critical_path.h).
struct PathPart {
  enum class Kind {
    kKernels,      ///< a core's
    kOwnCode,      ///< a core's
    kDescriptors,  ///< a channel's: starting tasks, changing descriptors, giving back locks
    kStream,       ///< words that move
    kHostReads,    ///< the host's memory is the limit
    kHostWrites,
    kController,
  };
  Kind kind = Kind::kController;
  std::string who = {};  ///< "core (0, 2)", "MM2S 0 of tile (0, 0)", "stream 'of'", ...
  Cycles cycles = 0;
};

/// A lock that somebody on the critical path waited for.
struct PathWait {
  std::string lock = {};
  std::string fifo = {};  ///< the object FIFO, or empty
  int depth = 0;          ///< its objects there
  bool room = false;      ///< the wait was for a free object, not for a full one
  std::int64_t times = 0;
  std::vector<std::string> givers = {};  ///< who raises it
};

struct Statistics {
  Cycles begin = 0;   ///< when the sequence started; the clock goes on from run to run
  Cycles cycles = 0;  ///< until its last operation was done
  double clock_hz = 0;
  std::int64_t events = 0;  ///< of the simulation itself
  std::int64_t controller_operations = 0;
  Cycles controller_busy = 0;
  std::vector<CoreStatistics> cores = {};
  std::vector<ChannelStatistics> channels = {};
  std::vector<StreamStatistics> streams = {};
  std::vector<PoolStatistics> pools = {};
  std::vector<LockStatistics> locks = {};
  std::vector<KernelStatistics> kernels = {};
  std::vector<OutputStatistics> outputs = {};
  /// Empty unless Options::explain and the run came to its end.
  std::vector<PathPart> path = {};        ///< largest first
  std::vector<PathWait> path_waits = {};  ///< most first
  int path_transfers = 0;                 ///< waits of the sequence for a transfer, on the path

  double seconds() const { return static_cast<double>(cycles) / clock_hz; }
};

}  // namespace shiftwise::sim
