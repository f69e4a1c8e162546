// SPDX-License-Identifier: Apache-2.0
// Buffers that live at different times share memory. Private to the room.
#pragma once

#include <cstddef>
#include <span>

namespace shiftwise::graph {

/// Alive from step `born` to step `dies`, both included.
struct Buffer {
  std::size_t bytes = 0;
  int born = 0;
  int dies = 0;
  std::size_t offset = 0;  ///< what place_buffers() chose
};

/// Offsets are multiples of this: a cache line, and what the widest vectors like.
inline constexpr std::size_t kBufferAlignment = 64;

/// Chooses offsets such that buffers alive at the same step do not overlap, the large ones
/// first, each as low as it fits. Returns the size of the whole.
std::size_t place_buffers(std::span<Buffer> buffers);

}  // namespace shiftwise::graph
