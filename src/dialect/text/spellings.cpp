// SPDX-License-Identifier: Apache-2.0
#include "dialect/text/spellings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shiftwise::dialect {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

/// Whole names, in lower-case dialects.
constexpr std::array kOperations = {
    Alias{"aie.useLock", "aie.use_lock"},
    Alias{"aie.dmaStart", "aie.dma_start"},
    Alias{"aie.dmaBd", "aie.dma_bd"},
    Alias{"aie.dmaBdPacket", "aie.dma_bd_packet"},
    Alias{"aie.nextBd", "aie.next_bd"},
    Alias{"aie.memTileDMA", "aie.memtile_dma"},
    Alias{"aie.shimDMA", "aie.shim_dma"},
    Alias{"aie.shimDMAAllocation", "aie.shim_dma_allocation"},
    Alias{"aie.getCascade", "aie.get_cascade"},
    Alias{"aie.putCascade", "aie.put_cascade"},
    Alias{"aie.objectFifo", "aie.objectfifo"},
    Alias{"aie.objectFifo.acquire", "aie.objectfifo.acquire"},
    Alias{"aie.objectFifo.release", "aie.objectfifo.release"},
    Alias{"aie.objectFifo.link", "aie.objectfifo.link"},
    Alias{"aie.objectFifo.subview.access", "aie.objectfifo.subview.access"},
    Alias{"aie.objectFifo.registerExternalBuffers", "aie.objectfifo.register_external_buffers"},
    Alias{"aie.packetrules", "aie.packet_rules"},
    Alias{"aie.shimmux", "aie.shim_mux"},
    Alias{"aie.shimMux", "aie.shim_mux"},
    Alias{"aie.shimswitchbox", "aie.shim_switchbox"},
    Alias{"aiex.runtime_sequence", "aie.runtime_sequence"},
    Alias{"aiex.bd_chain", "aie.bd_chain"},
    Alias{"aiex.npu.writebd_shimtile", "aiex.npu.writebd"},
};

constexpr std::array kSymbols = {
    Alias{"aie.objectFifo", "aie.objectfifo"},
    Alias{"aie.objectFifoSubview", "aie.objectfifosubview"},
};

/// Ports of streams, as iree-amd-aie writes them.
constexpr std::array kPorts = {
    Alias{"CORE", "Core"}, Alias{"NORTH", "North"}, Alias{"EAST", "East"}, Alias{"SOUTH", "South"},
    Alias{"WEST", "West"}, Alias{"TRACE", "Trace"}, Alias{"CTRL", "Ctrl"},
};

constexpr std::array<std::string_view, 14> kSkipped = {
    "aie.wire",    "aie.switchbox", "aie.shim_mux", "aie.shim_switchbox", "aie.connect",
    "aie.amsel",   "aie.masterset", "aie.rule",     "aie.packet_rules",   "aie.plio",
    "aie.getTile", "aiex.getTile",  "aie.debug",    "aie.trace",
};
constexpr std::array<std::string_view, 2> kSkippedFamilies = {"aie.trace.", "aie.event_"};

template <typename Table>
std::string look_up(const Table& table, std::string name) {
  for (const Alias& alias : table) {
    if (name == alias.first) return std::string(alias.second);
  }
  return name;
}

/// `AIE.x` to `aie.x`.
std::string lower_dialect(std::string_view name) {
  if (name.starts_with("AIE.")) return "aie." + std::string(name.substr(4));
  if (name.starts_with("AIEX.")) return "aiex." + std::string(name.substr(5));
  return std::string(name);
}

}  // namespace

std::string present_operation(std::string_view name) {
  std::string lower = lower_dialect(name);
  if (lower.starts_with("aiex.ipu.")) lower.replace(0, 9, "aiex.npu.");
  return look_up(kOperations, std::move(lower));
}

std::string present_symbol(std::string_view name) {
  if (name.size() < 2) return std::string(name);
  if (name.substr(1) == "AIE") return name.front() + std::string("aie");
  return name.front() + look_up(kSymbols, lower_dialect(name.substr(1)));
}

std::string present_port(std::string_view name) { return look_up(kPorts, std::string(name)); }

bool is_skipped(std::string_view operation) {
  return std::find(kSkipped.begin(), kSkipped.end(), operation) != kSkipped.end() ||
         std::any_of(kSkippedFamilies.begin(), kSkippedFamilies.end(),
                     [&](std::string_view family) { return operation.starts_with(family); });
}

}  // namespace shiftwise::dialect
