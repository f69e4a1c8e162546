// SPDX-License-Identifier: Apache-2.0
#include "sim/path_statistics.h"

#include <algorithm>

namespace shiftwise::sim {
namespace {

using dialect::Index;
using dialect::kNone;

/// What the lock counts: full or free objects of a FIFO, or nothing that the design tells.
PathWait wait_for(const dialect::DeviceProgram& program, Index lock) {
  PathWait result{.lock = program.locks[static_cast<std::size_t>(lock)].name};
  Index pool = kNone;
  for (const dialect::FifoPort& port : program.ports) {
    if (port.acquire.lock != lock) continue;
    pool = port.pool;
    result.room = port.produce;
  }
  for (const dialect::DmaTask& task : program.dma_tasks) {
    for (const dialect::BufferDescriptor& descriptor : task.descriptors) {
      if (descriptor.acquire.lock != lock) continue;
      result.room = task.channel.direction == target::Direction::kS2mm;
      if (descriptor.memory.buffer != kNone) {
        pool = program.buffers[static_cast<std::size_t>(descriptor.memory.buffer)].pool;
      }
    }
  }
  if (pool != kNone) {
    const dialect::FifoPool& objects = program.pools[static_cast<std::size_t>(pool)];
    result.fifo = objects.fifo;
    result.depth = static_cast<int>(objects.buffers.size());
  }
  return result;
}

}  // namespace

void add_path(Statistics& statistics, const Context& context, const CriticalPath& path,
              const std::function<std::vector<std::string>(Index)>& givers) {
  for (std::size_t i = 0; i < path.spent().size(); ++i) {
    if (path.spent()[i] == 0) continue;
    statistics.path.push_back(context.activities[i]);
    statistics.path.back().cycles = path.spent()[i];
  }
  std::ranges::stable_sort(statistics.path, std::greater{}, &PathPart::cycles);
  statistics.path_transfers = path.transfers();
  for (std::size_t i = 0; i < path.waits().size(); ++i) {
    if (path.waits()[i] == 0) continue;
    PathWait wait = wait_for(context.program, static_cast<Index>(i));
    wait.times = path.waits()[i];
    wait.givers = givers(static_cast<Index>(i));
    statistics.path_waits.push_back(std::move(wait));
  }
  std::ranges::stable_sort(statistics.path_waits, std::greater{}, &PathWait::times);
}

}  // namespace shiftwise::sim
