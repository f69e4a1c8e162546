// SPDX-License-Identifier: Apache-2.0
// Products of small 8-bit matrices with AVX-512 VNNI: C[M][8] += A[M][K] * B[K][8], exact.
//
// vpdpbusd multiplies four unsigned bytes with four signed ones per 32-bit lane. A lane is
// C[m][n]; its four bytes of A are A[m][4g..4g+3], the same for all n, and its four bytes of B
// are column n of the rows 4g..4g+3. Preparing B depends on B only, so that compilers hoist it
// where B is used again.
//
// Two signed operands: A + 128 is unsigned, and 128 * (sum of B's column) is taken back, which
// again depends on B only.
#pragma once

#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__) && \
    defined(__AVX512DQ__)
#define SHIFTWISE_MMUL_VNNI 1

#include <immintrin.h>

#include "types.hpp"

namespace aie::detail {

typedef long long RegisterAt __attribute__((vector_size(64), aligned(1), may_alias));
typedef long long HalfAt __attribute__((vector_size(32), aligned(1), may_alias));
typedef long long QuarterAt __attribute__((vector_size(16), aligned(1), may_alias));

/// The rows 4g..4g+3 of B[K][8] for g = 2 * pair and g + 1, each twice over: lanes 0..7 and
/// 8..15 are the columns.
struct PreparedRows {
  __m512i even;
  __m512i odd;
};
__aie_inline PreparedRows prepare_rows(__m512i b) {
  // In each 128-bit lane two rows: their bytes side by side.
  const __m512i pairs = _mm512_shuffle_epi8(
      b,
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)));
  const __m512i even = _mm512_set_epi16(15, 7, 14, 6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1, 8, 0, 15, 7,
                                        14, 6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1, 8, 0);
  const __m512i odd = _mm512_add_epi16(even, _mm512_set1_epi16(16));
  return {_mm512_permutexvar_epi16(even, pairs), _mm512_permutexvar_epi16(odd, pairs)};
}

/// acc + bytes of a (unsigned unless SwapSigns) times bytes of b, four a lane.
template <bool SwapSigns>
__aie_inline __m512i dot(__m512i acc, __m512i a, __m512i b) {
  return SwapSigns ? _mm512_dpbusd_epi32(acc, b, a) : _mm512_dpbusd_epi32(acc, a, b);
}

/// K a multiple of 8, M even or 1. Not for two unsigned operands.
template <unsigned M, unsigned K, typename TA, typename TB>
__aie_inline void multiply_vnni(int32_t* c, const TA* a, const TB* b) {
  constexpr bool kShifted = std::is_signed_v<TA> && std::is_signed_v<TB>;
  constexpr bool kSwapped = std::is_signed_v<TA> && std::is_unsigned_v<TB>;
  constexpr unsigned kGroups = K / 4;

  __m512i rows[kGroups];
  for (unsigned pair = 0; pair < K / 8; ++pair) {
    const PreparedRows prepared =
        prepare_rows((__m512i) * reinterpret_cast<const RegisterAt*>(b + 64 * pair));
    rows[2 * pair] = prepared.even;
    rows[2 * pair + 1] = prepared.odd;
  }
  const __m512i offset = _mm512_set1_epi8(static_cast<char>(0x80));
  __m512i correction = _mm512_setzero_si512();
  if constexpr (kShifted) {
    for (unsigned g = 0; g < kGroups; ++g) {
      correction = _mm512_dpbusd_epi32(correction, offset, rows[g]);
    }
  }

  // Rows of A come by pairs: 2 * K bytes, of which each lane's word is picked.
  constexpr unsigned kRowsAtOnce = M == 1 ? 1 : 2;
  for (unsigned m = 0; m < M; m += kRowsAtOnce) {
    __m512i pair;
    if constexpr (kRowsAtOnce * K == 16) {
      pair = _mm512_castsi128_si512((__m128i) * reinterpret_cast<const QuarterAt*>(a + m * K));
    } else if constexpr (kRowsAtOnce * K == 32) {
      pair = _mm512_castsi256_si512((__m256i) * reinterpret_cast<const HalfAt*>(a + m * K));
    } else {
      static_assert(kRowsAtOnce * K == 8 || kRowsAtOnce * K == 64);
      if constexpr (kRowsAtOnce * K == 8) {
        pair = _mm512_castsi128_si512(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(a)));
      } else {
        pair = (__m512i) * reinterpret_cast<const RegisterAt*>(a + m * K);
      }
    }
    if constexpr (kShifted) pair = _mm512_xor_si512(pair, offset);

    __m512i acc;
    if constexpr (kRowsAtOnce == 2) {
      acc = (__m512i) * reinterpret_cast<const RegisterAt*>(c + 8 * m);
    } else {
      acc = _mm512_castsi256_si512((__m256i) * reinterpret_cast<const HalfAt*>(c + 8 * m));
    }
    if constexpr (kShifted) acc = _mm512_sub_epi32(acc, correction);
    const __m512i upper = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, kGroups, kGroups, kGroups,
                                            kGroups, kGroups, kGroups, kGroups, kGroups);
    for (unsigned g = 0; g < kGroups; ++g) {
      const __m512i word = _mm512_add_epi32(upper, _mm512_set1_epi32(static_cast<int>(g)));
      acc = dot<kSwapped>(acc, _mm512_permutexvar_epi32(word, pair), rows[g]);
    }
    if constexpr (kRowsAtOnce == 2) {
      *reinterpret_cast<RegisterAt*>(c + 8 * m) = (RegisterAt)acc;
    } else {
      *reinterpret_cast<HalfAt*>(c + 8 * m) = (HalfAt)_mm512_castsi512_si256(acc);
    }
  }
}

}  // namespace aie::detail
#endif
