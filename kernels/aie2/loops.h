// SPDX-License-Identifier: Apache-2.0
// What the kernels say to the compiler, and to nobody else.
#pragma once

#define SW_INLINE inline __attribute__((always_inline))

// Peano pipelines a loop by itself if it knows that the body runs at least once: no guard around
// it then. Host compilers know no such pragma.
#if defined(__AIECC__)
#define SW_AT_LEAST_ONCE _Pragma("clang loop min_iteration_count(1)")
#else
#define SW_AT_LEAST_ONCE
#endif

// For loops over the registers of a block: nothing of the loop is left. And the opposite, for
// bodies that are large.
#if defined(__clang__)
#define SW_UNROLL _Pragma("clang loop unroll(full)")
#define SW_ONE_COPY _Pragma("clang loop unroll(disable)")
#else
#define SW_UNROLL _Pragma("GCC unroll 16")
#define SW_ONE_COPY _Pragma("GCC unroll 1")
#endif

// What happens once per tile is a few instructions of the core, but many of a host, which
// computes each rounding mode by hand: there it is called, not repeated.
#if defined(__AIECC__)
#define SW_INLINE_ON_CORE SW_INLINE
#define SW_UNROLL_ON_CORE SW_UNROLL
#else
#define SW_INLINE_ON_CORE inline __attribute__((noinline))
#define SW_UNROLL_ON_CORE SW_ONE_COPY
#endif

// A design that needs one kernel under several names (params.h) compiles it once per name.
#define SW_JOINED(name, tag) name##tag
#define SW_EXPANDED(name, tag) SW_JOINED(name, tag)
#if defined(SW_TAG)
#define SW_SYMBOL(name) SW_EXPANDED(name, SW_TAG)
#else
#define SW_SYMBOL(name) name
#endif
