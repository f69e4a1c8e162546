// SPDX-License-Identifier: Apache-2.0
// For libraries built with access checks: the compiler puts a call of these in front of every
// load and store. Only simulated memory is looked at; the kernel's stack and static data are
// its own. Not for including by hand: shiftwise_kernel.hpp does.
#pragma once

#include <shiftwise_core.h>

#define SHIFTWISE_UNCHECKED __attribute__((no_sanitize("kernel-address"), weak, used))

namespace aie::detail {

__attribute__((no_sanitize("kernel-address"), noinline)) inline void check_access(uintptr_t address,
                                                                                  size_t bytes,
                                                                                  bool is_store) {
  ShiftwiseCoreState& state = *core;
  if (bytes == 0 || address >= state.arena_end || state.arena_begin >= address + bytes) return;
  for (size_t i = 0; i < state.region_count; ++i) {
    const ShiftwiseRegion& region = state.regions[i];
    if (address >= region.begin && address + bytes <= region.end) return;
  }
  if (state.violation.count == 0) {
    state.violation.address = address;
    state.violation.bytes = bytes;
    state.violation.is_store = is_store ? 1 : 0;
  }
  ++state.violation.count;
}

}  // namespace aie::detail

// Compilers know these functions and would not let them be defined under their own names.
#define SHIFTWISE_CHECK(kind, size, store)                                               \
  extern "C" SHIFTWISE_UNCHECKED void shiftwise_##kind##size(uintptr_t address) __asm__( \
      "__asan_" #kind #size "_noabort");                                                 \
  extern "C" SHIFTWISE_UNCHECKED void shiftwise_##kind##size(uintptr_t address) {        \
    aie::detail::check_access(address, size, store);                                     \
  }
#define SHIFTWISE_CHECKS(kind, store)                                                        \
  SHIFTWISE_CHECK(kind, 1, store)                                                            \
  SHIFTWISE_CHECK(kind, 2, store)                                                            \
  SHIFTWISE_CHECK(kind, 4, store)                                                            \
  SHIFTWISE_CHECK(kind, 8, store)                                                            \
  SHIFTWISE_CHECK(kind, 16, store)                                                           \
  extern "C" SHIFTWISE_UNCHECKED void shiftwise_##kind##N(                                   \
      uintptr_t address, size_t bytes) __asm__("__asan_" #kind "N_noabort");                 \
  extern "C" SHIFTWISE_UNCHECKED void shiftwise_##kind##N(uintptr_t address, size_t bytes) { \
    aie::detail::check_access(address, bytes, store);                                        \
  }
SHIFTWISE_CHECKS(load, false)
SHIFTWISE_CHECKS(store, true)
#undef SHIFTWISE_CHECKS
#undef SHIFTWISE_CHECK

extern "C" SHIFTWISE_UNCHECKED void shiftwise_no_return() __asm__("__asan_handle_no_return");
extern "C" SHIFTWISE_UNCHECKED void shiftwise_no_return() {}
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memcpy(void* to, const void* from,
                                                      size_t bytes) __asm__("__asan_memcpy");
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memcpy(void* to, const void* from, size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(from), bytes, false);
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memcpy(to, from, bytes);
}
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memmove(void* to, const void* from,
                                                       size_t bytes) __asm__("__asan_memmove");
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memmove(void* to, const void* from, size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(from), bytes, false);
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memmove(to, from, bytes);
}
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memset(void* to, int value,
                                                      size_t bytes) __asm__("__asan_memset");
extern "C" SHIFTWISE_UNCHECKED void* shiftwise_memset(void* to, int value, size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memset(to, value, bytes);
}
#undef SHIFTWISE_UNCHECKED
