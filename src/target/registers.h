// SPDX-License-Identifier: Apache-2.0
// Where the registers are that designs write by address: descriptors, task queues, locks.
#pragma once

#include <cstdint>
#include <optional>

#include "target/device.h"

namespace shiftwise::target {

/// An address of the configuration space: column << 25 | row << 20 | offset.
struct RegisterAddress {
  core::TileId tile;
  std::uint32_t offset = 0;
};

RegisterAddress split_address(std::uint64_t address);
std::uint64_t join_address(const RegisterAddress& address);

enum class RegisterKind {
  kMemory,          ///< of the tile itself: `index` is the byte
  kDescriptor,      ///< word `word` of descriptor `index`
  kChannelControl,  ///< of `channel`
  kTaskQueue,       ///< of `channel`: a write starts a task
  kLock,            ///< value of lock `index`
  kTrace,           ///< trace units, performance counters, timers, broadcasts: no data moves
  kUnknown,
};

struct Register {
  RegisterKind kind = RegisterKind::kUnknown;
  std::uint32_t index = 0;
  std::uint32_t word = 0;
  std::optional<Channel> channel = {};
};

/// What is at `address`. kUnknown also for tiles that the device does not have.
Register decode_register(const Device& device, const RegisterAddress& address);

/// Offsets within a tile.
std::uint32_t descriptor_offset(TileKind kind, int id);
std::uint32_t task_queue_offset(TileKind kind, Direction direction, int channel);
std::uint32_t lock_offset(TileKind kind, int id);

/// The fields of a word written to a task queue.
struct QueueWord {
  int descriptor = 0;
  int repeat = 0;
  bool issue_token = false;
};
QueueWord decode_queue_word(std::uint32_t word);

/// A lock as a descriptor's words name it: by the number that its tile has for it, which on a mem
/// tile counts the locks of the western neighbour first. `value` is signed.
struct DescriptorLock {
  int number = 0;
  int value = 0;
};

/// A descriptor's words, as far as they say what is moved. Compute tiles have six.
struct DescriptorFields {
  std::int64_t length_words = 0;
  /// Shim: offset into the patched host buffer. Else as the tile's DMA counts, on a mem tile from
  /// the western neighbour's memory on.
  std::uint64_t address_bytes = 0;
  std::array<std::int64_t, 4> sizes = {};    ///< innermost first; 0 is open
  std::array<std::int64_t, 4> strides = {};  ///< words
  std::array<std::int64_t, 3> before = {};   ///< padding, innermost first
  std::array<std::int64_t, 3> after = {};
  std::int64_t iteration_size = 1;
  std::int64_t iteration_stride = 0;
  std::optional<int> packet_id = {};
  std::optional<DescriptorLock> acquire = {};
  std::optional<DescriptorLock> release = {};
  bool use_next = false;
  int next = 0;
};
DescriptorFields decode_descriptor(TileKind kind, const std::array<std::uint32_t, 8>& words);

}  // namespace shiftwise::target
