// SPDX-License-Identifier: Apache-2.0
// THE convolution kernel, written once over 16 lanes of 32 bits. A kernel file defines the
// lanes of its instruction set in an unnamed namespace and instantiates convolve<Lanes>.
//
// Lanes has: Sums (16 int32), Weights (16 outputs x 4 channels of int8), Pixel (4 channels of
// uint8, in every lane); kPixels and kBlocks, the largest register block; kInterleaves, whether it
// has the functions for interleaved blocks; and the functions that are used below. Nothing in these
// headers may call an inline function of another header: the linker keeps one copy of those,
// possibly this one, compiled for an instruction set that other machines lack.
#pragma once

#include <utility>

#include "cpu/kernels/interleaved.h"

namespace shiftwise::cpu {

template <class Lanes, Finish kind, bool Clip, int Rows, int Columns, int Blocks>
void convolve_block(const Conv& conv, int y, int x, int block) {
  RegisterBlock<Lanes, Rows, Columns, Blocks> registers;
  const std::int32_t* bias = conv.bias + block * kBlock;
  if (conv.between == 0) {
    registers.set(bias);
  } else {
    registers.set_zero();
  }
  registers.template add_products<Clip>(conv.products[0], y, x, block, conv.width);
  if (conv.terms == 2) {
    if (conv.between != 0) registers.shift_and_add(conv.between, bias);
    registers.template add_products<Clip>(conv.products[1], y, x, block, conv.width);
  }
  const Finisher<Lanes, kind> finisher(conv, y, x, block);
  SHIFTWISE_UNROLL for (int p = 0; p < Rows * Columns; ++p) {
    const int row = p / Columns;
    const int column = p % Columns;
    finisher.store(registers.sums[p],
                   finisher.skip + row * finisher.skip_row + column * finisher.skip_pixel,
                   finisher.output + row * finisher.output_row + column * finisher.output_pixel);
  }
}

using ConvolveBlock = void (*)(const Conv&, int y, int x, int block);

/// Entry c of `list`: convolve_block for c + 1 columns.
template <class Lanes, Finish kind, bool Clip, int Rows, int Blocks, class Columns>
struct Table;
template <class Lanes, Finish kind, bool Clip, int Rows, int Blocks, int... Columns>
struct Table<Lanes, kind, Clip, Rows, Blocks, std::integer_sequence<int, Columns...>> {
  static constexpr ConvolveBlock list[] = {
      convolve_block<Lanes, kind, Clip, Rows, Columns + 1, Blocks>...};
};

/// Makes the outputs of Blocks x 16 channels. Two rows go at once where a row is so short that
/// one would leave the multipliers waiting for their own results.
template <class Lanes, Finish kind, bool Clip, int Blocks>
void convolve_strip(const Conv& conv, const Part& part, int block) {
  static constexpr int kPixels = Lanes::kPixels;
  using OneRow = Table<Lanes, kind, Clip, 1, Blocks, std::make_integer_sequence<int, kPixels>>;
  using TwoRows = Table<Lanes, kind, Clip, 2, Blocks, std::make_integer_sequence<int, kPixels / 2>>;
  const int pieces = (conv.width + kPixels - 1) / kPixels;
  for (int y = part.row; y < part.row_end;) {
    const bool two = conv.width <= kPixels / 2 && y + 1 < part.row_end;
    for (int piece = 0, x = 0; piece < pieces; ++piece) {
      const int columns = (conv.width - x) / (pieces - piece);
      (two ? TwoRows::list : OneRow::list)[columns - 1](conv, y, x, block);
      x += columns;
    }
    y += two ? 2 : 1;
  }
}

template <class Lanes, Finish kind, bool Clip>
void convolve_rows(const Conv& conv, const Part& part) {
  for (int row = part.row; row < part.row_end; row += conv.rows_at_once) {
    Part rows = part;
    rows.row = row;
    if (row + conv.rows_at_once < part.row_end) rows.row_end = row + conv.rows_at_once;
    int block = part.block;
    if constexpr (Lanes::kInterleaves && !Clip && kind != Finish::kGeneral) {
      for (; block < part.block_end && block < conv.interleaved; block += kInterleaved) {
        convolve_interleaved<Lanes, kind>(conv, rows, block);
      }
    }
    for (; block + Lanes::kBlocks <= part.block_end; block += Lanes::kBlocks) {
      convolve_strip<Lanes, kind, Clip, Lanes::kBlocks>(conv, rows, block);
    }
    for (; block < part.block_end; ++block) {
      convolve_strip<Lanes, Finish::kGeneral, false, 1>(conv, rows, block);
    }
  }
}

template <class Lanes, Finish kind>
void convolve_as(const Conv& conv, const Part& part) {
  if (conv.clip) {
    convolve_rows<Lanes, kind, true>(conv, part);
  } else {
    convolve_rows<Lanes, kind, false>(conv, part);
  }
}

/// Kernels::convolve. The weights of kBlocks x 16 outputs stay in the first cache while
/// rows_at_once rows pass by; these rows stay there while the outputs are gone through.
template <class Lanes>
void convolve(const Conv& conv, const Part& part) {
  switch (conv.finish) {
    case Finish::kCodes:
      return convolve_as<Lanes, Finish::kCodes>(conv, part);
    case Finish::kResidual:
      return convolve_as<Lanes, Finish::kResidual>(conv, part);
    case Finish::kPublished:
      return convolve_as<Lanes, Finish::kPublished>(conv, part);
    case Finish::kGeneral:
      return convolve_rows<Lanes, Finish::kGeneral, false>(conv, part);
  }
}

}  // namespace shiftwise::cpu
