// SPDX-License-Identifier: Apache-2.0
// What the device would not do, said before anything runs. These checks read the derived
// program, so they hold for object FIFOs and for designs that spell everything out. They
// throw core::Error (dialect/derive/refuse.h) with the tile, the numbers and a way out.
#pragma once

#include "dialect/program.h"
#include "target/device.h"

namespace shiftwise::dialect {

/// All of the checks below.
void verify(const DeviceProgram& program, const target::Device& device);
/// Sequences that run those of other devices.
void verify_runs(const Program& program);

/// Buffers and stacks fit their tiles' memories, and do not overlap where the text places them.
void verify_memory(const DeviceProgram& program, const target::Device& device);
/// Locks: how many, which, and which values.
void verify_locks(const DeviceProgram& program, const target::Device& device);
/// DMA channels exist and have one program each; descriptors are few enough.
void verify_channels(const DeviceProgram& program, const target::Device& device);
/// Ports exist, and nobody else's circuit arrives at one.
void verify_routes(const DeviceProgram& program, const target::Device& device);
/// Cores reach what they touch and give back no more than they hold.
void verify_cores(const DeviceProgram& program, const target::Device& device);
/// Transfers, waits and descriptors of the host's sequences.
void verify_sequences(const DeviceProgram& program, const target::Device& device);

/// One descriptor of `channel`: what its fields can say, and that it stays within its memory.
/// `memory` is a buffer's size in bytes; empty where only a run knows it, as of the host's buffers.
struct MovedMemory {
  std::string name = {};
  std::optional<std::int64_t> bytes = {};
};
void verify_descriptor(const BufferDescriptor& descriptor, const Channel& channel,
                       const MovedMemory& memory, const target::Device& device);
/// The last element of its memory that a verified descriptor touches, its iteration included.
std::int64_t last_element(const BufferDescriptor& descriptor);

/// A note for each host buffer of which more is moved than the text declares. Hosts decide how
/// large their buffers are, and published designs declare some too small; the run holds transfers
/// to what it is given.
std::vector<std::string> undeclared_transfers(const DeviceProgram& program);

}  // namespace shiftwise::dialect
