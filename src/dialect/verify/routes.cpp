// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

std::string describe(const StreamPort& port) {
  return fmt::format("{} {} of tile {}", target::name(port.bundle), port.channel,
                     target::to_string(port.tile));
}

std::string owner(const Route& route) {
  if (!route.fifo.empty()) return "object FIFO '" + route.fifo + "'";
  return route.packet_id ? fmt::format("packet flow {}", *route.packet_id) : "flow";
}

void verify_port(const Route& route, const StreamPort& port, bool leaves,
                 const target::Device& device) {
  const int ports = leaves ? device.master_ports(port.tile, port.bundle)
                           : device.slave_ports(port.tile, port.bundle);
  if (port.channel >= 0 && port.channel < ports) return;
  refuse_unfit(
      at(route.location, owner(route)),
      fmt::format("{} has no {} port {} that a stream can {}", target::describe(device, port.tile),
                  target::name(port.bundle), port.channel, leaves ? "arrive at" : "start from"),
      ports == 0 ? "streams start and end at DMAs, cores and trace units"
                 : fmt::format("it has {} of them, counted from 0", ports));
}

}  // namespace

void verify_routes(const DeviceProgram& program, const target::Device& device) {
  std::map<StreamPort, const Route*> arrivals;
  std::map<StreamPort, const Route*> circuits;
  for (const Route& route : program.routes) {
    const std::string where = at(route.location, owner(route));
    verify_port(route, route.source, false, device);
    if (route.packet_id) {
      const int ids = device.facts(route.source.tile).descriptor.packet_ids;
      if (*route.packet_id < 0 || (ids > 0 && *route.packet_id >= ids)) {
        refuse_unfit(where, fmt::format("packet id {}", *route.packet_id),
                     fmt::format("packet ids are 0 to {}", ids - 1));
      }
    } else {
      const auto [other, added] = circuits.try_emplace(route.source, &route);
      if (!added) {
        refuse_unfit(where,
                     fmt::format("{} is the source of {} already (at {})", describe(route.source),
                                 owner(*other->second), other->second->location),
                     "a port feeds one circuit; use another channel");
      }
    }
    for (const StreamPort& port : route.destinations) {
      verify_port(route, port, true, device);
      const auto [other, added] = arrivals.try_emplace(port, &route);
      const bool packets = route.packet_id && other->second->packet_id;
      if (!added && !packets) {
        refuse_unfit(where,
                     fmt::format("{} receives {} already (at {})", describe(port),
                                 owner(*other->second), other->second->location),
                     "a port takes one circuit; packets can share it");
      }
    }
  }
}

}  // namespace shiftwise::dialect
