// SPDX-License-Identifier: Apache-2.0
// The smallest thing that a kernel computes: a tile of kPixels pixels x 8 channels, one matrix
// multiplication of the core for every 8 input channels. Loading and storing tiles at any place
// of a row.
#pragma once

#include <aie_api/aie.hpp>

#include "loops.h"
#include "params.h"

namespace sw {

// One native multiplication is 4x8x8 on AIE2 and 8x8x8 on AIE2P. Both hold 16 pixels x 16
// channels in accumulators at a time: 8 of 1024 bits, of which AIE2 has 9, or 4 of 2048 bits.
#if __AIE_ARCH__ == 21
inline constexpr int kPixels = 8;
inline constexpr int kTiles = 2;
#else
inline constexpr int kPixels = 4;
inline constexpr int kTiles = 4;
#endif
inline constexpr int kGroups = 2;
inline constexpr unsigned kLanes = kPixels * 8;

template <typename T>
using Codes = aie::vector<T, kLanes>;  ///< [pixel][channel]
using Sums = aie::accum<acc32, kLanes>;
template <typename T>
using Product = aie::mmul<kPixels, 8, 8, T, int8>;

/// Whether distances or addresses (in pixels of 8 bytes) keep whole tiles aligned.
SW_INLINE bool aligned(int pixels) { return pixels % kPixels == 0; }
template <typename T>
SW_INLINE bool aligned(const T* address) {
  return reinterpret_cast<uintptr_t>(address) % kLanes == 0;
}

/// Pixel by pixel, the way that works everywhere.
template <typename T>
SW_INLINE_ON_CORE Codes<T> load_single_pixels(const T* row, int x, int stride, int width) {
  aie::vector<int32, kLanes / 4> words = aie::zeros<int32, kLanes / 4>();
  for (int i = 0; i < kPixels; ++i, x += stride) {
    if (x < 0 || x >= width) continue;
    int32 pair[2];
    __builtin_memcpy(pair, __builtin_assume_aligned(row + 8 * x, 8), 8);
    words.set(pair[0], 2 * i);
    words.set(pair[1], 2 * i + 1);
  }
  return words.template cast_to<T>();
}

/// The pixels x, x + stride, ... of a row of `width` pixels; zeros outside of it. Never reads
/// a byte outside of the row.
template <typename T>
SW_INLINE Codes<T> load_clipped(const T* row, int x, int stride, int width) {
  if (stride == 1 && width >= kPixels) {
    const int from = x < 0 ? 0 : x > width - kPixels ? width - kPixels : x;
    const Codes<T> inside = aie::load_unaligned_v<kLanes>(row + 8 * from, 8);
    if (x == from) return inside;
    const Codes<T> zeros = aie::zeros<T, kLanes>();
    return x < from ? aie::shuffle_down_fill(zeros, inside, kLanes - 8 * (from - x))
                    : aie::shuffle_down_fill(inside, zeros, 8 * (x - from));
  }
  if (stride == 2 && x >= 0 && x + 2 * kPixels <= width) {
    return aie::filter_even(aie::load_unaligned_v<2 * kLanes>(row + 8 * x, 8), 8);
  }
  return load_single_pixels(row, x, stride, width);
}

/// The first `count` pixels, one by one: an unaligned vector store would read and rewrite what
/// lies beside them, which may belong to another object.
template <typename T>
SW_INLINE void store_pixels(T* to, const Codes<T>& codes, int count) {
  const aie::vector<int32, kLanes / 4> words = codes.template cast_to<int32>();
  for (int i = 0; i < count; ++i) {
    const int32 pair[2] = {words.get(2 * i), words.get(2 * i + 1)};
    __builtin_memcpy(__builtin_assume_aligned(to + 8 * i, 8), pair, 8);
  }
}

/// Where a block lies in the output of a call.
struct Place {
  int group;  ///< first of its channel groups
  int y;
  int x;      ///< first of its pixels
  int count;  ///< pixels that exist: fewer than the tiles hold at the end of a row
};

// The hardware shifts accumulators of 32 bits to the right only, as they become vectors; half of
// a 2048 bit accumulator is the largest int32 vector.
inline constexpr unsigned kPart = 32;

/// sums * 2^left: exact, for 0 <= left <= 31, where the result has 32 bits.
SW_INLINE_ON_CORE Sums shifted_left(const Sums& sums, int left) {
  if (left == 0) return sums;
  Sums result;
  SW_UNROLL for (unsigned i = 0; i < kLanes / kPart; ++i) {
    const aie::vector<int32, kPart> part = sums.template extract<kPart>(i).to_vector<int32>(0);
    result.template insert<kPart>(i, aie::accum<acc32, kPart>(aie::upshift(part, left)));
  }
  return result;
}

/// Codes of sums (docs/numerics.md, eq. 7): one SRS; the left shift that the SRS lacks acts on
/// saturated codes, where 8 bits to the left are as good as 31.
template <typename Y>
SW_INLINE_ON_CORE Codes<Y> requantized(const Sums& sums, int shift) {
  if (shift >= 0) return sums.template to_vector<Y>(shift);
  return Sums(sums.template to_vector<Y>(0), shift < -8 ? 8 : -shift).template to_vector<Y>(0);
}

}  // namespace sw
