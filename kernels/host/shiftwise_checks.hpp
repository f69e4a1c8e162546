// SPDX-License-Identifier: Apache-2.0
// For libraries built with access checks: the compiler puts a call of these in front of every
// load and store. Only simulated memory is looked at; the kernel's stack and static data are
// its own.
#pragma once

#include <shiftwise_core.h>

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

#define SHIFTWISE_CHECK(kind, size, store)                                                 \
  extern "C" __attribute__((no_sanitize("kernel-address"),                                 \
                            weak)) void __asan_##kind##size##_noabort(uintptr_t address) { \
    aie::detail::check_access(address, size, store);                                       \
  }
#define SHIFTWISE_CHECK_SIZES(kind, store) \
  SHIFTWISE_CHECK(kind, 1, store)          \
  SHIFTWISE_CHECK(kind, 2, store)          \
  SHIFTWISE_CHECK(kind, 4, store)          \
  SHIFTWISE_CHECK(kind, 8, store)          \
  SHIFTWISE_CHECK(kind, 16, store)
SHIFTWISE_CHECK_SIZES(load, false)
SHIFTWISE_CHECK_SIZES(store, true)
#undef SHIFTWISE_CHECK_SIZES
#undef SHIFTWISE_CHECK

extern "C" {
__attribute__((no_sanitize("kernel-address"), weak)) void __asan_loadN_noabort(uintptr_t address,
                                                                               size_t bytes) {
  aie::detail::check_access(address, bytes, false);
}
__attribute__((no_sanitize("kernel-address"), weak)) void __asan_storeN_noabort(uintptr_t address,
                                                                                size_t bytes) {
  aie::detail::check_access(address, bytes, true);
}
__attribute__((no_sanitize("kernel-address"), weak)) void __asan_handle_no_return() {}
__attribute__((no_sanitize("kernel-address"), weak)) void* __asan_memcpy(void* to, const void* from,
                                                                         size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(from), bytes, false);
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memcpy(to, from, bytes);
}
__attribute__((no_sanitize("kernel-address"), weak)) void* __asan_memmove(void* to,
                                                                          const void* from,
                                                                          size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(from), bytes, false);
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memmove(to, from, bytes);
}
__attribute__((no_sanitize("kernel-address"), weak)) void* __asan_memset(void* to, int value,
                                                                         size_t bytes) {
  aie::detail::check_access(reinterpret_cast<uintptr_t>(to), bytes, true);
  return __builtin_memset(to, value, bytes);
}
}
