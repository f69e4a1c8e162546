// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {
namespace {

struct Usage {
  std::int64_t stack = 0;
  std::vector<const Buffer*> buffers;
  Location location;  ///< of the core, else of a buffer

  std::int64_t bytes() const {
    std::int64_t sum = stack;
    for (const Buffer* buffer : buffers) sum += buffer->bytes;
    return sum;
  }
};

std::string biggest(Usage usage) {
  constexpr std::size_t kShown = 5;
  std::stable_sort(usage.buffers.begin(), usage.buffers.end(),
                   [](const Buffer* a, const Buffer* b) { return a->bytes > b->bytes; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, usage.buffers.size()); ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", usage.buffers[i]->name, usage.buffers[i]->bytes);
  }
  if (usage.buffers.size() > kShown) {
    text += fmt::format(", {} more buffers", usage.buffers.size() - kShown);
  }
  return text;
}

void verify_placed(const Usage& usage, core::TileId tile, const target::Device& device) {
  std::vector<const Buffer*> placed;
  const std::int64_t memory = device.facts(tile).memory_bytes;
  for (const Buffer* buffer : usage.buffers) {
    if (!buffer->address) continue;
    const std::string where = at(buffer->location, "buffer '" + buffer->name + "'");
    if (*buffer->address < 0 || *buffer->address > memory - buffer->bytes) {
      refuse_unfit(
          where,
          fmt::format("its {} bytes at address {} leave {}, which has {} bytes", buffer->bytes,
                      *buffer->address, target::describe(device, tile), memory),
          "addresses count from the start of the tile's own memory");
    }
    placed.push_back(buffer);
  }
  std::sort(placed.begin(), placed.end(),
            [](const Buffer* a, const Buffer* b) { return a->address < b->address; });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    const Buffer& below = *placed[i - 1];
    if (*below.address + below.bytes > *placed[i]->address) {
      refuse_invalid(
          at(placed[i]->location, "buffer '" + placed[i]->name + "'"),
          fmt::format("its address {} lies within '{}' ({} bytes at {}) of {}", *placed[i]->address,
                      below.name, below.bytes, *below.address, target::describe(device, tile)),
          "leave the addresses out, or move one");
    }
  }
}

}  // namespace

void verify_memory(const DeviceProgram& program, const target::Device& device) {
  std::map<core::TileId, Usage> tiles;
  for (const Buffer& buffer : program.buffers) {
    Usage& usage = tiles[buffer.tile];
    usage.buffers.push_back(&buffer);
    if (usage.location.empty()) usage.location = buffer.location;
  }
  for (const CoreProgram& core : program.cores) {
    Usage& usage = tiles[core.tile];
    usage.stack = core.stack_bytes;
    usage.location = core.location;
    if (core.stack_bytes < 0) {
      refuse_invalid(at(core.location, "aie.core"),
                     fmt::format("a stack of {} bytes", core.stack_bytes));
    }
  }
  for (const auto& [tile, usage] : tiles) {
    const std::int64_t memory = device.facts(tile).memory_bytes;
    const std::string name = target::describe(device, tile);
    if (usage.bytes() > memory) {
      const std::string stack = usage.stack == 0 ? "" : fmt::format("stack {}, ", usage.stack);
      refuse_unfit(at(usage.location, name),
                   fmt::format("{} bytes are needed, {} are there: {}{}", usage.bytes(), memory,
                               stack, biggest(usage)),
                   "use smaller or fewer objects, or move some to another tile");
    }
    verify_placed(usage, tile, device);
  }
}

}  // namespace shiftwise::dialect
