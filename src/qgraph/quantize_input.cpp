// SPDX-License-Identifier: Apache-2.0
#include "qgraph/quantize_input.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/diagnostic.h"

namespace shiftwise::qgraph {

std::size_t bytes_per_code(Element element) { return element == Element::kInt32 ? 4 : 1; }

void quantize_input(const Type& type, std::span<const float> values, std::span<std::byte> codes) {
  core::expects(codes.size() == values.size(), "one byte per value");
  const float inverse = std::ldexp(1.0F, -type.exponent.value);
  const auto low = static_cast<float>(lowest(type.element));
  const auto high = static_cast<float>(highest(type.element));
  for (std::size_t i = 0; i < values.size(); ++i) {
    // The product with a power of two is exact; clipping before rounding gives the same code
    // and keeps the conversion defined. A NaN fails both comparisons of its clip.
    const float scaled = values[i] * inverse;
    const float clipped =
        scaled > low ? (scaled < high ? scaled : high) : (scaled <= low ? low : 0.0F);
    codes[i] = static_cast<std::byte>(static_cast<int>(std::nearbyintf(clipped)));
  }
}

void dequantize(const Type& type, std::span<const std::byte> codes, std::span<float> values) {
  core::expects(codes.size() == values.size() * bytes_per_code(type.element),
                "as many codes as values");
  const float scale = std::ldexp(1.0F, type.exponent.value);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::int32_t code = 0;
    switch (type.element) {
      case Element::kInt8:
        code = static_cast<std::int8_t>(codes[i]);
        break;
      case Element::kUint8:
        code = static_cast<std::uint8_t>(codes[i]);
        break;
      case Element::kInt32:
        std::memcpy(&code, &codes[4 * i], sizeof code);
        break;
    }
    values[i] = static_cast<float>(code) * scale;
  }
}

}  // namespace shiftwise::qgraph
