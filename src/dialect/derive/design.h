// SPDX-License-Identifier: Apache-2.0
// What a device op declares, before object FIFOs have become pools and descriptors: the form
// between the module (MLIR) and the program (program.h). No MLIR in here, so that the rules of
// object FIFOs can be read and tested without it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "dialect/program.h"
#include "target/device.h"

namespace shiftwise::dialect {

/// One end of an object FIFO.
struct FifoEnd {
  core::TileId tile = {};
  std::vector<Dimension> dimensions = {};  ///< to or from the stream; empty: linear
};

struct ObjectFifo {
  std::string name = {};
  FifoEnd producer = {};
  std::vector<FifoEnd> consumers = {};
  /// One depth for all ends, or one for the producer and each consumer.
  std::vector<std::int64_t> depths = {};
  MemrefType element = {};
  std::vector<std::vector<std::byte>> initial = {};  ///< one per object that is full at the start
  std::vector<Padding> padding = {};
  std::int64_t pad_value = 0;
  bool via_dma = false;
  std::optional<int> via_shared_memory = {};  ///< 0 the producer's, 1 the consumer's
  bool synchronized = true;
  std::optional<int> repeat = {};
  std::optional<int> iterations = {};
  std::optional<core::TileId> allocated = {};  ///< objectfifo.allocate
  Location location = {};
};

struct FifoLink {
  std::vector<std::string> inputs = {};
  std::vector<std::string> outputs = {};
  std::vector<std::int64_t> source_offsets = {};  ///< as written; may be empty
  std::vector<std::int64_t> destination_offsets = {};
  Location location = {};
};

struct DeclaredTile {
  core::TileId tile = {};
  Location location = {};
};

/// Who acquires: an object FIFO's symbol, as its producer or not, from which tile.
using FifoUse = std::tuple<std::string, bool, core::TileId>;

struct Design {
  target::Device device = {};
  std::vector<DeclaredTile> tiles = {};
  std::vector<ObjectFifo> fifos = {};
  std::vector<FifoLink> links = {};
  std::map<FifoUse, std::int64_t> most_acquired = {};  ///< by any core
  /// Buffers, locks, routes, explicit DMA programs ... as they stand in the text; the object
  /// FIFOs are added to it.
  DeviceProgram program = {};
  std::vector<Location> allocation_locations = {};  ///< of the explicit ones, in their order
};

}  // namespace shiftwise::dialect
