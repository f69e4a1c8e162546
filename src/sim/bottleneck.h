// SPDX-License-Identifier: Apache-2.0
// What a run's time is due to.
#pragma once

#include <optional>
#include <string>

#include "sim/statistics.h"

namespace shiftwise::sim {

struct Bottleneck {
  enum class Kind {
    kKernels,      ///< a core computes all the time
    kOwnCode,      ///< a core's own code
    kDescriptors,  ///< a channel is busy with tasks and descriptors
    kStream,       ///< a stream carries all the words that it can
    kHostMemory,
    kController,  ///< the host sequence's operations
    kTransfers,   ///< the host sequence waits for each transfer before it starts the next
    kObjects,     ///< too few objects in a FIFO: its two sides take turns
    kLock,        ///< a lock that is handed to and fro
    kChain,       ///< one thing after the other; nothing is in use all the time
  };
  Kind kind = Kind::kChain;
  std::string who = {};  ///< core, channel, stream, FIFO or lock; empty for a chain
  std::string why = {};  ///< a sentence
};

/// Names of the kinds, for people and programs: "kernels", "objects", ...
std::string to_string(Bottleneck::Kind kind);
std::string to_string(PathPart::Kind kind);

/// From the critical path; nothing where the run has none (Options::explain).
std::optional<Bottleneck> bottleneck(const Statistics& run);

}  // namespace shiftwise::sim
