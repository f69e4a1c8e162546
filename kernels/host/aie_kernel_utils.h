// SPDX-License-Identifier: Apache-2.0
// Loop hints by the names of the header that lies beside published kernels, for sources that
// came without it. None means anything on this machine.
#pragma once

#ifndef AIE_PREPARE_FOR_PIPELINING
#define AIE_LOOP_UNROLL(...)
#define AIE_LOOP_UNROLL_FULL
#define AIE_LOOP_NO_UNROLL
#define AIE_LOOP_MIN_ITERATION_COUNT(...)
#define AIE_LOOP_MAX_ITERATION_COUNT(...)
#define AIE_LOOP_RANGE(...)
#define AIE_PREPARE_FOR_PIPELINING
#define AIE_NO_PREPARE_FOR_PIPELINING
#define AIE_MODULO_SCHEDULING_BUDGET_RATIO(...)
#define AIE_KEEP_SW_LOOP
#define AIE_PEEL_PIPELINED_LOOP(...)
#define AIE_KEEP_FREE_FOR_PIPELINING(...)
#define AIE_ALLOCATE(...)
#define AIE_NO_HW_LOOP
#define AIE_TRY_INITIATION_INTERVAL(...)
#define AIE_PREPARE_FOR_POSTPIPELINING
#define AIE_LOOP_FLATTEN
#define AIE_LOOP_HINT(...)
#define AIE_LOOP_GPR_REALLOC
#define VERSIONED_LOOP(minimum, count, body, ...)  \
  do {                                             \
    for (int i_ = 0; i_ < (count); ++i_) (body)(); \
  } while (0)
#endif
