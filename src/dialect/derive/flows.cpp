// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/flows.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

Bundle bundle_of(ops::WireBundle bundle, mlir::Operation* op) {
  switch (bundle) {
    case ops::WireBundle::Core:
      return Bundle::kCore;
    case ops::WireBundle::DMA:
      return Bundle::kDma;
    case ops::WireBundle::FIFO:
      return Bundle::kFifo;
    case ops::WireBundle::South:
      return Bundle::kSouth;
    case ops::WireBundle::West:
      return Bundle::kWest;
    case ops::WireBundle::North:
      return Bundle::kNorth;
    case ops::WireBundle::East:
      return Bundle::kEast;
    case ops::WireBundle::Trace:
      return Bundle::kTrace;
    case ops::WireBundle::TileControl:
    case ops::WireBundle::Ctrl:
      return Bundle::kTileControl;
    default:
      break;
  }
  refuse_unsupported(where(op), "PLIO and NOC ports: an NPU has none that a design names",
                     "let a flow start or end at a DMA");
}

StreamPort port_of(mlir::Value tile, ops::WireBundle bundle, std::int64_t channel,
                   mlir::Operation* op, const Design& design) {
  constexpr std::int64_t kLargest = 1 << 10;  // the verifier knows the ports
  return {tile_of(tile, op, design.device), bundle_of(bundle, op),
          static_cast<int>(std::clamp<std::int64_t>(channel, -1, kLargest))};
}

void add_destination(Design& design, const StreamPort& source, const StreamPort& destination,
                     const Location& location) {
  for (Route& route : design.program.routes) {
    if (route.source == source && !route.packet_id) {  // a broadcast, written as several flows
      route.destinations.push_back(destination);
      return;
    }
  }
  design.program.routes.push_back(
      {.source = source, .destinations = {destination}, .location = location});
}

void read_packets(ops::PacketFlowOp flow, Design& design) {
  if (flow.getPorts().empty()) refuse_invalid(where(flow), "the packet flow has no ports");
  std::vector<StreamPort> sources;
  std::vector<StreamPort> destinations;
  for (mlir::Operation& op : flow.getPorts().front()) {
    if (auto source = mlir::dyn_cast<ops::PacketSourceOp>(op)) {
      sources.push_back(
          port_of(source.getTile(), source.getBundle(), source.getChannel(), &op, design));
    } else if (auto dest = mlir::dyn_cast<ops::PacketDestOp>(op)) {
      destinations.push_back(
          port_of(dest.getTile(), dest.getBundle(), dest.getChannel(), &op, design));
    }
  }
  if (sources.empty() || destinations.empty()) {
    refuse_invalid(where(flow), "a packet flow has a source and a destination");
  }
  for (const StreamPort& source : sources) {
    design.program.routes.push_back(
        {.source = source,
         .destinations = destinations,
         .packet_id = static_cast<int>(std::clamp<std::int64_t>(flow.getId(), -1, 1 << 10)),
         .keep_packet_header = flow.getKeepPktHeader().value_or(false),
         .location = location_of(flow)});
  }
}

core::TileId beside(core::TileId tile, ops::CascadeSide side) {
  switch (side) {
    case ops::CascadeSide::South:
      return {tile.column, tile.row - 1};
    case ops::CascadeSide::East:
      return {tile.column + 1, tile.row};
    case ops::CascadeSide::North:
      return {tile.column, tile.row + 1};
    case ops::CascadeSide::West:
      return {tile.column - 1, tile.row};
  }
  return tile;
}

void add_cascade(mlir::Operation* op, Design& design, core::TileId from, core::TileId to) {
  if (!design.device.contains(to) || !design.device.cascades(from, to)) {
    refuse_unfit(where(op),
                 fmt::format("{} has no cascade to {}", target::describe(design.device, from),
                             target::to_string(to)),
                 "cascades go south and east between compute tiles");
  }
  design.program.cascades.push_back({from, to});
}

}  // namespace

void read_flow(mlir::Operation* op, Design& design) {
  if (auto flow = mlir::dyn_cast<ops::FlowOp>(op)) {
    const StreamPort source =
        port_of(flow.getSource(), flow.getSourceBundle(), flow.getSourceChannel(), op, design);
    const StreamPort destination =
        port_of(flow.getDest(), flow.getDestBundle(), flow.getDestChannel(), op, design);
    add_destination(design, source, destination, location_of(op));
  } else if (auto packets = mlir::dyn_cast<ops::PacketFlowOp>(op)) {
    read_packets(packets, design);
  } else if (auto cascade = mlir::dyn_cast<ops::CascadeFlowOp>(op)) {
    add_cascade(op, design, tile_of(cascade.getSource(), op, design.device),
                tile_of(cascade.getDest(), op, design.device));
  } else if (auto sides = mlir::dyn_cast<ops::ConfigureCascadeOp>(op)) {
    const core::TileId tile = tile_of(sides.getTile(), op, design.device);
    const core::TileId to = beside(tile, sides.getOutput());
    // Sides are set for every tile; only those with a neighbour there carry anything.
    if (design.device.contains(to) && design.device.cascades(tile, to)) {
      design.program.cascades.push_back({tile, to});
    }
  }
}

}  // namespace shiftwise::dialect
