// SPDX-License-Identifier: Apache-2.0
// How long things take. Times are cycles of the array's clock unless the name says otherwise;
// a machine's real clock depends on its power mode, so results are cycles first.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace shiftwise::target {

struct Timing {
  double clock_hz = 1.8e9;  ///< only for turning cycles into seconds and back

  // Streams
  double stream_words_per_cycle = 1;    ///< less than one: a slower stream
  std::int64_t hop_cycles = 4;          ///< through one switch, outside port to outside port
  std::int64_t hop_local_cycles = 3;    ///< into or out of the tile itself
  std::int64_t port_fifo_words = 4;     ///< of each port on the way
  std::int64_t s2mm_buffer_words = 16;  ///< in front of a channel that writes memory
  std::int64_t mm2s_buffer_words = 12;  ///< behind a channel that reads memory

  // DMA channels
  std::int64_t channel_start_cycles = 2;
  std::int64_t descriptor_setup_cycles = 4;   ///< before the first of a task
  std::int64_t descriptor_switch_cycles = 1;  ///< without data between two of a chain
  std::int64_t memory_latency_cycles = 5;
  std::int64_t mem_tile_release_cycles = 63;  ///< of a lock, after a descriptor's last word

  // Locks and cores
  std::int64_t lock_cycles = 1;              ///< one request
  std::int64_t lock_arbitration_cycles = 1;  ///< on top, for a core, even where it is free
  std::int64_t instruction_cycles = 1;       ///< one operation of a core's own code
  std::int64_t branch_cycles = 3;
  std::int64_t call_cycles = 5;  ///< around a kernel

  // Shim DMAs and the host's memory
  std::int64_t shim_mm2s_task_cycles = 325;
  std::int64_t shim_s2mm_task_cycles = 179;
  std::int64_t shim_mm2s_first_cycles = 1330;  ///< of a channel's first task, on top
  std::int64_t shim_s2mm_first_cycles = 341;
  double shim_first_decay = 0.31;      ///< what is left of it at each further MM2S task
  double ddr_bytes_per_second = 27e9;  ///< each way, shared by all shim channels

  // The controller that runs sequences
  double controller_op_ns = 145;  ///< one register operation
  std::int64_t ops_per_task = 3;  ///< writing a descriptor: block write, patch, lock-free fields
  std::int64_t ops_per_push = 1;
  /// How long it may wait for a descriptor in use that it is to write: in hardware it comes later.
  std::int64_t rewrite_patience_cycles = 2600;
  double dispatch_us = 169.8;  ///< submitting and waiting for a sequence that does nothing

  double cycles_per_ns() const { return clock_hz * 1e-9; }
  double ddr_bytes_per_cycle() const { return ddr_bytes_per_second / clock_hz; }
};

/// Where a constant is from.
struct TimingConstant {
  std::string_view name;
  std::variant<std::int64_t Timing::*, double Timing::*> member;
  double least = 0;
  double most = 0;  ///< values outside are refused
  /// M measured on silicon, D document or tool chain, I inferred, ? uncertain.
  std::string_view tag;
  std::string_view source;
};

/// Every member of Timing.
std::span<const TimingConstant> timing_constants();

double value(const Timing& timing, const TimingConstant& constant);
/// Replaces one constant by name. Throws Error for an unknown name or an absurd value.
void set_constant(Timing& timing, const std::string& name, double value);

}  // namespace shiftwise::target
