// SPDX-License-Identifier: Apache-2.0
// Lanes of AVX2. The byte products of this instruction set saturate at 16 bits
// (vpmaddubsw), so bytes are widened first: even channels by a mask or a pair of shifts, odd
// channels by one shift, and 16-bit pairs are multiplied exactly (vpmaddwd).
#include "cpu/kernels/convolve.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace shiftwise::cpu {
namespace {

struct Lanes {
  struct Sums {
    __m256i low, high;  // lanes 0..7 and 8..15
  };
  struct Weights {
    __m256i low_even, low_odd, high_even, high_odd;
  };
  struct Pixel {
    __m256i even, odd;
  };
  using Count = __m256i;
  static constexpr int kPixels = 4;
  static constexpr int kBlocks = 1;
  static constexpr bool kInterleaves = false;

  static __m256i read(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  static void hold(const Weights&) {}
  static Weights load_weights(const std::int8_t* weight) {
    const __m256i low = read(weight);
    const __m256i high = read(weight + 32);
    return {_mm256_srai_epi16(_mm256_slli_epi16(low, 8), 8), _mm256_srai_epi16(low, 8),
            _mm256_srai_epi16(_mm256_slli_epi16(high, 8), 8), _mm256_srai_epi16(high, 8)};
  }
  static Pixel broadcast(const std::uint8_t* codes) {
    std::int32_t group;
    __builtin_memcpy(&group, codes, sizeof group);
    const __m256i all_codes = _mm256_set1_epi32(group);
    return {_mm256_and_si256(all_codes, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(all_codes, 8)};
  }
  static void multiply_add(Sums& sums, const Pixel& code, const Weights& weight) {
    sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(code.even, weight.low_even));
    sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(code.even, weight.high_even));
    sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(code.odd, weight.low_odd));
    sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(code.odd, weight.high_odd));
  }

  static Sums all(std::int32_t value) {
    return {_mm256_set1_epi32(value), _mm256_set1_epi32(value)};
  }
  static Sums load(const std::int32_t* from) { return {read(from), read(from + 8)}; }
  static void store(std::int32_t* to, const Sums& v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 8), v.high);
  }
  static Sums load_codes(const std::uint8_t* from) {
    const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return {_mm256_cvtepu8_epi32(codes), _mm256_cvtepu8_epi32(_mm_srli_si128(codes, 8))};
  }
  /// Keeps the compiler from seeing that several sums start with the same value.
  static void separate(Sums& sums) { asm("" : "+x"(sums.low), "+x"(sums.high)); }
  static Sums add(const Sums& a, const Sums& b) {
    return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
  }
  static Sums add_scaled(const Sums& v, const Sums& codes, const Sums& factor) {
    return {_mm256_add_epi32(v.low, _mm256_madd_epi16(codes.low, factor.low)),
            _mm256_add_epi32(v.high, _mm256_madd_epi16(codes.high, factor.high))};
  }
  static Count count(int by) { return _mm256_set1_epi32(by); }
  static Sums shift_left(const Sums& v, Count by) {
    return {_mm256_sllv_epi32(v.low, by), _mm256_sllv_epi32(v.high, by)};
  }
  static Sums shift_right(const Sums& v, Count by) {
    return {_mm256_srav_epi32(v.low, by), _mm256_srav_epi32(v.high, by)};
  }
  static Sums low_bit(const Sums& v) {
    const __m256i one = _mm256_set1_epi32(1);
    return {_mm256_and_si256(v.low, one), _mm256_and_si256(v.high, one)};
  }
  static Sums clamp(const Sums& v, const Sums& low, const Sums& high) {
    return {_mm256_min_epi32(_mm256_max_epi32(v.low, low.low), high.low),
            _mm256_min_epi32(_mm256_max_epi32(v.high, low.high), high.high)};
  }
  /// 16 lanes to 16 bits with saturation, in order.
  static __m256i narrow(const Sums& v) {
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(v.low, v.high), 0xd8);
  }
  static void store_codes(std::uint8_t* to, const Sums (&v)[1]) {
    const __m256i words = narrow(v[0]);
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(to),
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
  }
};

std::int64_t peak(std::int64_t rounds) {
  constexpr int kSums = 10;
  __m256i sums[kSums];
  // Opaque values, or the compiler would see that all sums are the same.
  SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) {
    sums[s] = _mm256_setzero_si256();
    asm volatile("" : "+x"(sums[s]));
  }
  __m256i code = _mm256_set1_epi32(0x00010002);
  __m256i weight = _mm256_set1_epi32(0x00030001);
  for (std::int64_t i = 0; i < rounds; ++i) {
    SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) {
      asm("" : "+x"(code), "+x"(weight));  // one multiplication for each sum
      sums[s] = _mm256_add_epi32(sums[s], _mm256_madd_epi16(code, weight));
    }
  }
  SHIFTWISE_UNROLL for (int s = 0; s < kSums; ++s) asm volatile("" : : "x"(sums[s]));
  return rounds * kSums * 16;
}

constexpr Kernels kKernels = {"avx2", "AVX2", convolve<Lanes>, true, false, peak};

}  // namespace

const Kernels* avx2_kernels() { return &kKernels; }

}  // namespace shiftwise::cpu
#else
const shiftwise::cpu::Kernels* shiftwise::cpu::avx2_kernels() { return nullptr; }
#endif
