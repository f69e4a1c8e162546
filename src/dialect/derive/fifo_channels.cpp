// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/fifo_channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {

ChannelPool::ChannelPool(const Design& design) : design_(design) {
  for (const DmaTask& task : design.program.dma_tasks) use(task.channel, "a DMA program");
  for (const ShimAllocation& allocation : design.program.allocations) {
    use(allocation.channel, "shim allocation '" + allocation.name + "'");
  }
  for (const Route& route : design.program.routes) {
    if (route.packet_id) continue;  // packets of several flows may share a channel
    if (route.source.bundle == Bundle::kDma) {
      use({route.source.tile, Direction::kMm2s, route.source.channel}, "a flow");
    }
    for (const StreamPort& port : route.destinations) {
      if (port.bundle == Bundle::kDma) {
        use({port.tile, Direction::kS2mm, port.channel}, "a flow");
      }
    }
  }
}

void ChannelPool::use(const Channel& channel, const std::string& user) {
  users_.emplace(channel, user);
}

Channel ChannelPool::take(Channel wanted, std::span<const core::TileId> memories,
                          const ObjectFifo& fifo) {
  const target::Device& device = design_.device;
  const int channels = device.dma_channels(wanted.tile);
  for (wanted.number = 0; wanted.number < channels; ++wanted.number) {
    const bool reaches = std::all_of(memories.begin(), memories.end(), [&](core::TileId tile) {
      return device.dma_reaches(wanted, tile);
    });
    if (reaches && users_.emplace(wanted, "object FIFO '" + fifo.name + "'").second) return wanted;
  }
  std::string users;
  for (const auto& [channel, user] : users_) {
    if (channel.tile == wanted.tile && channel.direction == wanted.direction) {
      users += fmt::format("{}{}: {}", users.empty() ? "" : ", ", channel.number, user);
    }
  }
  const std::string tile = target::describe(device, wanted.tile);
  const std::string_view direction = target::name(wanted.direction);
  refuse_unfit(at(fifo.location, "object FIFO '" + fifo.name + "'"),
               channels == 0 ? fmt::format("{} has no DMA", tile)
                             : fmt::format("{} has {} {} channels, all in use ({})", tile, channels,
                                           direction, users),
               channels == 0 ? "use a shim tile of another column"
                             : "move an end to another tile, or join object FIFOs");
}

}  // namespace shiftwise::dialect
