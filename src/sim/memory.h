// SPDX-License-Identifier: Apache-2.0
// The buffers of all tiles, in one arena, each between red zones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dialect/program.h"
#include "sim/races.h"

namespace shiftwise::sim {

/// Bytes that somebody reads or writes: a buffer of a tile, or of the host.
struct Region {
  std::byte* data = nullptr;
  std::int64_t bytes = 0;
  std::uint8_t* written = nullptr;  ///< 1 for each byte that has a value; null: not tracked
};

class Buffer {
 public:
  const dialect::Buffer& design() const { return *design_; }
  const Region& region() const { return region_; }
  Races& races() { return races_; }
  /// Filled by DMAs only: what a kernel gets of it is input.
  bool is_input() const { return is_input_; }

  void mark_written(std::int64_t begin, std::int64_t bytes) const;
  /// The first byte of the range that has no value, or -1.
  std::int64_t first_unwritten(std::int64_t begin, std::int64_t bytes) const;
  /// Whether nobody wrote beside it. Cheap.
  bool zones_intact() const;
  /// The first damaged byte: negative before the buffer, else at or behind its end.
  std::int64_t damaged_byte() const;

 private:
  friend class Memory;
  const dialect::Buffer* design_ = nullptr;
  Region region_;
  Races races_;
  bool is_input_ = false;
};

class Memory {
 public:
  /// `track` keeps a shadow of which bytes were written.
  Memory(const dialect::DeviceProgram& program, bool track);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Buffer& buffer(dialect::Index index) { return buffers_[static_cast<std::size_t>(index)]; }
  /// A place in a buffer; no buffer where nobody knows what is there.
  struct Place {
    Buffer* buffer = nullptr;
    std::int64_t offset = 0;
  };
  /// What is at that address of a tile, as far as the text fixes addresses. Where it fixes none of
  /// a tile's, the largest buffer (the first of several) lies behind the stack, where mlir-aie's
  /// compiler puts it: published sequences rely on that.
  Place find(core::TileId tile, std::int64_t address);
  /// The buffer at or in front of a byte of the arena, and the byte counted from its start.
  std::pair<std::string, std::int64_t> locate(std::int64_t arena_byte) const;
  std::span<std::byte> arena() const { return arena_; }
  std::size_t bytes() const { return storage_.size() + shadow_.size(); }

 private:
  const dialect::DeviceProgram& program_;
  std::vector<Buffer> buffers_;
  std::vector<std::byte> storage_;
  std::span<std::byte> arena_;  ///< of storage_, aligned
  std::vector<std::uint8_t> shadow_;
};

}  // namespace shiftwise::sim
