// SPDX-License-Identifier: Apache-2.0
// Shapes and dense row-major tensors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace shiftwise::core {

/// Extents, slowest first: an OIHW weight is {O, I, H, W}, a scalar is {}.
using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for a scalar. Throws Error where an extent is negative or the
/// product does not fit 62 bits, so that a hostile shape cannot wrap an allocation.
std::int64_t elements(const Shape& shape);

/// "[64, 3, 3, 3]".
std::string to_string(const Shape& shape);

/// A tensor that owns its values: row-major, dense.
template <typename T>
struct Tensor {
  Shape shape;
  std::vector<T> values;

  Tensor() = default;
  explicit Tensor(Shape extents)
      : shape(std::move(extents)), values(static_cast<std::size_t>(elements(shape))) {}
  Tensor(Shape extents, std::vector<T> data) : shape(std::move(extents)), values(std::move(data)) {}

  bool empty() const { return values.empty(); }
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// Channels, height and width of one image's activation; the order in memory is CHW.
struct ImageShape {
  int channels = 0;
  int height = 0;
  int width = 0;

  std::int64_t elements() const { return std::int64_t{channels} * height * width; }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// "64x32x32".
std::string to_string(const ImageShape& shape);

}  // namespace shiftwise::core
