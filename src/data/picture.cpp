// SPDX-License-Identifier: Apache-2.0
#include "data/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/diagnostic.h"
#include "core/file.h"
#include "data/picture_codecs.h"

namespace shiftwise::data {
namespace {

template <std::size_t N>
bool starts_with(std::span<const std::byte> bytes, const std::array<unsigned char, N>& magic) {
  return bytes.size() >= N &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

Picture decode(std::span<const std::byte> bytes, const std::string& where, bool size_only) {
  constexpr std::array<unsigned char, 4> kPng{0x89, 'P', 'N', 'G'};
  constexpr std::array<unsigned char, 3> kJpeg{0xff, 0xd8, 0xff};
  Picture picture;
  std::string failure;
  std::string what;
  if (starts_with(bytes, kPng)) {
    what = "cannot read a PNG image";
    failure = decode_png(bytes, size_only, picture);
  } else if (starts_with(bytes, kJpeg)) {
    what = "cannot read a JPEG image";
    failure = decode_jpeg(bytes, size_only, picture);
  } else {
    throw core::Error({.what = "not an image that can be read",
                       .where = where,
                       .why = bytes.empty() ? "the file is empty"
                                            : "its first bytes are neither PNG's nor JPEG's",
                       .hint = "convert it to PNG"});
  }
  if (!failure.empty()) {
    throw core::Error({.what = what, .where = where, .why = failure});
  }
  return picture;
}

}  // namespace

std::string refuse_size(std::int64_t width, std::int64_t height) {
  if (width * height <= kLargestPixels) return {};
  return fmt::format("{}x{} pixels; at most {} are read", width, height, kLargestPixels);
}

Picture decode_picture(std::span<const std::byte> bytes, const std::string& where) {
  return decode(bytes, where, false);
}

Picture read_picture(const std::filesystem::path& path) {
  return decode(core::MappedFile(path).bytes(), path.string(), false);
}

Picture read_picture_size(const std::filesystem::path& path) {
  return decode(core::MappedFile(path).bytes(), path.string(), true);
}

}  // namespace shiftwise::data
