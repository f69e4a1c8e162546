// SPDX-License-Identifier: Apache-2.0
#include "sim/walk.h"

#include <algorithm>
#include <limits>

namespace shiftwise::sim {

Walk::Walk(const dialect::BufferDescriptor& descriptor, std::int64_t shift) {
  const std::int64_t element = descriptor.element_bytes;
  base_ = (descriptor.offset + shift) * element;
  padded_ = std::ranges::any_of(descriptor.padding, [](const dialect::Padding& padding) {
    return padding.before != 0 || padding.after != 0;
  });
  std::int64_t padded_length = 1;
  for (std::size_t i = 0; i < descriptor.dimensions.size(); ++i) {
    const dialect::Dimension& dimension = descriptor.dimensions[i];
    Loop loop{.size = dimension.size, .stride = dimension.stride * element};
    if (padded_) loop.before = descriptor.padding[i].before;
    loop.total = loop.size + (padded_ ? loop.before + descriptor.padding[i].after : 0);
    padded_length *= loop.total;
    loops_.push_back(loop);
  }
  // The outermost dimension has no size in hardware: the length ends it.
  if (!padded_ && !loops_.empty()) {
    loops_.front().size = loops_.front().total = std::numeric_limits<std::int64_t>::max();
  }
  remaining_ = padded_ ? padded_length * element : descriptor.length * element;
  // The bytes of one element are the innermost loop.
  const std::int64_t bytes = loops_.empty() ? remaining_ : element;
  loops_.push_back({.size = bytes, .stride = 1, .total = bytes});
  fuse();
}

/// Joins the innermost dimensions as long as they are one run of memory.
void Walk::fuse() {
  while (loops_.size() > 1) {
    Loop& inner = loops_.back();
    const Loop& outer = loops_[loops_.size() - 2];
    if (outer.stride != inner.size || inner.before != 0 || inner.total != inner.size) return;
    const std::int64_t unit = inner.size;
    const bool open = outer.total == std::numeric_limits<std::int64_t>::max();
    const std::int64_t size = open ? std::max(remaining_, unit) : outer.size * unit;
    inner = {.size = size,
             .stride = 1,
             .before = outer.before * unit,
             .total = open ? size : outer.total * unit};
    loops_.erase(loops_.end() - 2);
  }
}

Walk::Run Walk::peek() const {
  if (remaining_ == 0) return {};
  std::int64_t offset = base_;
  bool padding = false;
  for (std::size_t i = 0; i + 1 < loops_.size(); ++i) {
    const Loop& loop = loops_[i];
    if (loop.at < loop.before || loop.at >= loop.before + loop.size) padding = true;
    offset += (loop.at - loop.before) * loop.stride;
  }
  const Loop& inner = loops_.back();
  const std::int64_t end = inner.before + inner.size;
  std::int64_t until = inner.total;
  if (inner.at < inner.before) {
    if (!padding) until = inner.before;
    padding = true;
  } else if (inner.at < end) {
    if (!padding) until = end;
  } else {
    padding = true;
  }
  return {.offset = offset + inner.at - inner.before,
          .bytes = std::min(until - inner.at, remaining_),
          .padding = padding};
}

void Walk::advance(std::int64_t bytes) {
  remaining_ -= bytes;
  Loop& inner = loops_.back();
  inner.at += bytes;
  if (inner.at < inner.total) return;
  inner.at = 0;
  for (std::size_t i = loops_.size() - 1; i-- > 0;) {
    if (++loops_[i].at < loops_[i].total) return;
    loops_[i].at = 0;
  }
}

}  // namespace shiftwise::sim
