// SPDX-License-Identifier: Apache-2.0
// What an architecture offers, by the names of the header that lies beside published kernels,
// for sources that came without it. -D__AIE_ARCH__=21 chooses AIE2P.
#pragma once

#include <shiftwise_kernel.hpp>

#ifndef AIE_ARCH_AIE2
#if __AIE_ARCH__ == 21
#define AIE_ARCH_AIE2 0
#define AIE_ARCH_AIE2P 1
#define AIE_BF16_LANES 32
#define AIE_LUT_16B_RUN 16
#else
#define AIE_ARCH_AIE2 1
#define AIE_ARCH_AIE2P 0
#define AIE_BF16_LANES 16
#define AIE_LUT_16B_RUN 8
#endif
#define AIE_HAS_NATIVE_TANH AIE_ARCH_AIE2P
#define AIE_HAS_NATIVE_EXP2 AIE_ARCH_AIE2P
#define AIE_HAS_BFP16 0
#define AIE_TUNED_AIE2 AIE_ARCH_AIE2
#define AIE_TUNED_AIE2P AIE_ARCH_AIE2P
#if AIE_TUNED_AIE2
#define AIE2_RESTRICT __restrict
#else
#define AIE2_RESTRICT
#endif
#endif
