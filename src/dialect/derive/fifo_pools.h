// SPDX-License-Identifier: Apache-2.0
// The memory of object FIFOs: whose, how deep, and with which locks.
#pragma once

#include <string>
#include <vector>

#include "dialect/derive/fifo_links.h"

namespace shiftwise::dialect {

/// One end of an object FIFO: the producer, or consumer `consumer`.
struct End {
  const ObjectFifo* fifo = nullptr;
  bool produce = false;
  std::size_t consumer = 0;

  const FifoEnd& end() const { return produce ? fifo->producer : fifo->consumers[consumer]; }
  core::TileId tile() const { return end().tile; }
  /// As the tool chain names what belongs to it: "in", "in_cons", "in_1_cons".
  std::string name() const;
};

/// The objects that an end works on, with their locks.
struct Store {
  Index pool = kNone;
  MemrefType element = {};
  std::vector<Slice> slices = {};  ///< parts of an object that are filled and emptied one by one
  std::vector<int> repeats = {};   ///< of each slice
  struct Pair {
    Index empty = kNone;  ///< "prod": counts what may be written
    Index full = kNone;   ///< "cons": counts what may be read
  };
  std::vector<Pair> locks = {};  ///< of each slice; empty without synchronization
  bool spilled = false;          ///< some buffers lie in a neighbour of the tile
};

/// The memory by which both cores of a FIFO can reach its objects, where no DMA is needed.
std::optional<core::TileId> shared_memory(const Design& design, const ObjectFifo& fifo,
                                          bool linked);

/// How many objects `end` has when each end has its own.
std::int64_t depth_of(const Design& design, const End& end);

/// Adds buffers and locks to the program. `home` is the tile; a mem tile that is full hands
/// buffers to its neighbours.
Store make_store(Design& design, const End& owner, core::TileId home, std::int64_t depth,
                 const LinkPlan* link);

}  // namespace shiftwise::dialect
