// SPDX-License-Identifier: Apache-2.0
// What a kernel library and the simulator that loads it agree on: the state of the simulated
// core that runs the kernel. Plain data, so that libraries built by another compiler, or with
// other flags, share it.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Changes whenever CoreState or the hook below does; a library that was built with another
/// version is refused.
#define SHIFTWISE_KERNEL_ABI 2

/// What a cascade carries at once.
#define SHIFTWISE_CASCADE_BYTES 64

/// Memory that a kernel may touch during one call: [begin, end).
struct ShiftwiseRegion {
  uintptr_t begin;
  uintptr_t end;
};

/// The first access of a kernel that was built with access checks to simulated memory that
/// it was not given.
struct ShiftwiseViolation {
  uintptr_t address;
  size_t bytes;  ///< 0: there was none
  int32_t is_store;
  int32_t count;  ///< how many such accesses there were in all
};

/// One simulated core. Every library that is loaded for a core points to the same one.
struct ShiftwiseCoreState {
  uint32_t rounding;    ///< hardware code of the rounding mode; 0 (floor) after reset
  uint32_t saturation;  ///< hardware code of the saturation mode; 0 (none) after reset
  int32_t column;
  int32_t row;
  void (*on_event)(void* context, int32_t event);  ///< event0(), event1(); may be null
  void* event_context;

  /// Only libraries built with access checks look at these. Simulated memory is
  /// [arena_begin, arena_end): inside of it only `regions` may be touched.
  uintptr_t arena_begin;
  uintptr_t arena_end;
  const struct ShiftwiseRegion* regions;
  size_t region_count;
  struct ShiftwiseViolation violation;

  /// Hand SHIFTWISE_CASCADE_BYTES to the next core, or take them from the one before; both return
  /// when there was room, or a value. Null without a simulator.
  void (*cascade_put)(void* context, const void* value);
  void (*cascade_get)(void* context, void* value);
  void* cascade_context;
};

/// Exported by every library that includes the host's aie_api (or is built by
/// `shiftwise kernel build`): binds the library to a core and returns SHIFTWISE_KERNEL_ABI.
typedef int32_t (*ShiftwiseKernelBind)(struct ShiftwiseCoreState*);
#define SHIFTWISE_KERNEL_BIND "shiftwise_kernel_bind"
