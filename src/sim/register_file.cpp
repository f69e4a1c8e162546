// SPDX-License-Identifier: Apache-2.0
#include "sim/register_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "sim/fail.h"

namespace shiftwise::sim {
namespace {

constexpr std::int64_t kWordBytes = 4;

/// Descriptors count words; here they are bytes, so that any patched offset can be told.
dialect::BufferDescriptor translate(const target::DescriptorFields& fields) {
  dialect::BufferDescriptor result{.element_bytes = 1, .length = fields.length_words * kWordBytes};
  const bool padded = std::ranges::any_of(fields.before, [](auto words) { return words != 0; }) ||
                      std::ranges::any_of(fields.after, [](auto words) { return words != 0; });
  // A dimension of size 0 goes on to the end of the transfer, which counts what is padded.
  std::vector<dialect::Dimension> inner_first;
  std::vector<dialect::Padding> padding;
  std::int64_t inside = 1;
  for (std::size_t i = 0; i < fields.sizes.size(); ++i) {
    const std::int64_t size = fields.sizes[i];
    const bool open = size == 0 || i + 1 == fields.sizes.size();
    const std::int64_t before = i < fields.before.size() ? fields.before[i] : 0;
    const std::int64_t after = i < fields.after.size() ? fields.after[i] : 0;
    const std::int64_t rest =
        padded ? std::max<std::int64_t>(1, fields.length_words / inside - before - after)
               : std::numeric_limits<std::int32_t>::max();
    inner_first.push_back({open ? rest : size, fields.strides[i] * kWordBytes});
    padding.push_back({before, after});
    if (open) break;
    inside *= size + before + after;
  }
  if (inner_first.size() > 1 || padded) {
    result.dimensions.assign(inner_first.rbegin(), inner_first.rend());
    result.dimensions.push_back({kWordBytes, 1});
  }
  if (padded) {
    result.padding.assign(padding.rbegin(), padding.rend());
    result.padding.emplace_back();
    result.length = 1;
    for (const dialect::Dimension& dimension : result.dimensions) result.length *= dimension.size;
  }
  if (fields.iteration_size > 1) {
    result.iteration = {fields.iteration_size, fields.iteration_stride * kWordBytes};
  }
  result.packet_id = fields.packet_id;
  return result;
}

/// A mem tile's DMA sees its western neighbour first, then itself, then the eastern one. Where
/// there is no neighbour to the west, designs that say so mean the tile itself.
core::TileId seen(const target::Device& device, core::TileId tile, std::int64_t window) {
  if (device.kind(tile) != target::TileKind::kMem) return tile;
  const core::TileId other{tile.column + static_cast<int>(window) - 1, tile.row};
  return device.contains(other) ? other : tile;
}

}  // namespace

void RegisterFile::write(core::TileId tile, int descriptor, int word, std::uint32_t value,
                         std::uint32_t mask) {
  std::uint32_t& old = entries_[{tile, descriptor}].words[static_cast<std::size_t>(word)];
  old = (old & ~mask) | (value & mask);
}

void RegisterFile::patch(core::TileId tile, int descriptor, dialect::Index argument,
                         std::int64_t plus_bytes) {
  Entry& entry = entries_[{tile, descriptor}];
  entry.argument = argument;
  entry.plus_bytes = plus_bytes;
}

bool RegisterFile::is_patched(core::TileId tile, int descriptor) const {
  const auto found = entries_.find({tile, descriptor});
  return found != entries_.end() && found->second.argument != dialect::kNone;
}

const RegisterFile::Entry& RegisterFile::entry(core::TileId tile, int descriptor,
                                               const dialect::Location& where) const {
  const auto found = entries_.find({tile, descriptor});
  const bool shim = context_.device.kind(tile) == target::TileKind::kShim;
  if (found == entries_.end() || (shim && found->second.argument == dialect::kNone)) {
    fail(fmt::format("descriptor {} of tile {} is started before it is whole", descriptor,
                     target::to_string(tile)),
         where,
         found == entries_.end() ? "its registers were never written"
                                 : "no address of a host buffer was patched in");
  }
  return found->second;
}

/// Which buffer of the array the descriptor moves.
void RegisterFile::place(core::TileId tile, int descriptor, const target::DescriptorFields& fields,
                         dialect::BufferDescriptor& result) const {
  const std::int64_t bytes = context_.device.facts(tile).memory_bytes;
  const auto address = static_cast<std::int64_t>(fields.address_bytes);
  const core::TileId owner = seen(context_.device, tile, address / bytes);
  const auto [buffer, offset] = context_.memory.find(owner, address % bytes);
  if (buffer == nullptr) {
    fail(fmt::format("descriptor {} of tile {} moves memory at 0x{:05X} of tile {}", descriptor,
                     target::to_string(tile), address % bytes, target::to_string(owner)),
         result.location, "no buffer of the text has that address",
         "give the aie.buffer there its address");
  }
  result.memory.buffer =
      static_cast<dialect::Index>(&buffer->design() - context_.program.buffers.data());
  result.offset = offset;
}

dialect::LockUse RegisterFile::lock(core::TileId tile, int descriptor,
                                    const target::DescriptorLock& named,
                                    const dialect::Location& where) const {
  const int count = context_.device.facts(tile).locks;
  const core::TileId owner = seen(context_.device, tile, named.number / count);
  const int id = named.number % count;
  for (std::size_t i = 0; i < context_.program.locks.size(); ++i) {
    const dialect::Lock& lock = context_.program.locks[i];
    if (lock.tile == owner && lock.id == id) {
      return {.lock = static_cast<dialect::Index>(i),
              .value = std::abs(named.value),
              .equal = named.value >= 0};
    }
  }
  fail(fmt::format("descriptor {} of tile {} uses lock {} of tile {}", descriptor,
                   target::to_string(tile), id, target::to_string(owner)),
       where, "no aie.lock of the text has that number");
}

std::shared_ptr<Chain> RegisterFile::chain(core::TileId tile, int descriptor,
                                           const dialect::Location& where) const {
  auto result = std::make_shared<Chain>();
  const target::TileKind kind = context_.device.kind(tile);
  std::map<int, dialect::Index> made;
  for (int at = descriptor;;) {
    const Entry& written = entry(tile, at, where);
    const target::DescriptorFields fields = target::decode_descriptor(kind, written.words);
    made[at] = static_cast<dialect::Index>(result->descriptors.size());
    dialect::BufferDescriptor& made_last = result->descriptors.emplace_back(translate(fields));
    made_last.location = where;
    if (kind == target::TileKind::kShim) {
      made_last.memory.host_argument = written.argument;
      made_last.offset = written.plus_bytes + static_cast<std::int64_t>(fields.address_bytes);
    } else {
      place(tile, at, fields, made_last);
      if (fields.acquire) made_last.acquire = lock(tile, at, *fields.acquire, where);
      if (fields.release) made_last.release = lock(tile, at, *fields.release, where);
    }
    if (!fields.use_next) break;
    at = fields.next;
    const auto known = made.find(at);
    made_last.next = known != made.end() ? known->second : static_cast<dialect::Index>(made.size());
    if (known != made.end()) break;
  }
  result->executions.resize(result->descriptors.size());
  return result;
}

}  // namespace shiftwise::sim
