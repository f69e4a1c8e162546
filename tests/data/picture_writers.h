// SPDX-License-Identifier: Apache-2.0
// PNG and JPEG files for the tests, written by the libraries themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shiftwise::data {

/// Samples as the file stores them: row by row, 16-bit ones with the high byte first.
struct PngRecipe {
  int width = 1;
  int height = 1;
  int bit_depth = 8;
  int color_type = 2;  ///< as in the file: 0 gray, 2 RGB, 3 palette, 4 gray+alpha, 6 RGBA
  bool interlaced = false;
  std::vector<std::uint8_t> samples{};
  std::vector<std::uint8_t> palette{};  ///< RGB triples
};

std::string png_file(const PngRecipe& recipe);

/// `samples`: [H][W][components]; 1 component is gray, 3 are RGB, 4 are CMYK.
std::string jpeg_file(int width, int height, int components,
                      const std::vector<std::uint8_t>& samples, int quality = 95,
                      bool progressive = false);

}  // namespace shiftwise::data
