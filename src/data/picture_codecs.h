// SPDX-License-Identifier: Apache-2.0
// The two decoders behind picture.h. Each wraps a C library that reports errors by longjmp,
// which skips destructors; so each lives in a file of its own, owns nothing across the jump,
// and returns its error as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "data/picture.h"

namespace shiftwise::data {

/// Fills `picture` (with `size_only`: width and height alone) and returns an empty string, or
/// returns why that cannot be done.
std::string decode_png(std::span<const std::byte> bytes, bool size_only, Picture& picture);
std::string decode_jpeg(std::span<const std::byte> bytes, bool size_only, Picture& picture);

/// Empty, or why a picture of that size is refused.
std::string refuse_size(std::int64_t width, std::int64_t height);

}  // namespace shiftwise::data
