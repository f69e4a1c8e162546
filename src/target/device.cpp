// SPDX-License-Identifier: Apache-2.0
#include "target/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/diagnostic.h"

namespace shiftwise::target {
namespace {

/// Inputs of the mem tile's channels 4 and 5 reach no neighbour (AM020-5).
constexpr int kMemChannelsWithNeighbours = 4;
/// Even channels of a mem tile use the lower half of the descriptors, odd ones the upper
/// (AIETargetModel isBdChannelAccessible).
constexpr int kMemDescriptorHalves = 2;

// aie_api detail/aie2/mmul_8_8.hpp and detail/aie2p/mmul_8_8.hpp
constexpr MmulShape kMmulAie2[] = {{4, 8, 8, 1},  {8, 8, 8, 2},  {4, 16, 8, 2}, {8, 8, 4, 1},
                                   {4, 16, 4, 1}, {4, 8, 4, 1},  {2, 8, 8, 1},  {1, 16, 8, 1},
                                   {2, 16, 8, 2}, {8, 16, 8, 4}, {4, 16, 16, 4}};
constexpr MmulShape kMmulAie2p[] = {
    {8, 8, 8, 1}, {4, 8, 8, 1}, {2, 8, 8, 1}, {4, 16, 8, 2}, {8, 16, 8, 2}};

// Linux amdxdna npu1_regs.c, npu4_regs.c
constexpr Clock kClocksNpu1[] = {{400, 800}, {600, 1024}, {720, 1309}, {847, 1600}};
constexpr Clock kClocksNpu2[] = {{396, 792},   {600, 1056},  {792, 1152}, {975, 1267},
                                 {1056, 1408}, {1152, 1584}, {1267, 1800}};

bool contains_column(const std::vector<int>& columns, int column) {
  return columns.empty() || std::ranges::find(columns, column) != columns.end();
}

}  // namespace

bool Device::contains(core::TileId tile) const {
  return tile.column >= 0 && tile.column < columns && tile.row >= 0 && tile.row < rows();
}

TileKind Device::kind(core::TileId tile) const {
  if (!contains(tile)) {
    throw core::Error({.what = fmt::format("there is no tile {}", to_string(tile)),
                       .why = fmt::format("{} has columns 0 to {} and rows 0 to {}", name,
                                          columns - 1, rows() - 1)});
  }
  if (tile.row == 0) return TileKind::kShim;
  return tile.row <= mem_rows ? TileKind::kMem : TileKind::kCompute;
}

const TileFacts& Device::facts(TileKind kind) const {
  switch (kind) {
    case TileKind::kShim:
      return shim;
    case TileKind::kMem:
      return mem;
    case TileKind::kCompute:
      break;
  }
  return compute;
}

const TileFacts& Device::facts(core::TileId tile) const { return facts(kind(tile)); }

int Device::dma_channels(core::TileId tile) const {
  const bool none =
      kind(tile) == TileKind::kShim && !contains_column(shim_dma_columns, tile.column);
  return none ? 0 : facts(tile).dma_channels;
}

bool Device::core_reaches(core::TileId core, core::TileId owner) const {
  if (!contains(core) || !contains(owner) || kind(core) != TileKind::kCompute ||
      kind(owner) != TileKind::kCompute) {
    return false;
  }
  const int columns_west = core.column - owner.column;
  const int rows_away = std::abs(core.row - owner.row);
  return (columns_west == 0 && rows_away <= 1) || (columns_west == 1 && rows_away == 0);
}

bool Device::dma_reaches(const Channel& channel, core::TileId owner) const {
  if (!contains(channel.tile) || !contains(owner)) return false;
  if (channel.tile == owner) return true;
  return kind(channel.tile) == TileKind::kMem && channel.number < kMemChannelsWithNeighbours &&
         owner.row == channel.tile.row && std::abs(owner.column - channel.tile.column) == 1;
}

bool Device::descriptor_allowed(const Channel& channel, int id) const {
  const TileFacts& tile = facts(channel.tile);
  if (id < 0 || id >= tile.descriptors) return false;
  if (kind(channel.tile) != TileKind::kMem) return true;
  const int half = tile.descriptors / kMemDescriptorHalves;
  return (channel.number % kMemDescriptorHalves == 0) == (id < half);
}

bool Device::cascades(core::TileId from, core::TileId to) const {
  if (!contains(from) || !contains(to) || kind(from) != TileKind::kCompute ||
      kind(to) != TileKind::kCompute) {
    return false;
  }
  const bool south = to.column == from.column && to.row == from.row - 1;
  const bool east = to.row == from.row && to.column == from.column + 1;
  return south || east;
}

// AIETargetModel getNumDestSwitchboxConnections, getNumSourceSwitchboxConnections
int Device::master_ports(core::TileId tile, Bundle bundle) const {
  const TileKind of = kind(tile);
  switch (bundle) {
    case Bundle::kCore:
      return of == TileKind::kCompute ? 1 : 0;
    case Bundle::kDma:
      return dma_channels(tile);
    case Bundle::kFifo:
      return of == TileKind::kMem ? 0 : 1;
    case Bundle::kTrace:
      return 0;
    case Bundle::kTileControl:
      return 1;
    case Bundle::kSouth:
      return of == TileKind::kShim ? 6 : 4;
    case Bundle::kNorth:
      return tile.row == rows() - 1 ? 0 : 6;
    case Bundle::kWest:
      return of == TileKind::kMem || tile.column == 0 ? 0 : 4;
    case Bundle::kEast:
      return of == TileKind::kMem || tile.column == columns - 1 ? 0 : 4;
  }
  return 0;
}

int Device::slave_ports(core::TileId tile, Bundle bundle) const {
  const TileKind of = kind(tile);
  switch (bundle) {
    case Bundle::kTrace:
      return of == TileKind::kCompute ? 2 : 1;
    case Bundle::kSouth:
      return of == TileKind::kShim ? 8 : 6;
    case Bundle::kNorth:
      return tile.row == rows() - 1 ? 0 : 4;
    default:
      return master_ports(tile, bundle);
  }
}

std::span<const MmulShape> Device::mmul_shapes() const {
  return architecture == Architecture::kAie2 ? std::span<const MmulShape>(kMmulAie2)
                                             : std::span<const MmulShape>(kMmulAie2p);
}

std::span<const Clock> Device::clocks() const {
  return architecture == Architecture::kAie2 ? std::span<const Clock>(kClocksNpu1)
                                             : std::span<const Clock>(kClocksNpu2);
}

std::string_view name(TileKind kind) {
  switch (kind) {
    case TileKind::kShim:
      return "shim";
    case TileKind::kMem:
      return "mem";
    case TileKind::kCompute:
      break;
  }
  return "compute";
}

std::string_view name(Direction direction) {
  return direction == Direction::kS2mm ? "S2MM" : "MM2S";
}

std::string_view name(Bundle bundle) {
  switch (bundle) {
    case Bundle::kCore:
      return "Core";
    case Bundle::kDma:
      return "DMA";
    case Bundle::kFifo:
      return "FIFO";
    case Bundle::kTrace:
      return "Trace";
    case Bundle::kTileControl:
      return "TileControl";
    case Bundle::kSouth:
      return "South";
    case Bundle::kWest:
      return "West";
    case Bundle::kNorth:
      return "North";
    case Bundle::kEast:
      break;
  }
  return "East";
}

std::string to_string(core::TileId tile) { return fmt::format("({}, {})", tile.column, tile.row); }

std::string to_string(const Channel& channel) {
  return fmt::format("{} {} of tile {}", name(channel.direction), channel.number,
                     to_string(channel.tile));
}

std::string describe(const Device& device, core::TileId tile) {
  return fmt::format("{} tile {}", name(device.kind(tile)), to_string(tile));
}

}  // namespace shiftwise::target
