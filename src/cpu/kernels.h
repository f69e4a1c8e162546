// SPDX-License-Identifier: Apache-2.0
// What a set of kernels is: plain structs and function pointers, so that a kernel file
// includes nothing that another file could be handed compiled for the wrong instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shiftwise::cpu {

/// Outputs are made 16 at a time, channels multiplied 4 at a time.
inline constexpr int kBlock = 16;
inline constexpr int kGroup = 4;
/// Blocks whose outputs may be interleaved: lane l of block b is then output 4 l + b of the 64,
/// so that byte b of each 32-bit lane is block b's, and codes are packed without crossing lanes.
inline constexpr int kInterleaved = 4;

/// Consecutive bytes that an output reads. `left` first groups lie in the padding under the
/// first output of a row, `right` last ones under the last; neither need be multiplied there.
struct Run {
  std::int32_t offset = 0;
  std::int32_t left = 0;
  std::int32_t right = 0;
};

/// The sums of products of one convolution. Output (y, x) reads, for every run, the
/// `groups` x 4 consecutive bytes at input + y * row + x * pixel + offset.
struct Products {
  const std::uint8_t* input = nullptr;  ///< stored codes under the first tap of output (0, 0)
  const std::int8_t* weight = nullptr;  ///< [O/16][runs][groups][16 outputs][4 channels]
  const Run* run = nullptr;
  int runs = 0;
  int groups = 0;
  std::ptrdiff_t pixel = 0;  ///< bytes
  std::ptrdiff_t row = 0;    ///< bytes

  /// Rows of runs that lie in the padding above output row y or below it need not be multiplied:
  /// row k of them reads row y * stride + k - padding of `height`. Not looked at without padding.
  int padding = 0;
  int stride = 1;
  int height = 0;
  int runs_in_row = 1;
};

/// The factors 2^skip_lead and 2^inner_lead must fit 16 bits with a sign.
inline constexpr int kLargestLead = 14;

/// What becomes of a sum v (docs/cpu-kernels.md); the four are compiled apart for speed.
enum class Finish {
  kCodes,      ///< v >> shift
  kResidual,   ///< (v + (stored skip << skip_lead)) >> shift, leads <= kLargestLead
  kPublished,  ///< as kResidual after an inner requantization
  kGeneral,    ///< every field of Conv is looked at
};

/// A convolution and everything up to the stored result, in 32 bits that may wrap on the way
/// but not at the end:
///   v = bias[o] + products[0], or with two terms
///   v = (products[0] << between) + bias[o] + products[1]
///   with `inner`: v = (clamp(round(v, inner_shift), inner_low, inner_high) << inner_lead) + extra
///   with `skip`: v += stored skip << skip_lead
///   int32: v is stored; else the uint8 saturation of round(v, shift)
/// round(v, s) is v >> s where the half is already in bias and extra, and half-to-even on top
/// of the plain v where `to_even`. An int8 code is stored plus 128, which is in bias or extra
/// too.
struct Conv {
  Products products[2];
  int terms = 1;
  int between = 0;
  int interleaved = 0;                 ///< the first blocks, in fours, are (see kInterleaved)
  bool clip = false;                   ///< whether there is padding that need not be multiplied
  const std::int32_t* bias = nullptr;  ///< [O rounded up to 16]

  Finish finish = Finish::kGeneral;
  bool inner = false;
  int inner_shift = 0;
  std::int32_t inner_low = 0;
  std::int32_t inner_high = 0;
  int inner_lead = 0;
  std::int32_t extra = 0;

  const std::uint8_t* skip = nullptr;  ///< stored codes of output (0, 0), channel 0
  std::ptrdiff_t skip_pixel = 0;
  std::ptrdiff_t skip_row = 0;
  int skip_lead = 0;

  bool to_even = false;
  int shift = 0;
  bool int32 = false;
  std::uint8_t* output = nullptr;  ///< output (0, 0), channel 0
  std::ptrdiff_t output_pixel = 0;
  std::ptrdiff_t output_row = 0;

  int width = 0;         ///< outputs in a row
  int rows_at_once = 1;  ///< rows of which all outputs are made before the next ones
};

/// The part of a convolution that one call makes: rows [row, row_end), blocks of 16 outputs
/// [block, block_end), which cut no interleaved four.
struct Part {
  int row = 0;
  int row_end = 0;
  int block = 0;
  int block_end = 0;
};

/// A 3x3 convolution of uint8 codes with padding 1 and stride 1 to 8-bit codes, sums below 2^25:
/// what docs/cpu-kernels.md says about tiles of 4x4 outputs. Channels in multiples of 64.
struct Winograd {
  const std::uint8_t* input = nullptr;  ///< stored codes under the first tap of output (0, 0)
  std::ptrdiff_t pixel = 0;             ///< bytes
  std::ptrdiff_t row = 0;               ///< bytes
  int inputs = 0;
  int outputs = 0;
  const std::int16_t* weight = nullptr;  ///< [O/64][36 places][I/2][64 outputs][2 channels]
  const std::int32_t* bias = nullptr;    ///< [O], with the half and the 128 of a stored int8 code
  int shift = 0;
  std::uint8_t* output = nullptr;  ///< output (0, 0), channel 0
  std::ptrdiff_t output_pixel = 0;
  std::ptrdiff_t output_row = 0;
  int height = 0;  ///< of input and output
  int width = 0;
};

/// Transposes a tile of bytes, each xor-ed with `flip`.
using TransposeTile = void (*)(const std::uint8_t* from, std::ptrdiff_t from_pitch,
                               std::uint8_t* to, std::ptrdiff_t to_pitch, std::uint8_t flip);

struct Kernels {
  const char* name;
  const char* needs;
  void (*convolve)(const Conv&, const Part&);
  bool in_place;     ///< whether the output may be where the skip is: nothing is made twice
  bool interleaves;  ///< whether it takes interleaved blocks: 8-bit outputs, not kGeneral
  /// Multiplies registers, and nothing else, `rounds` times; returns the multiply-adds done.
  std::int64_t (*peak)(std::int64_t rounds);
  TransposeTile transpose_tall = nullptr;  ///< 64 rows of 16; null: see layout.cpp
  TransposeTile transpose_wide = nullptr;  ///< 16 rows of 64; null: see layout.cpp
  void (*winograd)(const Winograd&, const Part&) = nullptr;  ///< the part's rows are of tiles
};

/// One per file in kernels/; null where the compiler's target does not have it.
const Kernels* portable_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_vnni_kernels();
const Kernels* amx_int8_kernels();

}  // namespace shiftwise::cpu
