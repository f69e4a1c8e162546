// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

std::string user(const DmaTask& task) {
  return task.fifo.empty() ? "a DMA program" : "object FIFO '" + task.fifo + "'";
}

void verify_channel(const Channel& channel, const target::Device& device,
                    const std::string& where) {
  const int channels = device.dma_channels(channel.tile);
  if (channel.number >= 0 && channel.number < channels) return;
  refuse_unfit(where,
               fmt::format("{} has no {} channel {}", target::describe(device, channel.tile),
                           target::name(channel.direction), channel.number),
               channels == 0 ? "use a shim tile of another column"
                             : fmt::format("it has channels 0 to {}", channels - 1));
}

void verify_lock_use(const LockUse& use, const BufferDescriptor& descriptor, const Channel& channel,
                     const DeviceProgram& program, const target::Device& device) {
  if (use.lock == kNone) return;
  const Lock& lock = program.locks[static_cast<std::size_t>(use.lock)];
  const std::string where = at(descriptor.location, target::to_string(channel));
  if (!device.dma_reaches(channel, lock.tile)) {
    refuse_unfit(
        where,
        fmt::format("it uses lock '{}' of {}", lock.name, target::describe(device, lock.tile)),
        "a DMA reaches its own tile's locks; mem tile channels 0 to 3 also those of the "
        "mem tiles beside it");
  }
  if (use.value < 0 || use.value > device.lock_max) {
    refuse_unfit(where, fmt::format("it moves lock '{}' by {}", lock.name, use.value),
                 fmt::format("locks count from 0 to {}", device.lock_max));
  }
}

bool never_ends(const DmaTask& task) {
  return std::none_of(task.descriptors.begin(), task.descriptors.end(),
                      [](const BufferDescriptor& descriptor) { return descriptor.next == kNone; });
}

/// Tasks of one channel run one after the other, as the text starts them.
void verify_turn(const DmaTask& task, std::vector<const DmaTask*>& queue,
                 const target::Device& device, const std::string& where) {
  if (!queue.empty() && never_ends(*queue.back())) {
    refuse_unfit(
        where,
        fmt::format("{} serves {} already (at {}), which never ends",
                    target::to_string(task.channel), user(*queue.back()), queue.back()->location),
        "use another channel");
  }
  queue.push_back(&task);
  const auto most = static_cast<std::size_t>(device.facts(task.channel.tile).queue_depth) + 1;
  if (queue.size() > most) {
    refuse_unfit(where,
                 fmt::format("{} is started {} times, and its queue holds {} behind the "
                             "first",
                             target::to_string(task.channel), queue.size(), most - 1),
                 "chain the descriptors of one task");
  }
}

/// Descriptors that one kind of channel can use, and who wants them.
struct Group {
  int available = 0;
  int wanted = 0;
  std::string users = {};
};

/// Mem tiles divide their descriptors between even and odd channels.
void verify_counts(core::TileId tile, const std::vector<const DmaTask*>& tasks,
                   const target::Device& device) {
  const int all = device.facts(tile).descriptors;
  std::map<std::vector<bool>, Group> groups;
  std::map<int, const DmaTask*> numbered;
  for (const DmaTask* task : tasks) {
    std::vector<bool> allowed;
    for (int id = 0; id < all; ++id) {
      allowed.push_back(device.descriptor_allowed(task->channel, id));
    }
    Group& group = groups[allowed];
    group.available = static_cast<int>(std::count(allowed.begin(), allowed.end(), true));
    group.wanted += static_cast<int>(task->descriptors.size());
    group.users += fmt::format("{}{} {} {}", group.users.empty() ? "" : ", ",
                               target::name(task->channel.direction), task->channel.number,
                               task->descriptors.size());
    if (group.wanted > group.available) {
      refuse_unfit(
          at(task->location, user(*task)),
          fmt::format("{} has {} descriptors for its channels, {} are needed ({})",
                      target::describe(device, tile), group.available, group.wanted, group.users),
          group.available == all
              ? "use shallower object FIFOs or a smaller repeat count"
              : "even and odd channels have half of them each; move an end to the others");
    }
    for (const BufferDescriptor& descriptor : task->descriptors) {
      if (!descriptor.id) continue;
      const std::string where = at(descriptor.location, target::to_string(task->channel));
      if (!device.descriptor_allowed(task->channel, *descriptor.id)) {
        refuse_unfit(where, fmt::format("this channel cannot use descriptor {}", *descriptor.id),
                     "leave bd_id out");
      }
      if (!numbered.try_emplace(*descriptor.id, task).second) {
        refuse_invalid(where,
                       fmt::format("descriptor {} of {} is used twice", *descriptor.id,
                                   target::describe(device, tile)),
                       "leave bd_id out");
      }
    }
  }
}

}  // namespace

void verify_channels(const DeviceProgram& program, const target::Device& device) {
  std::map<Channel, std::vector<const DmaTask*>> queues;
  std::map<core::TileId, std::vector<const DmaTask*>> tiles;
  for (const DmaTask& task : program.dma_tasks) {
    const std::string where = at(task.location, user(task));
    verify_channel(task.channel, device, where);
    verify_turn(task, queues[task.channel], device, where);
    tiles[task.channel.tile].push_back(&task);
    for (const BufferDescriptor& descriptor : task.descriptors) {
      const Buffer& buffer = program.buffers[static_cast<std::size_t>(descriptor.memory.buffer)];
      if (!device.dma_reaches(task.channel, buffer.tile)) {
        refuse_unfit(at(descriptor.location, target::to_string(task.channel)),
                     fmt::format("it moves buffer '{}' of {}", buffer.name,
                                 target::describe(device, buffer.tile)),
                     "a DMA reaches its own tile's memory; mem tile channels 0 to 3 also that of "
                     "the mem tiles beside it");
      }
      verify_descriptor(descriptor, task.channel, {"buffer '" + buffer.name + "'", buffer.bytes},
                        device);
      verify_lock_use(descriptor.acquire, descriptor, task.channel, program, device);
      verify_lock_use(descriptor.release, descriptor, task.channel, program, device);
    }
  }
  for (const auto& [tile, tasks] : tiles) verify_counts(tile, tasks, device);
  for (const ShimAllocation& allocation : program.allocations) {
    verify_channel(allocation.channel, device, "shim allocation '" + allocation.name + "'");
  }
}

}  // namespace shiftwise::dialect
