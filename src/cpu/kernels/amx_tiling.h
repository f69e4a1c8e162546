// SPDX-License-Identifier: Apache-2.0
// How the AMX kernel cuts the outputs of a convolution into tiles of up to 16 pixels. In an
// unnamed namespace, for the one file that is compiled for AMX.
#pragma once

#include "cpu/kernels.h"

namespace shiftwise::cpu {
namespace {

constexpr int kTileRows = 16;  // pixels of a tile of codes or sums

/// The outputs of a part as tiles of `pixels` consecutive ones. A tile ends with its row, or
/// runs on into the next one over what lies between the rows, and makes sums there that nobody
/// reads. The last tile of a row, or of all, overlaps the one before it rather than be shorter.
struct Tiling {
  int pixels = 0;
  int width = 0;  // outputs in a row
  int pitch = 0;  // positions from one row to the next
  bool runs_on = false;
  int last_column = 0;  // where the last tile starts: of a row, or of all in row last_row
  int last_row = 0;
  int count = 0;
};

/// A tile's first position.
struct Place {
  int row = 0;
  int column = 0;

  void go_on(const Tiling& tiling) {
    column += tiling.pixels;
    if (!tiling.runs_on) {
      if (column >= tiling.width) {
        column = 0;
        ++row;
      } else if (column > tiling.last_column) {
        column = tiling.last_column;
      }
      return;
    }
    while (column >= tiling.pitch) {
      column -= tiling.pitch;
      ++row;
    }
    if (row > tiling.last_row || (row == tiling.last_row && column > tiling.last_column)) {
      row = tiling.last_row;
      column = tiling.last_column;
    }
  }
};

int ceil_divide(int a, int b) { return (a + b - 1) / b; }

/// length: positions of a row, or of all rows where tiles run on.
Tiling cut(const Conv& conv, int length, int pitch, int rows, bool runs_on) {
  Tiling tiling;
  const int pieces = ceil_divide(length, kTileRows);
  tiling.pixels = ceil_divide(length, pieces);
  tiling.width = conv.width;
  tiling.pitch = pitch;
  tiling.runs_on = runs_on;
  tiling.last_row = runs_on ? (length - tiling.pixels) / pitch : 0;
  tiling.last_column = length - tiling.pixels - tiling.last_row * pitch;
  tiling.count = runs_on ? pieces : pieces * rows;
  return tiling;
}

/// The cheaper of tiles within rows and tiles that run on from row to row. The latter need
/// inputs that run on too: as many pixel steps from row to row in every term.
Tiling choose_tiling(const Conv& conv, int rows) {
  const Tiling within = cut(conv, conv.width, conv.width, rows, false);
  std::ptrdiff_t pitch = 0;
  for (int t = 0; t < conv.terms; ++t) {
    const Products& products = conv.products[t];
    if (products.runs == 0) continue;
    const std::ptrdiff_t steps = products.row / products.pixel;
    if (steps * products.pixel != products.row || (pitch != 0 && pitch != steps)) return within;
    pitch = steps;
  }
  const int steps = static_cast<int>(pitch);
  const Tiling on = cut(conv, (rows - 1) * steps + conv.width, steps, rows, true);
  return on.count * on.pixels < within.count * within.pixels ? on : within;
}

}  // namespace
}  // namespace shiftwise::cpu
