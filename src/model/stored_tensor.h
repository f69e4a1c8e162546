// SPDX-License-Identifier: Apache-2.0
// How the float tensors of a file lie in its bytes, and their values as float32. Private to
// the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::model {

/// Whether a dtype (safetensors' names: "F32", "I64", ...) is one of the floats that are read.
bool is_float(std::string_view dtype);

/// A tensor as a view of little-endian elements; `offset` and `strides` count elements.
struct StridedView {
  std::string_view dtype;  ///< one that is_float()
  core::Shape shape;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
};

/// Row-major strides.
std::vector<std::int64_t> dense_strides(const core::Shape& shape);

/// The number of storage elements that the view needs: one more than the largest index; 0
/// where the shape is empty. Throws Error with `where` for negative or overflowing numbers.
std::int64_t elements_needed(const StridedView& view, const std::string& where);

/// The view's values, widened to float32. `storage` may be misaligned. Throws Error with
/// `where` if it is too short or a value is NaN or infinite (as float32), with its index.
core::Tensor<float> widen(const StridedView& view, std::span<const std::byte> storage,
                          const std::string& where);

}  // namespace shiftwise::model
