// SPDX-License-Identifier: Apache-2.0
#include "lower/layout.h"

#include <algorithm>

#include "core/diagnostic.h"

namespace shiftwise::lower {

std::int64_t ActivationLayout::object_bytes() const {
  return std::int64_t{groups()} * rows_per_object * shape.width * 8;
}

std::int64_t ActivationLayout::image_bytes() const {
  return object_bytes() * ((shape.height + rows_per_object - 1) / rows_per_object);
}

void ActivationLayout::pack(std::span<const std::byte> codes, std::span<std::byte> packed) const {
  core::expects(static_cast<std::int64_t>(codes.size()) == shape.elements() &&
                    static_cast<std::int64_t>(packed.size()) == image_bytes(),
                "codes and packed are one image each");
  std::fill(packed.begin(), packed.end(), std::byte{0});
  const std::byte* from = codes.data();
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      std::byte* to =
          packed.data() + y / rows_per_object * object_bytes() +
          ((std::int64_t{c / 8} * rows_per_object + y % rows_per_object) * shape.width) * 8 + c % 8;
      for (int x = 0; x < shape.width; ++x, to += 8) *to = *from++;
    }
  }
}

void ActivationLayout::unpack(std::span<const std::byte> packed, std::span<std::byte> codes) const {
  core::expects(static_cast<std::int64_t>(codes.size()) == shape.elements() &&
                    static_cast<std::int64_t>(packed.size()) == image_bytes(),
                "codes and packed are one image each");
  std::byte* to = codes.data();
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      const std::byte* from =
          packed.data() + y / rows_per_object * object_bytes() +
          ((std::int64_t{c / 8} * rows_per_object + y % rows_per_object) * shape.width) * 8 + c % 8;
      for (int x = 0; x < shape.width; ++x, from += 8) *to++ = *from;
    }
  }
}

}  // namespace shiftwise::lower
