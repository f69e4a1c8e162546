// SPDX-License-Identifier: Apache-2.0
// The kernels with AVX-512 VNNI: vpdpbusd adds 4 products of bytes to each of 16 lanes, exactly.
#ifdef __AVX512VNNI__
#include "cpu/kernels/avx512_lanes.h"
#include "cpu/kernels/avx512_transpose.h"
#include "cpu/kernels/avx512_winograd.h"

namespace shiftwise::cpu {
namespace {

std::int64_t peak(std::int64_t rounds) {
  constexpr int kSums = 20;
  __m512i sums[kSums];
  // Opaque values, or the compiler would see that all sums are the same.
  SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) {
    sums[s] = _mm512_setzero_si512();
    asm volatile("" : "+v"(sums[s]));
  }
  const __m512i code = _mm512_set1_epi32(0x01020304);
  const __m512i weight = _mm512_set1_epi32(0x01010101);
  for (std::int64_t i = 0; i < rounds; ++i) {
    SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) {
      sums[s] = _mm512_dpbusd_epi32(sums[s], code, weight);
    }
  }
  SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) asm volatile("" : : "v"(sums[s]));
  return rounds * kSums * kBlock * kGroup;
}

constexpr Kernels kKernels = {"avx512-vnni",
                              "AVX-512 F, BW, DQ, VL and VNNI",
                              convolve<Avx512Lanes>,
                              true,
                              true,
                              peak,
                              transpose_tall,
                              transpose_wide,
                              winograd};

}  // namespace

const Kernels* avx512_vnni_kernels() { return &kKernels; }

}  // namespace shiftwise::cpu
#else
#include "cpu/kernels.h"
const shiftwise::cpu::Kernels* shiftwise::cpu::avx512_vnni_kernels() { return nullptr; }
#endif
