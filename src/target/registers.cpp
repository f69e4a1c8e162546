// SPDX-License-Identifier: Apache-2.0
// Addresses: AIETargetModel (mlir-aie) and AM025; fields of descriptors: AM025, dma/bd.txt of
// noc_module, memory_tile_module and memory_module.
#include "target/registers.h"

namespace shiftwise::target {
namespace {

constexpr int kColumnShift = 25;
constexpr int kRowShift = 20;
constexpr std::uint32_t kOffsetMask = (1u << kRowShift) - 1;
constexpr std::uint32_t kDescriptorBytes = 0x20;
constexpr std::uint32_t kLockBytes = 0x10;
constexpr std::uint32_t kChannelBytes = 8;  ///< a control register and a task queue

struct Map {
  std::uint32_t descriptors;
  std::uint32_t channels;
  std::uint32_t mm2s;  ///< from the S2MM channels to the MM2S channels
  std::uint32_t locks;
};

constexpr Map map_of(TileKind kind) {
  switch (kind) {
    case TileKind::kShim:
      return {0x1D000, 0x1D200, 0x10, 0x14000};
    case TileKind::kMem:
      return {0xA0000, 0xA0600, 0x30, 0xC0000};
    case TileKind::kCompute:
      return {0x1D000, 0x1DE00, 0x10, 0x1F000};
  }
  return {};
}

struct Range {
  std::uint32_t begin;
  std::uint32_t end;
};

/// Timers, performance counters, trace units, event broadcasts (AM025).
constexpr Range kCoreTrace[] = {{0x11000, 0x11100},   // memory module: counters
                                {0x14000, 0x14600},   // memory module: timer, trace, events
                                {0x31500, 0x31600},   // core: counters
                                {0x34000, 0x34600},   // core: timer, trace, events
                                {0x3FF00, 0x3FF10}};  // switch: ports whose events count
constexpr Range kMemTrace[] = {{0x91000, 0x91100}, {0x94000, 0x94600}, {0xB0F00, 0xB0F10}};
constexpr Range kShimTrace[] = {{0x31000, 0x31100}, {0x34000, 0x34600}, {0x3FF00, 0x3FF10}};

bool is_trace(TileKind kind, std::uint32_t offset) {
  const std::span<const Range> ranges =
      kind == TileKind::kCompute ? std::span<const Range>(kCoreTrace)
      : kind == TileKind::kMem   ? std::span<const Range>(kMemTrace)
                                 : std::span<const Range>(kShimTrace);
  for (const Range& range : ranges) {
    if (offset >= range.begin && offset < range.end) return true;
  }
  return false;
}

constexpr std::uint32_t bits(std::uint32_t word, int low, int count) {
  return word >> low & ((1u << count) - 1);
}

}  // namespace

RegisterAddress split_address(std::uint64_t address) {
  return {.tile = {.column = static_cast<int>(address >> kColumnShift & 0x7F),
                   .row = static_cast<int>(address >> kRowShift & 0x1F)},
          .offset = static_cast<std::uint32_t>(address) & kOffsetMask};
}

std::uint64_t join_address(const RegisterAddress& address) {
  return static_cast<std::uint64_t>(address.tile.column) << kColumnShift |
         static_cast<std::uint64_t>(address.tile.row) << kRowShift | address.offset;
}

Register decode_register(const Device& device, const RegisterAddress& address) {
  if (!device.contains(address.tile)) return {};
  const TileKind kind = device.kind(address.tile);
  const TileFacts& facts = device.facts(kind);
  const Map map = map_of(kind);
  const std::uint32_t offset = address.offset;
  if (offset < facts.memory_bytes) return {.kind = RegisterKind::kMemory, .index = offset};
  if (is_trace(kind, offset)) return {.kind = RegisterKind::kTrace};

  const auto inside = [&](std::uint32_t begin, int count, std::uint32_t size) {
    return offset >= begin && offset < begin + static_cast<std::uint32_t>(count) * size;
  };
  if (inside(map.descriptors, facts.descriptors, kDescriptorBytes)) {
    const std::uint32_t at = offset - map.descriptors;
    return {.kind = RegisterKind::kDescriptor,
            .index = at / kDescriptorBytes,
            .word = at % kDescriptorBytes / 4};
  }
  if (inside(map.locks, facts.locks, kLockBytes)) {
    return {.kind = RegisterKind::kLock, .index = (offset - map.locks) / kLockBytes};
  }
  for (const Direction direction : {Direction::kS2mm, Direction::kMm2s}) {
    const std::uint32_t begin = map.channels + (direction == Direction::kMm2s ? map.mm2s : 0);
    if (!inside(begin, facts.dma_channels, kChannelBytes)) continue;
    const std::uint32_t at = offset - begin;
    return {
        .kind = at % kChannelBytes == 0 ? RegisterKind::kChannelControl : RegisterKind::kTaskQueue,
        .channel = Channel{.tile = address.tile,
                           .direction = direction,
                           .number = static_cast<int>(at / kChannelBytes)}};
  }
  return {};
}

std::uint32_t descriptor_offset(TileKind kind, int id) {
  return map_of(kind).descriptors + static_cast<std::uint32_t>(id) * kDescriptorBytes;
}

std::uint32_t task_queue_offset(TileKind kind, Direction direction, int channel) {
  const Map map = map_of(kind);
  return map.channels + (direction == Direction::kMm2s ? map.mm2s : 0) +
         static_cast<std::uint32_t>(channel) * kChannelBytes + 4;
}

std::uint32_t lock_offset(TileKind kind, int id) {
  return map_of(kind).locks + static_cast<std::uint32_t>(id) * kLockBytes;
}

QueueWord decode_queue_word(std::uint32_t word) {
  return {.descriptor = static_cast<int>(bits(word, 0, 6)),
          .repeat = static_cast<int>(bits(word, 16, 8)),
          .issue_token = word >> 31 != 0};
}

namespace {

int as_signed(std::uint32_t value, int count) {
  const auto sign = std::uint32_t{1} << (count - 1);
  return static_cast<int>(value ^ sign) - static_cast<int>(sign);
}

constexpr int kLockValueBits = 7;

/// Where the fields of the locks begin in the last word; the number to acquire begins at 0.
struct LockFields {
  int release = 0;
  int release_number = 0;
  int enable = 0;
  int acquire = 0;
  int number_bits = 0;
};

void decode_locks(std::uint32_t word, const LockFields& at, DescriptorFields& result) {
  if (bits(word, at.enable, 1) != 0) {
    result.acquire = {static_cast<int>(bits(word, 0, at.number_bits)),
                      as_signed(bits(word, at.acquire, kLockValueBits), kLockValueBits)};
  }
  const int value = as_signed(bits(word, at.release, kLockValueBits), kLockValueBits);
  if (value != 0) {
    result.release = {static_cast<int>(bits(word, at.release_number, at.number_bits)), value};
  }
}

DescriptorFields decode_shim(const std::array<std::uint32_t, 8>& words) {
  DescriptorFields result;
  result.length_words = words[0];
  result.address_bytes = words[1] | static_cast<std::uint64_t>(bits(words[2], 0, 16)) << 32;
  if (bits(words[2], 30, 1) != 0) result.packet_id = static_cast<int>(bits(words[2], 19, 5));
  // Strides and the iteration's size are stored less one.
  result.sizes = {bits(words[3], 20, 10), bits(words[4], 20, 10)};
  result.strides = {bits(words[3], 0, 20) + 1, bits(words[4], 0, 20) + 1,
                    bits(words[5], 0, 20) + 1};
  result.iteration_size = bits(words[6], 20, 6) + 1;
  result.iteration_stride = bits(words[6], 0, 20) + 1;
  result.next = static_cast<int>(bits(words[7], 27, 4));
  result.use_next = bits(words[7], 26, 1) != 0;
  return result;
}

DescriptorFields decode_mem(const std::array<std::uint32_t, 8>& words) {
  DescriptorFields result;
  if (bits(words[0], 31, 1) != 0) result.packet_id = static_cast<int>(bits(words[0], 23, 5));
  result.length_words = bits(words[0], 0, 17);
  result.address_bytes = std::uint64_t{bits(words[1], 0, 19)} * 4;
  result.next = static_cast<int>(bits(words[1], 20, 6));
  result.use_next = bits(words[1], 19, 1) != 0;
  for (std::size_t i = 0; i < 3; ++i) result.sizes[i] = bits(words[2 + i], 17, 10);
  for (std::size_t i = 0; i < 4; ++i) result.strides[i] = bits(words[2 + i], 0, 17) + 1;
  result.before = {bits(words[1], 26, 6), bits(words[3], 27, 5), bits(words[4], 27, 4)};
  result.after = {bits(words[5], 17, 6), bits(words[5], 23, 5), bits(words[5], 28, 4)};
  result.iteration_size = bits(words[6], 17, 6) + 1;
  result.iteration_stride = bits(words[6], 0, 17) + 1;
  decode_locks(words[7], {24, 16, 15, 8, 8}, result);
  return result;
}

DescriptorFields decode_compute(const std::array<std::uint32_t, 8>& words) {
  DescriptorFields result;
  result.length_words = bits(words[0], 0, 14);
  result.address_bytes = std::uint64_t{bits(words[0], 14, 14)} * 4;
  if (bits(words[1], 30, 1) != 0) result.packet_id = static_cast<int>(bits(words[1], 19, 5));
  result.sizes = {bits(words[3], 13, 8), bits(words[3], 21, 8)};
  result.strides = {bits(words[2], 0, 13) + 1, bits(words[2], 13, 13) + 1,
                    bits(words[3], 0, 13) + 1};
  result.iteration_size = bits(words[4], 13, 6) + 1;
  result.iteration_stride = bits(words[4], 0, 13) + 1;
  result.next = static_cast<int>(bits(words[5], 27, 4));
  result.use_next = bits(words[5], 26, 1) != 0;
  decode_locks(words[5], {18, 13, 12, 5, 4}, result);
  return result;
}

}  // namespace

DescriptorFields decode_descriptor(TileKind kind, const std::array<std::uint32_t, 8>& words) {
  switch (kind) {
    case TileKind::kShim:
      return decode_shim(words);
    case TileKind::kMem:
      return decode_mem(words);
    case TileKind::kCompute:
      break;
  }
  return decode_compute(words);
}

}  // namespace shiftwise::target
