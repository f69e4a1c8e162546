// SPDX-License-Identifier: Apache-2.0
#include "model/stored_tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "core/diagnostic.h"
#include "core/float16.h"
#include "core/safetensors.h"

namespace shiftwise::model {
namespace {

struct F64 {
  using Raw = double;
  static float decode(Raw raw) { return static_cast<float>(raw); }
};
struct F32 {
  using Raw = float;
  static float decode(Raw raw) { return raw; }
};
struct F16 {
  using Raw = std::uint16_t;
  static float decode(Raw raw) { return core::float_from_half(raw); }
};
struct BF16 {
  using Raw = std::uint16_t;
  static float decode(Raw raw) { return core::float_from_bfloat16(raw); }
};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw core::Error({.what = "cannot read a checkpoint", .where = where, .why = why});
}

template <typename Format>
float load(const std::byte* from) {
  typename Format::Raw raw;
  std::memcpy(&raw, from, sizeof(raw));
  return Format::decode(raw);
}

template <typename Format>
void widen_dense(const std::byte* from, std::vector<float>& to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = load<Format>(from + i * sizeof(typename Format::Raw));
  }
}

template <typename Format>
void widen_strided(const StridedView& view, const std::byte* from, std::vector<float>& to) {
  std::vector<std::int64_t> index(view.shape.size(), 0);
  std::int64_t at = 0;
  for (float& value : to) {
    value = load<Format>(from + at * static_cast<std::int64_t>(sizeof(typename Format::Raw)));
    for (std::size_t axis = index.size(); axis > 0; --axis) {
      at += view.strides[axis - 1];
      if (++index[axis - 1] < view.shape[axis - 1]) break;
      at -= view.strides[axis - 1] * view.shape[axis - 1];
      index[axis - 1] = 0;
    }
  }
}

template <typename Format>
void widen_as(const StridedView& view, const std::byte* from, std::vector<float>& to) {
  if (view.strides == dense_strides(view.shape)) {
    widen_dense<Format>(from, to);
  } else {
    widen_strided<Format>(view, from, to);
  }
}

void check_finite(const core::Tensor<float>& tensor, const std::string& where) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t bad = 0;
  for (const float value : tensor.values) {
    bad |=
        static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  if (bad == 0) return;
  std::size_t i = 0;
  while (std::isfinite(tensor.values[i])) ++i;
  std::vector<std::int64_t> index(tensor.shape.size());
  auto rest = static_cast<std::int64_t>(i);
  for (std::size_t axis = index.size(); axis > 0; --axis) {
    index[axis - 1] = rest % tensor.shape[axis - 1];
    rest /= tensor.shape[axis - 1];
  }
  throw core::Error(
      {.what = "a checkpoint holds a value that is no number to compute with",
       .where = where,
       .why = fmt::format("it is {} at index {}", tensor.values[i], core::to_string(index)),
       .hint = "the training diverged, or the file is damaged; use an earlier checkpoint"});
}

}  // namespace

bool is_float(std::string_view dtype) {
  return dtype == "F32" || dtype == "F16" || dtype == "BF16" || dtype == "F64";
}

std::vector<std::int64_t> dense_strides(const core::Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis > 1; --axis) {
    strides[axis - 2] = strides[axis - 1] * shape[axis - 1];
  }
  return strides;
}

std::int64_t elements_needed(const StridedView& view, const std::string& where) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  if (view.strides.size() != view.shape.size()) {
    refuse(where,
           fmt::format("it has {} extents but {} strides", view.shape.size(), view.strides.size()));
  }
  std::int64_t product = 1;
  for (const std::int64_t extent : view.shape) {
    if (extent < 0 || (extent > 0 && product > kLimit / extent)) {
      refuse(where, fmt::format("its shape {} is impossible", core::to_string(view.shape)));
    }
    product *= extent;
  }
  if (product == 0) return 0;
  if (view.offset < 0) refuse(where, fmt::format("it begins at element {}", view.offset));
  std::int64_t last = view.offset;
  for (std::size_t axis = 0; axis < view.shape.size(); ++axis) {
    const std::int64_t stride = view.strides[axis];
    const std::int64_t steps = view.shape[axis] - 1;
    if (stride < 0) refuse(where, fmt::format("its stride {} is negative", stride));
    if (last > kLimit || (steps > 0 && stride > (kLimit - last) / steps)) {
      refuse(where, fmt::format("its shape {} and strides {} leave the address space",
                                core::to_string(view.shape), core::to_string(view.strides)));
    }
    last += stride * steps;
  }
  return last + 1;
}

core::Tensor<float> widen(const StridedView& view, std::span<const std::byte> storage,
                          const std::string& where) {
  core::expects(is_float(view.dtype), "only floats are widened", where);
  const std::size_t width = core::bytes_per_element(view.dtype);
  const std::int64_t needed = elements_needed(view, where);
  if (static_cast<std::uint64_t>(needed) > storage.size() / width) {
    refuse(where,
           fmt::format("{} with strides {} from element {} on needs {} elements of {}, but its "
                       "storage has {}",
                       core::to_string(view.shape), core::to_string(view.strides), view.offset,
                       needed, view.dtype, storage.size() / width));
  }
  core::Tensor<float> tensor(view.shape);
  if (tensor.empty()) return tensor;
  const std::byte* from = storage.data() + static_cast<std::size_t>(view.offset) * width;
  if (view.dtype == "F64") widen_as<F64>(view, from, tensor.values);
  if (view.dtype == "F32") widen_as<F32>(view, from, tensor.values);
  if (view.dtype == "F16") widen_as<F16>(view, from, tensor.values);
  if (view.dtype == "BF16") widen_as<BF16>(view, from, tensor.values);
  check_finite(tensor, where);
  return tensor;
}

}  // namespace shiftwise::model
