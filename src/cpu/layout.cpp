// SPDX-License-Identifier: Apache-2.0
#include "cpu/layout.h"

#include <algorithm>
#include <cstring>

namespace shiftwise::cpu {
namespace {

constexpr int kTile = 16;
using Vector = std::uint8_t __attribute__((vector_size(kTile)));

/// 16 x 16 bytes, transposed, each xor-ed with `flip`: four rounds that interleave row i with
/// row i + 8.
void transpose_tile(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
                    std::ptrdiff_t to_pitch, std::uint8_t flip) {
  Vector rows[kTile];
  for (int i = 0; i < kTile; ++i) std::memcpy(&rows[i], from + i * from_pitch, kTile);
  for (int round = 0; round < 4; ++round) {
    Vector next[kTile];
    for (int i = 0; i < kTile / 2; ++i) {
      const Vector a = rows[i];
      const Vector b = rows[i + kTile / 2];
      next[2 * i] =
          __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                14, 30, 15, 31);
    }
    std::memcpy(rows, next, sizeof rows);
  }
  for (int i = 0; i < kTile; ++i) {
    rows[i] ^= flip;
    std::memcpy(to + i * to_pitch, &rows[i], kTile);
  }
}

/// Up to 16 x 16 bytes.
void transpose_corner(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
                      std::ptrdiff_t to_pitch, int rows, int columns, std::uint8_t flip) {
  if (rows == kTile && columns == kTile) {
    transpose_tile(from, from_pitch, to, to_pitch, flip);
    return;
  }
  for (int c = 0; c < columns; ++c) {
    for (int r = 0; r < rows; ++r) to[c * to_pitch + r] = from[r * from_pitch + c] ^ flip;
  }
}

/// rows x columns bytes, transposed, each byte xor-ed with `flip`. In blocks of a cache line,
/// within which the side with the larger pitch is gone through line by line.
void transpose(const Kernels& kernels, const std::uint8_t* from, std::ptrdiff_t from_pitch,
               std::uint8_t* to, std::ptrdiff_t to_pitch, int rows, int columns,
               std::uint8_t flip) {
  constexpr int kLine = 64;
  const auto tile = [&](int r, int c) {
    transpose_corner(from + r * from_pitch + c, from_pitch, to + c * to_pitch + r, to_pitch,
                     std::min(kTile, rows - r), std::min(kTile, columns - c), flip);
  };
  for (int row = 0; row < rows; row += kLine) {
    for (int column = 0; column < columns; column += kLine) {
      const int last_row = std::min(rows, row + kLine);
      const int last_column = std::min(columns, column + kLine);
      if (from_pitch > to_pitch) {
        const bool whole = kernels.transpose_wide != nullptr && last_column == column + kLine;
        for (int r = row; r < last_row; r += kTile) {
          if (whole && r + kTile <= last_row) {
            kernels.transpose_wide(from + r * from_pitch + column, from_pitch,
                                   to + column * to_pitch + r, to_pitch, flip);
            continue;
          }
          for (int c = column; c < last_column; c += kTile) tile(r, c);
        }
      } else {
        const bool whole = kernels.transpose_tall != nullptr && last_row == row + kLine;
        for (int c = column; c < last_column; c += kTile) {
          if (whole && c + kTile <= last_column) {
            kernels.transpose_tall(from + row * from_pitch + c, from_pitch, to + c * to_pitch + row,
                                   to_pitch, flip);
            continue;
          }
          for (int r = row; r < last_row; r += kTile) tile(r, c);
        }
      }
    }
  }
}

/// The image as rows of pixels that lie side by side: one long row where there is no halo.
struct PixelRows {
  int count;
  int width;
};
PixelRows pixel_rows(const Layout& layout) {
  if (layout.halo == 0) return {1, layout.height * layout.width};
  return {layout.height, layout.width};
}

std::uint8_t flip_of(const Layout& layout) { return static_cast<std::uint8_t>(layout.bias()); }

}  // namespace

void fill_halo(const Layout& layout, std::uint8_t* image, int first, int last) {
  if (layout.halo == 0) return;
  const int zero = layout.bias();
  const auto side = static_cast<std::size_t>(layout.halo * layout.pixel_bytes());
  const auto border = static_cast<std::size_t>(layout.halo * layout.row_bytes());
  for (int y = first; y < last; ++y) {
    std::memset(image + layout.offset(y, -layout.halo), zero, side);
    std::memset(image + layout.offset(y, layout.width), zero, side);
  }
  if (first == 0) std::memset(image, zero, border);
  if (last == layout.height) {
    std::memset(image + layout.offset(layout.height, -layout.halo), zero, border);
  }
}

void import_codes(const Kernels& kernels, const Layout& layout, const std::byte* codes,
                  std::uint8_t* image) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(codes);
  const std::ptrdiff_t plane = std::ptrdiff_t{layout.height} * layout.width;
  const PixelRows rows = pixel_rows(layout);
  for (int y = 0; y < rows.count; ++y) {
    transpose(kernels, from + y * rows.width, plane, image + layout.offset(y, 0), layout.pitch,
              layout.channels, rows.width, flip_of(layout));
  }
  fill_halo(layout, image, 0, layout.height);
}

void export_codes(const Kernels& kernels, const Layout& layout, const std::uint8_t* image,
                  std::byte* codes) {
  if (layout.element == qgraph::Element::kInt32) {
    widen_codes(layout, image, reinterpret_cast<std::int32_t*>(codes));
    return;
  }
  auto* to = reinterpret_cast<std::uint8_t*>(codes);
  const std::ptrdiff_t plane = std::ptrdiff_t{layout.height} * layout.width;
  const PixelRows rows = pixel_rows(layout);
  for (int y = 0; y < rows.count; ++y) {
    transpose(kernels, image + layout.offset(y, 0), layout.pitch, to + y * rows.width, plane,
              rows.width, layout.channels, flip_of(layout));
  }
}

void widen_codes(const Layout& layout, const std::uint8_t* image, std::int32_t* codes) {
  for (int c = 0; c < layout.channels; ++c) {
    for (int y = 0; y < layout.height; ++y) {
      for (int x = 0; x < layout.width; ++x) {
        const std::uint8_t* pixel = image + layout.offset(y, x);
        if (layout.element == qgraph::Element::kInt32) {
          std::memcpy(codes++, pixel + c * 4, 4);
        } else {
          *codes++ = pixel[c] - layout.bias();
        }
      }
    }
  }
}

}  // namespace shiftwise::cpu
