// SPDX-License-Identifier: Apache-2.0
// What an array of AI Engines is made of: the only place that knows a tile's size. Plain
// data, so that somebody can ask what a design would do on a machine that differs in one
// number. Sources of the numbers are in device.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/units.h"
#include "target/stream.h"
#include "target/timing.h"

namespace shiftwise::target {

enum class Architecture { kAie2, kAie2p };

enum class TileKind { kShim, kMem, kCompute };

/// What one buffer descriptor can express. Words are 32 bits.
struct DescriptorLimits {
  std::int64_t length_words = 0;  ///< the longest transfer
  int dimensions = 0;             ///< besides the iteration; the outermost has no limit of size
  std::int64_t wrap = 0;          ///< largest size of every other dimension
  std::int64_t step_words = 0;    ///< largest stride
  int iterations = 0;             ///< most executions before the iteration wraps
  std::int64_t iteration_step_words = 0;
  /// Most words of padding before, and after, the innermost dimension, the next, the next;
  /// all 0 where there is no padding. MM2S only.
  std::array<std::int64_t, 3> padding_words = {};
  int packet_ids = 0;
};

struct TileFacts {
  std::int64_t memory_bytes = 0;
  int banks = 0;  ///< logical ones: two accesses to one in a cycle conflict
  std::int64_t program_bytes = 0;
  int dma_channels = 0;  ///< in each direction
  int descriptors = 0;
  int locks = 0;
  int queue_depth = 0;  ///< tasks that wait in one channel's queue
  DescriptorLimits descriptor;

  std::int64_t bank_bytes() const { return banks == 0 ? 0 : memory_bytes / banks; }
};

/// A shape of aie::mmul with 8-bit operands and 32-bit sums: [m x k] times [k x n].
struct MmulShape {
  int m = 0;
  int k = 0;
  int n = 0;
  int native = 0;  ///< multiply instructions that it takes
};

struct Clock {
  int npu_mhz = 0;    ///< of the controller
  int array_mhz = 0;  ///< of the tiles ("H clock")
};

struct Device {
  std::string name;  ///< canonical: npu1_4col is "npu1"
  Architecture architecture = Architecture::kAie2;
  int columns = 0;
  int mem_rows = 0;
  int compute_rows = 0;
  /// Columns whose shim tile has a DMA; empty: all of them.
  std::vector<int> shim_dma_columns;

  TileFacts shim;
  TileFacts mem;
  TileFacts compute;

  int lock_max = 0;         ///< largest value of a lock
  int task_repeat_max = 0;  ///< a task runs at most this many times more
  int cascade_bits = 0;
  int cascade_depth = 0;  ///< values between two cores
  int macs_int8 = 0;      ///< per cycle: 8 bit by 8 bit
  int macs_int16_int8 = 0;
  int macs_int16 = 0;
  std::int64_t stack_bytes = 0;  ///< of a core that does not say
  Timing timing;

  int rows() const { return 1 + mem_rows + compute_rows; }
  bool contains(core::TileId tile) const;
  /// Throws Error for a tile that is not there.
  TileKind kind(core::TileId tile) const;
  const TileFacts& facts(core::TileId tile) const;
  const TileFacts& facts(TileKind kind) const;
  /// 0 for a shim tile without a DMA.
  int dma_channels(core::TileId tile) const;

  /// Whether a core's loads and stores, and its lock requests, reach the memory of `owner`.
  bool core_reaches(core::TileId core, core::TileId owner) const;
  /// Whether a DMA channel reaches the memory and locks of `owner`.
  bool dma_reaches(const Channel& channel, core::TileId owner) const;
  /// Whether `channel` can execute the tile's descriptor `id`.
  bool descriptor_allowed(const Channel& channel, int id) const;
  /// Whether `from` has a cascade to `to`.
  bool cascades(core::TileId from, core::TileId to) const;

  /// Ports by which streams leave (`leaving`) or enter the tile's switch; DMA ports are those
  /// of the DMA behind it. A stream leaves by the bundle's master ports and enters by its
  /// slave ports: a route's source is a slave port of its tile ("DMA" of an MM2S).
  int master_ports(core::TileId tile, Bundle bundle) const;
  int slave_ports(core::TileId tile, Bundle bundle) const;

  /// Shapes that kernels use, natural one first.
  std::span<const MmulShape> mmul_shapes() const;
  /// Pairs of clocks that the driver chooses from, slowest first.
  std::span<const Clock> clocks() const;
};

/// The device of that name, of any era ("npu1_4col", "ipu"). Throws Error for names that
/// exist and cannot be served (AIE1), and for unknown ones with the nearest names.
Device find_device(const std::string& name);

/// Every name that find_device takes.
std::vector<std::string> device_names();

/// "compute tile (1, 2)": for messages.
std::string describe(const Device& device, core::TileId tile);
/// "(1, 2)".
std::string to_string(core::TileId tile);
/// "S2MM 0 of tile (1, 2)".
std::string to_string(const Channel& channel);
std::string_view name(TileKind kind);

}  // namespace shiftwise::target
