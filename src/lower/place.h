// SPDX-License-Identifier: Apache-2.0
// Where a program's FIFOs come to lie, and whether the device has room for them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lower/program.h"
#include "target/device.h"

namespace shiftwise::lower {

/// What a design takes of one tile.
struct TileUse {
  struct Piece {
    std::string what;  ///< "2 objects of the output of layer 'x'"
    std::int64_t bytes = 0;
  };
  std::vector<Piece> memory;
  std::vector<std::string> s2mm;  ///< one entry per channel: the FIFO
  std::vector<std::string> mm2s;
  int locks = 0;
  int descriptors = 0;

  std::int64_t bytes() const;
};

using TileUses = std::map<core::TileId, TileUse>;

/// Pools, channels, locks and descriptors by the rules of object FIFOs: one pool where two
/// cores share memory, else one at each end; one pool for all that a link joins.
TileUses place(const Program& program, const target::Device& device);

/// Throws Error for the first tile that is asked for more than it has, with the pieces.
void check(const TileUses& uses, const target::Device& device);

}  // namespace shiftwise::lower
