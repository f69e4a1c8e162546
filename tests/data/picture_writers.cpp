// SPDX-License-Identifier: Apache-2.0
#include "data/picture_writers.h"

#include <png.h>

#include <cstdio>  // jpeglib.h needs FILE
#include <cstdlib>
// clang-format off
#include <jpeglib.h>
// clang-format on

namespace shiftwise::data {

std::string png_file(const PngRecipe& recipe) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp self, png_bytep data, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(self))
            ->append(reinterpret_cast<const char*>(data), size);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(recipe.width),
               static_cast<png_uint_32>(recipe.height), recipe.bit_depth, recipe.color_type,
               recipe.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
  std::vector<png_color> palette;
  for (std::size_t at = 0; at + 2 < recipe.palette.size(); at += 3) {
    palette.push_back({recipe.palette[at], recipe.palette[at + 1], recipe.palette[at + 2]});
  }
  if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  png_write_info(png, info);
  const std::size_t stride = png_get_rowbytes(png, info);
  std::vector<std::uint8_t> samples = recipe.samples;
  std::vector<png_bytep> rows;
  for (int y = 0; y < recipe.height; ++y) {
    rows.push_back(samples.data() + static_cast<std::size_t>(y) * stride);
  }
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::string jpeg_file(int width, int height, int components,
                      const std::vector<std::uint8_t>& samples, int quality, bool progressive) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* target = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &target, &size);
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = components;
  jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> copy = samples;
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = copy.data() + static_cast<std::size_t>(jpeg.next_scanline) *
                                     static_cast<std::size_t>(width * components);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string file(reinterpret_cast<const char*>(target), size);
  std::free(target);
  return file;
}

}  // namespace shiftwise::data
