// SPDX-License-Identifier: Apache-2.0
// What an AIE compiler gives a kernel before its first #include: integer names, loop hints,
// the core's mode registers, events. `shiftwise kernel build` puts this in front of every
// kernel; aie_api/aie.hpp includes it too. It also holds the hook through which the simulator
// binds a library to a core.
#pragma once

#include <assert.h>
#include <math.h>
#include <shiftwise_core.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <limits>
#include <type_traits>

// The architecture: 20 is AIE2 (npu1), 21 is AIE2P (npu2).
#ifndef __AIE_ARCH__
#define __AIE_ARCH__ 20
#endif
#ifndef __AIEARCH__
#if __AIE_ARCH__ == 21
#define __AIEARCH__ 21
#else
#define __AIEARCH__ 20
#endif
#endif

// Hints to the array's loop scheduler mean nothing here.
#define chess_prepare_for_pipelining
#define chess_no_prepare_for_pipelining
#define chess_loop_range(...)
#define chess_loop_count(...)
#define chess_min_loop_count(...)
#define chess_max_loop_count(...)
#define chess_unroll_loop(...)
#define chess_no_unroll
#define chess_unroll_loop_preamble
#define chess_flatten_loop
#define chess_no_hw_loop
#define chess_keep_sw_loop
#define chess_peel_pipelined_loop(...)
#define chess_keep_free_for_pipelining(...)
#define chess_modulo_scheduling_budget_ratio(...)
#define chess_pipeline_initiation_interval(...)
#define chess_allocate(...)
#define chess_storage(...)
#define chess_output
#define chess_clobber(...)
#define chess_protect_access
#define chess_separator()
#define chess_separator_scheduler(...)
#define chess_memory_fence()
#define chess_dont_warn_dead(x) (x)
#define chess_copy(x) (x)
#define chess_const(x) (x)
#define chess_report(...)
#define chess_error(...)
#define chess_warning(...)
#define chess_manifest(x) (__builtin_constant_p(x))
#define __aie_inline __attribute__((always_inline)) inline
#define __aie_dm_resource_a
#define __aie_dm_resource_b
#define __aie_dm_resource_c
#define __aie_dm_resource_d
#define __aie_dm_resource_stack
#if !defined(__clang__)
#define __builtin_assume(condition) ((void)0)
#endif
#ifndef restrict
#define restrict __restrict  // the array's compilers take C's keyword in C++
#endif

using int8 = int8_t;
using uint8 = uint8_t;
using int16 = int16_t;
using uint16 = uint16_t;
using int32 = int32_t;
using uint32 = uint32_t;
using int64 = int64_t;
using uint64 = uint64_t;

enum class aie_dm_resource { none, a, b, c, d, stack };

// Accumulator tags. 48 and 56 bits are held in 64, as on AIE2.
struct acc16 {};
struct acc24 {};
struct acc32 {};
struct acc40 {};
struct acc48 {};
struct acc56 {};
struct acc64 {};
struct acc72 {};
struct acc80 {};
struct accfloat {};
struct accauto {};

namespace aie::detail {

/// What runs before, or without, a simulator: a core after reset.
__attribute__((visibility("hidden"))) inline ShiftwiseCoreState reset_core{};
/// The core that this library belongs to.
__attribute__((visibility("hidden"))) inline ShiftwiseCoreState* core = &reset_core;

}  // namespace aie::detail

extern "C" __attribute__((weak, visibility("default"))) int32_t
shiftwise_kernel_bind(ShiftwiseCoreState* state) {
  aie::detail::core = state != nullptr ? state : &aie::detail::reset_core;
  return SHIFTWISE_KERNEL_ABI;
}

#if defined(SHIFTWISE_CHECK_ACCESSES)
#include <shiftwise_checks.hpp>
#endif

// The hardware's codes of the rounding modes.
enum : unsigned {
  rnd_floor = 0,
  rnd_ceil = 1,
  rnd_sym_floor = 2,
  rnd_sym_ceil = 3,
  rnd_neg_inf = 8,
  rnd_pos_inf = 9,
  rnd_sym_zero = 10,
  rnd_sym_inf = 11,
  rnd_conv_even = 12,
  rnd_conv_odd = 13
};

inline void set_rnd(unsigned mode) { aie::detail::core->rounding = mode; }
inline unsigned get_rnd() { return aie::detail::core->rounding; }
inline void set_satmode(unsigned mode) { aie::detail::core->saturation = mode; }
inline unsigned get_satmode() { return aie::detail::core->saturation; }
inline unsigned get_sat() { return get_satmode(); }
inline void set_sat() { set_satmode(1); }
inline void set_symsat() { set_satmode(3); }
inline void clr_sat() { set_satmode(0); }

inline void event0() {
  const ShiftwiseCoreState& core = *aie::detail::core;
  if (core.on_event != nullptr) core.on_event(core.event_context, 0);
}
inline void event1() {
  const ShiftwiseCoreState& core = *aie::detail::core;
  if (core.on_event != nullptr) core.on_event(core.event_context, 1);
}

/// Row in the low five bits, column from bit 16 on.
inline int get_coreid() { return aie::detail::core->column << 16 | aie::detail::core->row; }

/// Brain float: the upper half of a float. Arithmetic on single values goes through float and
/// rounds to nearest even.
struct bfloat16 {
  uint16_t bits = 0;

  bfloat16() = default;
  template <typename T>
    requires std::is_arithmetic_v<T>
  bfloat16(T value) : bits(nearest_even(static_cast<float>(value))) {}
  operator float() const {
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    __builtin_memcpy(&value, &wide, sizeof value);
    return value;
  }
  static bfloat16 from_bits(uint16_t pattern) {
    bfloat16 value;
    value.bits = pattern;
    return value;
  }
  bfloat16& operator+=(float other) { return *this = bfloat16(float(*this) + other); }
  bfloat16& operator-=(float other) { return *this = bfloat16(float(*this) - other); }
  bfloat16& operator*=(float other) { return *this = bfloat16(float(*this) * other); }
  bfloat16& operator/=(float other) { return *this = bfloat16(float(*this) / other); }
  bfloat16 operator-() const { return from_bits(bits ^ 0x8000); }

 private:
  static uint16_t nearest_even(float value) {
    uint32_t wide;
    __builtin_memcpy(&wide, &value, sizeof wide);
    if ((wide & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(wide >> 16 | 0x40);
    return static_cast<uint16_t>((wide + 0x7fff + (wide >> 16 & 1)) >> 16);
  }
};

template <>
class std::numeric_limits<bfloat16> : public std::numeric_limits<float> {
 public:
  static bfloat16 lowest() { return bfloat16::from_bits(0xff7f); }
  static bfloat16 max() { return bfloat16::from_bits(0x7f7f); }
  static bfloat16 min() { return bfloat16::from_bits(0x0080); }
  static bfloat16 infinity() { return bfloat16::from_bits(0x7f80); }
  static bfloat16 quiet_NaN() { return bfloat16::from_bits(0x7fc0); }
};
