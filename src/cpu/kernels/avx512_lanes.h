// SPDX-License-Identifier: Apache-2.0
// Lanes of AVX-512 with VNNI, for the files that are compiled for it.
#pragma once

#include <immintrin.h>

#include "cpu/kernels/convolve.h"

namespace shiftwise::cpu {
namespace {

struct Avx512Lanes {
  using Sums = __m512i;
  using Weights = __m512i;
  using Pixel = __m512i;
  using Count = __m512i;
  static constexpr int kPixels = 14;  // 14 x 2 sums, 2 weights, 1 pixel: 31 of 32 registers
  static constexpr int kBlocks = 2;
  static constexpr bool kInterleaves = true;

  static Weights load_weights(const std::int8_t* weight) { return _mm512_loadu_si512(weight); }
  static Pixel broadcast(const std::uint8_t* codes) {
    std::int32_t group;
    __builtin_memcpy(&group, codes, sizeof group);
    return _mm512_set1_epi32(group);
  }
  static void multiply_add(Sums& sums, Pixel code, Weights weight) {
    // As an instruction of its own: GCC 12 copies the sums of the intrinsic between registers.
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(code), "v"(weight));
  }

  static Sums all(std::int32_t value) { return _mm512_set1_epi32(value); }
  static Sums load(const std::int32_t* from) { return _mm512_loadu_si512(from); }
  static void store(std::int32_t* to, Sums v) { _mm512_storeu_si512(to, v); }
  static Sums load_codes(const std::uint8_t* from) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  /// Keeps the compiler from seeing that several sums start with the same value.
  /// Keeps the compiler from loading weights again for each use.
  static void hold(Weights& weights) { asm("" : "+v"(weights)); }
  static void separate(Sums& sums) { asm("" : "+v"(sums)); }
  static Sums add(Sums a, Sums b) { return _mm512_add_epi32(a, b); }
  /// v + codes * factor; a code fits 16 bits and so does the factor.
  static Sums add_scaled(Sums v, Sums codes, Sums factor) {
    return _mm512_dpwssd_epi32(v, codes, factor);
  }
  static Count count(int by) { return _mm512_set1_epi32(by); }
  static Sums shift_left(Sums v, Count by) { return _mm512_sllv_epi32(v, by); }
  static Sums shift_right(Sums v, Count by) { return _mm512_srav_epi32(v, by); }
  static Sums low_bit(Sums v) { return _mm512_and_si512(v, _mm512_set1_epi32(1)); }
  static Sums clamp(Sums v, Sums low, Sums high) {
    return _mm512_min_epi32(_mm512_max_epi32(v, low), high);
  }
  static void store_codes(std::uint8_t* to, const Sums (&v)[1]) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm512_cvtusepi32_epi8(_mm512_max_epi32(v[0], _mm512_setzero_si512())));
  }
  /// The packs work within quarters of a register: quarter q of the result is 4 codes of v[0],
  /// 4 of v[1], and both again.
  static void store_codes(std::uint8_t* to, const Sums (&v)[2]) {
    const __m512i words = _mm512_packs_epi32(v[0], v[1]);
    const __m512i codes = _mm512_packus_epi16(words, words);
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, codes)));
  }

  /// Adds codes[4 l + b] << by to lane l of v[b]. Shifts and sums run beside the multipliers of a
  /// Zen 4, where one more multiplication (add_scaled) would wait for them.
  static void add_shifted(Sums (&v)[kInterleaved], const std::uint8_t* codes, Count by) {
    const __m512i all = _mm512_loadu_si512(codes);
    const __m512i low = _mm512_set1_epi32(0xff);
    const __m512i code[kInterleaved] = {
        _mm512_and_si512(all, low), _mm512_and_si512(_mm512_srli_epi32(all, 8), low),
        _mm512_and_si512(_mm512_srli_epi32(all, 16), low), _mm512_srli_epi32(all, 24)};
    for (int b = 0; b < kInterleaved; ++b) {
      v[b] = _mm512_add_epi32(v[b], _mm512_sllv_epi32(code[b], by));
    }
  }
  /// The packs leave, in each quarter, 4 codes of v[0], of v[1], v[2] and v[3].
  static void store_interleaved(std::uint8_t* to, const Sums (&v)[kInterleaved]) {
    const __m512i codes =
        _mm512_packus_epi16(_mm512_packs_epi32(v[0], v[1]), _mm512_packs_epi32(v[2], v[3]));
    const __m512i order = _mm512_set4_epi32(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
    _mm512_storeu_si512(to, _mm512_shuffle_epi8(codes, order));
  }
};

}  // namespace
}  // namespace shiftwise::cpu
