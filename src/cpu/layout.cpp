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

/// rows x columns bytes, transposed, each byte xor-ed with `flip`.
void transpose(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
               std::ptrdiff_t to_pitch, int rows, int columns, std::uint8_t flip) {
  for (int c = 0; c < columns; c += kTile) {
    for (int r = 0; r < rows; r += kTile) {
      const std::uint8_t* source = from + r * from_pitch + c;
      std::uint8_t* target = to + c * to_pitch + r;
      if (r + kTile <= rows && c + kTile <= columns) {
        transpose_tile(source, from_pitch, target, to_pitch, flip);
        continue;
      }
      for (int j = 0; j < std::min(kTile, columns - c); ++j) {
        for (int i = 0; i < std::min(kTile, rows - r); ++i) {
          target[j * to_pitch + i] = source[i * from_pitch + j] ^ flip;
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

void import_codes(const Layout& layout, const std::byte* codes, std::uint8_t* image) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(codes);
  const std::ptrdiff_t plane = std::ptrdiff_t{layout.height} * layout.width;
  const PixelRows rows = pixel_rows(layout);
  for (int y = 0; y < rows.count; ++y) {
    transpose(from + y * rows.width, plane, image + layout.offset(y, 0), layout.pitch,
              layout.channels, rows.width, flip_of(layout));
  }
  fill_halo(layout, image, 0, layout.height);
}

void export_codes(const Layout& layout, const std::uint8_t* image, std::byte* codes) {
  if (layout.element == qgraph::Element::kInt32) {
    widen_codes(layout, image, reinterpret_cast<std::int32_t*>(codes));
    return;
  }
  auto* to = reinterpret_cast<std::uint8_t*>(codes);
  const std::ptrdiff_t plane = std::ptrdiff_t{layout.height} * layout.width;
  const PixelRows rows = pixel_rows(layout);
  for (int y = 0; y < rows.count; ++y) {
    transpose(image + layout.offset(y, 0), layout.pitch, to + y * rows.width, plane, rows.width,
              layout.channels, flip_of(layout));
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
