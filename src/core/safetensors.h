// SPDX-License-Identifier: Apache-2.0
// The safetensors container: named tensors, their bytes, and text metadata. What the bytes
// mean (which dtypes are welcome) is the caller's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::core {

/// One tensor of a container: little-endian, row-major, dense. `bytes` is borrowed from the
/// file when read and from the caller when written, and may be misaligned for the dtype.
struct StoredTensor {
  std::string name;
  std::string dtype;  ///< "F32", "F16", "BF16", "I8", "I32", ...
  Shape shape;
  std::span<const std::byte> bytes;
  std::uint64_t offset = 0;  ///< of the first byte in the file, for messages; unused on writing
};

struct Safetensors {
  std::vector<StoredTensor> tensors;  ///< in the order of their bytes
  std::map<std::string, std::string> metadata;

  /// The tensor of that name, or nullptr.
  const StoredTensor* find(std::string_view name) const;
};

/// Bytes per element of a safetensors dtype; 0 where there is no such dtype.
std::size_t bytes_per_element(std::string_view dtype);

/// Whether a file can be a safetensors file: a header length that fits, then a '{'.
bool looks_like_safetensors(std::span<const std::byte> file);

/// The header of `file`, checked against its size: every tensor has a known dtype, exactly
/// the bytes that its shape asks for, inside the file, with neither overlaps nor holes;
/// names are unique. Throws Error naming `where` (the path), the tensor and the byte offset.
Safetensors parse_safetensors(std::span<const std::byte> file, const std::string& where);

/// The file that holds these tensors, larger elements first so that all are aligned. The
/// same input gives the same bytes.
std::vector<std::byte> format_safetensors(const Safetensors& content);

}  // namespace shiftwise::core
