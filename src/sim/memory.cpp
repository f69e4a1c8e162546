// SPDX-License-Identifier: Apache-2.0
#include "sim/memory.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace shiftwise::sim {
namespace {

/// Vector loads of kernels want 64 bytes; a buffer with a fixed address is as far from that
/// as its address.
constexpr std::int64_t kAlignment = 64;
constexpr std::int64_t kZoneBytes = 128;
constexpr std::byte kZone{0xA5};
/// What bytes without a value hold: no plausible number.
constexpr std::byte kGarbage{0xCD};

std::int64_t round_up(std::int64_t value, std::int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Buffers that S2MM channels write and no MM2S channel reads.
std::set<dialect::Index> filled_by_dmas(const dialect::DeviceProgram& program) {
  std::set<dialect::Index> result;
  std::set<dialect::Index> sent;
  const auto add = [&](const target::Channel& channel,
                       const std::vector<dialect::BufferDescriptor>& descriptors) {
    for (const dialect::BufferDescriptor& descriptor : descriptors) {
      auto& to = channel.direction == target::Direction::kS2mm ? result : sent;
      to.insert(descriptor.memory.buffer);
    }
  };
  for (const dialect::DmaTask& task : program.dma_tasks) add(task.channel, task.descriptors);
  for (const dialect::Sequence& sequence : program.sequences) {
    for (const dialect::HostTask& task : sequence.tasks) add(task.channel, task.descriptors);
  }
  std::erase_if(result, [&](dialect::Index index) { return sent.contains(index); });
  return result;
}

}  // namespace

void Buffer::mark_written(std::int64_t begin, std::int64_t bytes) const {
  if (region_.written != nullptr) {
    std::memset(region_.written + begin, 1, static_cast<std::size_t>(bytes));
  }
}

std::int64_t Buffer::first_unwritten(std::int64_t begin, std::int64_t bytes) const {
  if (region_.written == nullptr) return -1;
  const void* found = std::memchr(region_.written + begin, 0, static_cast<std::size_t>(bytes));
  return found == nullptr ? -1 : static_cast<const std::uint8_t*>(found) - region_.written;
}

bool Buffer::zones_intact() const { return damaged_byte() == -kZoneBytes - 1; }

std::int64_t Buffer::damaged_byte() const {
  for (std::int64_t i = -kZoneBytes; i < 0; ++i) {
    if (region_.data[i] != kZone) return i;
  }
  for (std::int64_t i = region_.bytes; i < region_.bytes + kZoneBytes; ++i) {
    if (region_.data[i] != kZone) return i;
  }
  return -kZoneBytes - 1;
}

Memory::Memory(const dialect::DeviceProgram& program, bool track)
    : program_(program), buffers_(program.buffers.size()) {
  std::vector<std::int64_t> offsets;
  std::int64_t end = kZoneBytes;
  for (const dialect::Buffer& buffer : program.buffers) {
    const std::int64_t offset = round_up(end, kAlignment) + buffer.address.value_or(0) % kAlignment;
    offsets.push_back(offset);
    end = offset + buffer.bytes + kZoneBytes;
  }
  storage_.assign(static_cast<std::size_t>(end + kAlignment), kZone);
  const auto begin = reinterpret_cast<std::uintptr_t>(storage_.data());
  arena_ = std::span(storage_).subspan(
      static_cast<std::size_t>(round_up(static_cast<std::int64_t>(begin), kAlignment)) - begin,
      static_cast<std::size_t>(end));
  if (track) shadow_.assign(static_cast<std::size_t>(end), 0);

  const std::set<dialect::Index> inputs = filled_by_dmas(program);
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    Buffer& buffer = buffers_[i];
    const dialect::Buffer& design = program.buffers[i];
    buffer.design_ = &design;
    buffer.is_input_ = inputs.contains(static_cast<dialect::Index>(i));
    buffer.region_ = {.data = arena_.data() + offsets[i],
                      .bytes = design.bytes,
                      .written = track ? shadow_.data() + offsets[i] : nullptr};
    std::fill_n(buffer.region_.data, design.bytes, kGarbage);
    const auto given = std::min(design.bytes, static_cast<std::int64_t>(design.initial.size()));
    std::copy_n(design.initial.data(), given, buffer.region_.data);
    buffer.mark_written(0, given);
  }
}

Memory::Place Memory::find(core::TileId tile, std::int64_t address) {
  Buffer* largest = nullptr;
  bool placed = false;
  for (Buffer& buffer : buffers_) {
    const dialect::Buffer& design = *buffer.design_;
    if (design.tile != tile) continue;
    if (!design.address) {
      if (largest == nullptr || design.bytes > largest->design_->bytes) largest = &buffer;
      continue;
    }
    placed = true;
    if (*design.address <= address && address < *design.address + design.bytes) {
      return {&buffer, address - *design.address};
    }
  }
  if (placed || largest == nullptr) return {};
  std::int64_t begin = 0;
  for (const dialect::CoreProgram& core : program_.cores) {
    if (core.tile == tile) begin = core.stack_bytes;
  }
  const bool inside = begin <= address && address < begin + largest->design_->bytes;
  return inside ? Place{largest, address - begin} : Place{};
}

std::pair<std::string, std::int64_t> Memory::locate(std::int64_t arena_byte) const {
  std::pair<std::string, std::int64_t> result;
  for (const Buffer& buffer : buffers_) {
    const std::int64_t begin = buffer.region_.data - arena_.data();
    if (result.first.empty() || begin <= arena_byte) {
      result = {buffer.design_->name, arena_byte - begin};
    }
  }
  return result;
}

}  // namespace shiftwise::sim
