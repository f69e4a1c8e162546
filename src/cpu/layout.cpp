// SPDX-License-Identifier: Apache-2.0
#include "cpu/layout.h"

#include <algorithm>
#include <cstring>

namespace shiftwise::cpu {
namespace {

/// rows x columns bytes, transposed, each byte xor-ed with `flip`.
void transpose(const std::uint8_t* from, std::ptrdiff_t from_pitch, std::uint8_t* to,
               std::ptrdiff_t to_pitch, int rows, int columns, std::uint8_t flip) {
  constexpr int kTile = 16;
  for (int r = 0; r < rows; r += kTile) {
    const int r_end = std::min(rows, r + kTile);
    for (int c = 0; c < columns; ++c) {
      for (int i = r; i < r_end; ++i) {
        to[c * to_pitch + i] = static_cast<std::uint8_t>(from[i * from_pitch + c] ^ flip);
      }
    }
  }
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
  for (int y = 0; y < layout.height; ++y) {
    transpose(from + y * layout.width, plane, image + layout.offset(y, 0), layout.pitch,
              layout.channels, layout.width, flip_of(layout));
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
  for (int y = 0; y < layout.height; ++y) {
    transpose(image + layout.offset(y, 0), layout.pitch, to + y * layout.width, plane, layout.width,
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
