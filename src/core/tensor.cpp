// SPDX-License-Identifier: Apache-2.0
#include "core/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/diagnostic.h"

namespace shiftwise::core {

std::int64_t elements(const Shape& shape) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0 || (extent > 0 && product > kLimit / extent)) {
      throw Error({.what = "a tensor has an impossible shape",
                   .why = fmt::format("[{}]", fmt::join(shape, ", "))});
    }
    product *= extent;
  }
  return product;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string to_string(const ImageShape& shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

}  // namespace shiftwise::core
