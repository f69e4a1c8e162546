// SPDX-License-Identifier: Apache-2.0
// Products of small matrices of 8-bit and signed 16-bit integers with pmaddwd, which
// multiplies pairs of 16-bit integers and adds the two products in 32 bits: exact, and with
// the same wrap as a 32-bit accumulator. 8-bit operands are widened; pmaddubsw, which
// saturates, is not used.
#pragma once

#if defined(__x86_64__)
#define SHIFTWISE_MMUL_MADD 1

#include <immintrin.h>

#include "types.hpp"

namespace aie::detail {

typedef long long OctetsAt __attribute__((vector_size(16), aligned(1), may_alias));

/// Eight bytes as eight 16-bit integers.
template <typename T>
__aie_inline __m128i widen8(__m128i bytes) {
  if constexpr (std::is_signed_v<T>) {
    return _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
  } else {
    return _mm_unpacklo_epi8(bytes, _mm_setzero_si128());
  }
}

/// Four columns of two rows of B: (row0[n], row1[n]) for n = 0..3.
template <typename T>
__aie_inline __m128i pair_rows(const T* row0, const T* row1) {
  if constexpr (sizeof(T) == 1) {
    int32_t first;
    int32_t second;
    __builtin_memcpy(&first, row0, 4);
    __builtin_memcpy(&second, row1, 4);
    return widen8<T>(_mm_unpacklo_epi8(_mm_cvtsi32_si128(first), _mm_cvtsi32_si128(second)));
  } else {
    return _mm_unpacklo_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(row0)),
                              _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row1)));
  }
}

template <typename T>
inline constexpr bool fits_madd = sizeof(T) == 1 || std::is_same_v<T, int16_t>;

/// C[M][N] += A[M][K] * B[K][N]; K even, N a multiple of 4. Not inline: the code is long, and
/// kernels use it in many places.
template <unsigned M, unsigned K, unsigned N, typename TA, typename TB>
__attribute__((noinline)) void multiply_madd(int32_t* c, const TA* a, const TB* b) {
  // A in 16 bits, so that a pair of it is one 32-bit word.
  int16_t wide[M * K] __attribute__((aligned(32)));
  for (unsigned i = 0; i < M * K; ++i) wide[i] = a[i];
  const auto word = [&wide](unsigned m, unsigned pair) __attribute__((always_inline)) {
    int32_t both;
    __builtin_memcpy(&both, wide + m * K + 2 * pair, 4);
    return both;
  };
#if defined(__AVX2__)
  if constexpr (N % 8 == 0) {
    typedef long long LanesAt __attribute__((vector_size(32), aligned(1), may_alias));
    for (unsigned n = 0; n < N; n += 8) {
      __m256i columns[K / 2];
      for (unsigned pair = 0; pair < K / 2; ++pair) {
        const TB* row = b + 2 * pair * N + n;
        columns[pair] = _mm256_setr_m128i(pair_rows(row, row + N), pair_rows(row + 4, row + N + 4));
      }
      for (unsigned m = 0; m < M; ++m) {
        LanesAt* const at = reinterpret_cast<LanesAt*>(c + m * N + n);
        __m256i acc = (__m256i)*at;
        for (unsigned pair = 0; pair < K / 2; ++pair) {
          acc = _mm256_add_epi32(
              acc, _mm256_madd_epi16(_mm256_set1_epi32(word(m, pair)), columns[pair]));
        }
        *at = (LanesAt)acc;
      }
    }
    return;
  }
#endif
  for (unsigned n = 0; n < N; n += 4) {
    __m128i columns[K / 2];
    for (unsigned pair = 0; pair < K / 2; ++pair) {
      columns[pair] = pair_rows(b + 2 * pair * N + n, b + (2 * pair + 1) * N + n);
    }
    for (unsigned m = 0; m < M; ++m) {
      OctetsAt* const at = reinterpret_cast<OctetsAt*>(c + m * N + n);
      __m128i acc = (__m128i)*at;
      for (unsigned pair = 0; pair < K / 2; ++pair) {
        acc = _mm_add_epi32(acc, _mm_madd_epi16(_mm_set1_epi32(word(m, pair)), columns[pair]));
      }
      *at = (OctetsAt)acc;
    }
  }
}

}  // namespace aie::detail
#endif
