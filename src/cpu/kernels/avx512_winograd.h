// SPDX-License-Identifier: Apache-2.0
// Winograd's F(4x4, 3x3) in integers with AVX-512 VNNI, for the file that is compiled for it. What
// is computed, and why it is exact, is in docs/cpu-kernels.md.
#pragma once

#include "cpu/kernels/avx512_lanes.h"

namespace shiftwise::cpu {
namespace {

constexpr int kEdge = 6;                         // of a tile of the input
constexpr int kPlaces = kEdge * kEdge;           // products of a tile, for each input and output
constexpr int kTile = 4;                         // edge of a tile of the output
constexpr int kTogether = 4;                     // tiles that meet the same weights in registers
constexpr int kMostTileInputs = 512;             // tiles at once times inputs
constexpr int kMostTiles = 8;                    // at once
constexpr int kOutputs = kInterleaved * kBlock;  // made together
constexpr int kWords = 32;                       // of 16 bits in a register

/// Places of up to kMostTiles tiles: transformed inputs and sums.
struct WinogradScratch {
  alignas(64) std::int16_t inputs[kPlaces * kMostTileInputs];
  alignas(64) std::int32_t sums[kPlaces * kMostTiles * kOutputs];
};

/// Six values to six, times B transposed.
SHIFTWISE_INLINE void transform_input(const __m512i (&d)[kEdge], __m512i (&r)[kEdge]) {
  const __m512i a = _mm512_sub_epi16(d[4], _mm512_slli_epi16(d[2], 2));
  const __m512i b = _mm512_sub_epi16(d[3], _mm512_slli_epi16(d[1], 2));
  const __m512i c = _mm512_sub_epi16(d[4], d[2]);
  const __m512i e = _mm512_slli_epi16(_mm512_sub_epi16(d[3], d[1]), 1);
  r[0] = _mm512_add_epi16(c, _mm512_slli_epi16(_mm512_sub_epi16(d[0], d[2]), 2));
  r[1] = _mm512_add_epi16(a, b);
  r[2] = _mm512_sub_epi16(a, b);
  r[3] = _mm512_add_epi16(c, e);
  r[4] = _mm512_sub_epi16(c, e);
  r[5] = _mm512_sub_epi16(_mm512_sub_epi16(d[5], d[3]), _mm512_slli_epi16(e, 1));
}

/// Six values to four, times A transposed, of which row i is scaled by 3 << kScale[i].
constexpr int kScale[kTile] = {3, 2, 1, 1};
SHIFTWISE_INLINE void transform_sums(const __m512i (&m)[kEdge], __m512i (&y)[kTile]) {
  const __m512i p = _mm512_add_epi32(m[1], m[2]);
  const __m512i n = _mm512_sub_epi32(m[1], m[2]);
  const __m512i q = _mm512_add_epi32(m[3], m[4]);
  const __m512i r = _mm512_sub_epi32(m[3], m[4]);
  y[0] = _mm512_add_epi32(_mm512_add_epi32(m[0], _mm512_slli_epi32(p, 2)), q);
  y[1] = _mm512_add_epi32(_mm512_slli_epi32(n, 1), r);
  y[2] = _mm512_add_epi32(p, q);
  y[3] = _mm512_add_epi32(_mm512_add_epi32(n, _mm512_slli_epi32(r, 1)), m[5]);
}

/// A tile's inputs to places: to[place * step + channel].
void transform_tile(const std::uint8_t* codes, std::ptrdiff_t pixel, std::ptrdiff_t row, int inputs,
                    std::int16_t* to, std::ptrdiff_t step) {
  for (int c = 0; c < inputs; c += kWords) {
    __m512i half[kEdge][kEdge];
    SHIFTWISE_UNROLL for (int x = 0; x < kEdge; ++x) {
      __m512i d[kEdge];
      SHIFTWISE_UNROLL for (int y = 0; y < kEdge; ++y) {
        d[y] = _mm512_cvtepu8_epi16(
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + y * row + x * pixel + c)));
      }
      __m512i r[kEdge];
      transform_input(d, r);
      SHIFTWISE_UNROLL for (int y = 0; y < kEdge; ++y) half[y][x] = r[y];
    }
    SHIFTWISE_UNROLL for (int y = 0; y < kEdge; ++y) {
      __m512i r[kEdge];
      transform_input(half[y], r);
      SHIFTWISE_UNROLL for (int x = 0; x < kEdge; ++x) {
        _mm512_store_si512(to + (y * kEdge + x) * step + c, r[x]);
      }
    }
  }
}

/// The sums of kTogether tiles at one place.
SHIFTWISE_INLINE void multiply_place(const std::int16_t* inputs, std::ptrdiff_t pitch, int count,
                                     const std::int16_t* weight, std::int32_t* sums) {
  __m512i sum[kTogether][kInterleaved];
  SHIFTWISE_UNROLL for (int t = 0; t < kTogether; ++t) {
    SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
      sum[t][b] = _mm512_setzero_si512();
      Avx512Lanes::separate(sum[t][b]);
    }
  }
  for (int i = 0; i < count; i += 2) {
    __m512i weights[kInterleaved];
    SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
      weights[b] = _mm512_load_si512(weight + b * kWords);
      Avx512Lanes::hold(weights[b]);
    }
    weight += kInterleaved * kWords;
    SHIFTWISE_UNROLL for (int t = 0; t < kTogether; ++t) {
      std::int32_t pair;
      __builtin_memcpy(&pair, inputs + t * pitch + i, sizeof pair);
      const __m512i both = _mm512_set1_epi32(pair);
      SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
        asm("vpdpwssd %2, %1, %0" : "+v"(sum[t][b]) : "v"(both), "v"(weights[b]));
      }
    }
  }
  SHIFTWISE_UNROLL for (int t = 0; t < kTogether; ++t) {
    SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) {
      _mm512_store_si512(sums + t * kOutputs + b * kBlock, sum[t][b]);
    }
  }
}

/// A tile's outputs of one block from its sums at all places. rows, columns: that exist.
void finish_tile(const Winograd& conv, const std::int32_t* sums, std::ptrdiff_t step, int output,
                 std::uint8_t* to, int rows, int columns) {
  const __m512i ninth = _mm512_set1_epi32(0x38e38e39);  // modulo 2^32
  const __m512i bias = Avx512Lanes::load(conv.bias + output);
  __m512i half[kTile][kEdge];
  SHIFTWISE_UNROLL for (int x = 0; x < kEdge; ++x) {
    __m512i m[kEdge];
    SHIFTWISE_UNROLL for (int y = 0; y < kEdge; ++y) {
      m[y] = _mm512_load_si512(sums + (y * kEdge + x) * step);
    }
    __m512i r[kTile];
    transform_sums(m, r);
    SHIFTWISE_UNROLL for (int y = 0; y < kTile; ++y) half[y][x] = r[y];
  }
  SHIFTWISE_UNROLL for (int y = 0; y < kTile; ++y) {
    __m512i r[kTile];
    transform_sums(half[y], r);
    SHIFTWISE_UNROLL for (int x = 0; x < kTile; ++x) {
      const int scale = kScale[y] + kScale[x];
      const __m512i sum =
          _mm512_add_epi32(_mm512_mullo_epi32(r[x], ninth), _mm512_slli_epi32(bias, scale));
      const __m512i code[1] = {
          Avx512Lanes::shift_right(sum, Avx512Lanes::count(conv.shift + scale))};
      if (y < rows && x < columns) {
        Avx512Lanes::store_codes(to + y * conv.output_row + x * conv.output_pixel, code);
      }
    }
  }
}

/// The input of a tile that reaches over the halo, which is zero from there on.
const std::uint8_t* copy_edge(const Winograd& conv, const std::uint8_t* codes, int rows,
                              int columns, std::uint8_t* copy) {
  const int bytes = conv.inputs;
  for (int i = 0; i < kPlaces * bytes; i += kWords) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(copy + i), _mm256_setzero_si256());
  }
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      __builtin_memcpy(copy + (y * kEdge + x) * bytes, codes + y * conv.row + x * conv.pixel,
                       static_cast<std::size_t>(bytes));
    }
  }
  return copy;
}

/// Kernels::winograd.
void winograd(const Winograd& conv, const Part& part) {
  WinogradScratch scratch;
  const int across = (conv.width + kTile - 1) / kTile;
  const int last = part.row_end * across;
  int most = kMostTileInputs / conv.inputs;
  most = most < kMostTiles ? most : kMostTiles;
  for (int first = part.row * across; first < last; first += most) {
    const int count = last - first < most ? last - first : most;
    const std::ptrdiff_t step = std::ptrdiff_t{most} * conv.inputs;
    for (int t = 0; t < count; ++t) {
      const int y = (first + t) / across * kTile;
      const int x = (first + t) % across * kTile;
      const std::uint8_t* codes = conv.input + y * conv.row + x * conv.pixel;
      std::int16_t* to = scratch.inputs + t * conv.inputs;
      if (y + kTile <= conv.height && x + kTile <= conv.width) {
        transform_tile(codes, conv.pixel, conv.row, conv.inputs, to, step);
      } else {
        // As long as the sums are not needed yet, there is room for a copy.
        auto* copy = reinterpret_cast<std::uint8_t*>(scratch.sums);
        const int rows = conv.height + 2 - y < kEdge ? conv.height + 2 - y : kEdge;
        const int columns = conv.width + 2 - x < kEdge ? conv.width + 2 - x : kEdge;
        copy_edge(conv, codes, rows, columns, copy);
        transform_tile(copy, conv.inputs, kEdge * conv.inputs, conv.inputs, to, step);
      }
    }
    for (int output = 0; output < conv.outputs; output += kOutputs) {
      const std::int16_t* weight = conv.weight + std::ptrdiff_t{output} * conv.inputs * kPlaces;
      constexpr std::ptrdiff_t kStep = kMostTiles * kOutputs;
      for (int place = 0; place < kPlaces; ++place) {
        for (int t = 0; t < count; t += kTogether) {
          multiply_place(scratch.inputs + place * step + t * conv.inputs, conv.inputs, conv.inputs,
                         weight, scratch.sums + place * kStep + t * kOutputs);
        }
        weight += std::ptrdiff_t{kOutputs} * conv.inputs;
      }
      for (int t = 0; t < count; ++t) {
        const int y = (first + t) / across * kTile;
        const int x = (first + t) % across * kTile;
        std::uint8_t* to = conv.output + y * conv.output_row + x * conv.output_pixel + output;
        for (int b = 0; b < kInterleaved; ++b) {
          finish_tile(conv, scratch.sums + t * kOutputs + b * kBlock, kStep, output + b * kBlock,
                      to + b * kBlock, conv.height - y, conv.width - x);
        }
      }
    }
  }
}

}  // namespace
}  // namespace shiftwise::cpu
