// SPDX-License-Identifier: Apache-2.0
// PNG and JPEG files as plain 8-bit RGB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace shiftwise::data {

/// Pictures of more pixels than this are refused before memory is set aside for them.
inline constexpr std::int64_t kLargestPixels = std::int64_t{1} << 26;

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  ///< [H][W][3]
};

/// Decodes a PNG or JPEG file, told apart by content. Gray becomes three equal channels, a
/// palette its colours, 16 bits round to 8; an alpha channel is dropped, gamma and orientation
/// tags are not applied (what PIL's convert("RGB") does, and so most training code). Throws
/// Error naming the file for anything else, truncated or damaged.
Picture read_picture(const std::filesystem::path& path);

/// As read_picture, of bytes in memory; `where` names them in errors.
Picture decode_picture(std::span<const std::byte> bytes, const std::string& where);

/// Width and height alone, from the file's header.
Picture read_picture_size(const std::filesystem::path& path);

}  // namespace shiftwise::data
