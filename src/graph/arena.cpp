// SPDX-License-Identifier: Apache-2.0
#include "graph/arena.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace shiftwise::graph {
namespace {

std::size_t end_of(const Buffer& buffer) {
  const std::size_t end = buffer.offset + buffer.bytes;
  return (end + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

}  // namespace

std::size_t place_buffers(std::span<Buffer> buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  std::size_t total = 0;
  std::vector<const Buffer*> placed;  // by offset
  for (const std::size_t index : order) {
    Buffer& buffer = buffers[index];
    buffer.offset = 0;
    for (const Buffer* other : placed) {
      if (other->dies < buffer.born || buffer.dies < other->born) continue;
      if (buffer.offset + buffer.bytes <= other->offset) break;
      buffer.offset = std::max(buffer.offset, end_of(*other));
    }
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), &buffer,
                         [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; }),
        &buffer);
    total = std::max(total, end_of(buffer));
  }
  return total;
}

}  // namespace shiftwise::graph
