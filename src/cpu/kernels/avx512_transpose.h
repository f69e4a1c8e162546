// SPDX-License-Identifier: Apache-2.0
// Transposition of bytes with AVX-512, for the files that are compiled for it.
#pragma once

#include <immintrin.h>

#include "cpu/kernels.h"
#include "cpu/kernels/register_block.h"

namespace shiftwise::cpu {
namespace {

/// In each quarter of the registers: 16 rows of 16 bytes become 16 columns. Four rounds that
/// interleave row i with row i + 8.
SHIFTWISE_INLINE void transpose_quarters(__m512i (&rows)[16], std::uint8_t flip) {
  SHIFTWISE_UNROLL for (int round = 0; round < 4; ++round) {
    __m512i next[16];
    SHIFTWISE_UNROLL for (int i = 0; i < 8; ++i) {
      next[2 * i] = _mm512_unpacklo_epi8(rows[i], rows[i + 8]);
      next[2 * i + 1] = _mm512_unpackhi_epi8(rows[i], rows[i + 8]);
    }
    SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) rows[i] = next[i];
  }
  const __m512i all = _mm512_set1_epi8(static_cast<char>(flip));
  SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) rows[i] = _mm512_xor_si512(rows[i], all);
}

SHIFTWISE_INLINE __m128i load_16(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

/// Kernels::transpose_tall. The lines of `to` that the next 64 rows go to are asked for.
void transpose_tall(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
                    std::ptrdiff_t to_pitch, std::uint8_t flip) {
  __m512i rows[16];
  SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) {
    const std::uint8_t* row = from + i * from_pitch;
    rows[i] = _mm512_castsi128_si512(load_16(row));
    rows[i] = _mm512_inserti32x4(rows[i], load_16(row + 16 * from_pitch), 1);
    rows[i] = _mm512_inserti32x4(rows[i], load_16(row + 32 * from_pitch), 2);
    rows[i] = _mm512_inserti32x4(rows[i], load_16(row + 48 * from_pitch), 3);
  }
  transpose_quarters(rows, flip);
  SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) {
    _mm512_storeu_si512(to + i * to_pitch, rows[i]);
    __builtin_prefetch(to + i * to_pitch + 64, 1, 2);
  }
}

/// Kernels::transpose_wide.
void transpose_wide(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
                    std::ptrdiff_t to_pitch, std::uint8_t flip) {
  __m512i rows[16];
  SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) {
    rows[i] = _mm512_loadu_si512(from + i * from_pitch);
  }
  transpose_quarters(rows, flip);
  SHIFTWISE_UNROLL for (int i = 0; i < 16; ++i) {
    auto* column = reinterpret_cast<__m128i*>(to + i * to_pitch);
    const std::ptrdiff_t quarter = to_pitch;  // in units of 16 bytes: 16 columns on
    _mm_storeu_si128(column, _mm512_castsi512_si128(rows[i]));
    _mm_storeu_si128(column + quarter, _mm512_extracti32x4_epi32(rows[i], 1));
    _mm_storeu_si128(column + 2 * quarter, _mm512_extracti32x4_epi32(rows[i], 2));
    _mm_storeu_si128(column + 3 * quarter, _mm512_extracti32x4_epi32(rows[i], 3));
  }
}

}  // namespace
}  // namespace shiftwise::cpu
