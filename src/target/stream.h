// SPDX-License-Identifier: Apache-2.0
// Names of the ways in and out of a tile.
#pragma once

#include <compare>
#include <string_view>

#include "core/units.h"

namespace shiftwise::target {

/// Of a DMA channel: streams to memory, or memory to streams. The numbers are those of
/// `direction` in npu.sync.
enum class Direction { kS2mm = 0, kMm2s = 1 };

/// Groups of stream ports.
enum class Bundle { kCore, kDma, kFifo, kTrace, kTileControl, kSouth, kWest, kNorth, kEast };

/// One DMA channel of a tile.
struct Channel {
  core::TileId tile;
  Direction direction = Direction::kS2mm;
  int number = 0;
  friend auto operator<=>(const Channel&, const Channel&) = default;
};

/// "S2MM", "MM2S".
std::string_view name(Direction direction);
/// As designs spell it: "Core", "DMA", "South", ...
std::string_view name(Bundle bundle);

}  // namespace shiftwise::target
