// SPDX-License-Identifier: Apache-2.0
// How the executor keeps activations in memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/kernels.h"
#include "qgraph/qgraph.h"

namespace shiftwise::cpu {

constexpr int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// One image at one node: [H + 2 halo][W + 2 halo][pitch], channels innermost. 8-bit codes are
/// kept as unsigned bytes: an int8 code plus 128 ("biased"), a uint8 code as it is; int32
/// codes as they are. Halo pixels hold the stored form of zero; channels beyond the last hold
/// anything, because the weights that meet them are zero.
struct Layout {
  qgraph::Element element = qgraph::Element::kUint8;
  int channels = 0;
  int height = 0;
  int width = 0;
  int pitch = 0;  ///< channels from one pixel to the next
  int halo = 0;   ///< pixels of zero around the image

  std::ptrdiff_t code_bytes() const { return element == qgraph::Element::kInt32 ? 4 : 1; }
  std::ptrdiff_t pixel_bytes() const { return pitch * code_bytes(); }
  std::ptrdiff_t row_bytes() const { return (width + 2 * halo) * pixel_bytes(); }
  std::ptrdiff_t image_bytes() const { return (height + 2 * halo) * row_bytes(); }
  /// Byte offset of pixel (y, x), which may lie in the halo.
  std::ptrdiff_t offset(int y, int x) const {
    return (y + halo) * row_bytes() + (x + halo) * pixel_bytes();
  }
  /// What is added to a code when it is stored.
  int bias() const { return element == qgraph::Element::kInt8 ? 128 : 0; }
};

/// Fills the halo left and right of rows [first, last), above row 0 where first is 0, and
/// below the last row where last is the height.
void fill_halo(const Layout& layout, std::uint8_t* image, int first, int last);

/// Codes as the outside has them, [C][H][W], to a layout's image, halo included.
void import_codes(const Kernels& kernels, const Layout& layout, const std::byte* codes,
                  std::uint8_t* image);
/// A layout's image to codes as the outside has them: [C][H][W], one byte or four per code.
void export_codes(const Kernels& kernels, const Layout& layout, const std::uint8_t* image,
                  std::byte* codes);
/// The same, widened to 32 bits.
void widen_codes(const Layout& layout, const std::uint8_t* image, std::int32_t* codes);

}  // namespace shiftwise::cpu
