// SPDX-License-Identifier: Apache-2.0
// The addresses of one execution of a buffer descriptor, in order, as runs of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dialect/program.h"

namespace shiftwise::sim {

class Walk {
 public:
  /// Consecutive bytes, or that many bytes of padding.
  struct Run {
    std::int64_t offset = 0;  ///< in bytes, from the start of the memory
    std::int64_t bytes = 0;   ///< 0: the end
    bool padding = false;
  };

  Walk() = default;
  /// `shift` elements are added to the descriptor's offset: the state of its iteration.
  Walk(const dialect::BufferDescriptor& descriptor, std::int64_t shift);

  /// Bytes of the stream, padding included, that are still to come.
  std::int64_t remaining() const { return remaining_; }
  /// What comes next, not longer than remaining(). Does not move.
  Run peek() const;
  /// Moves by `bytes`, at most those of peek().
  void advance(std::int64_t bytes);
  /// Whether all of it is one run of memory.
  bool linear() const { return loops_.size() == 1 && !padded_; }

 private:
  struct Loop {
    std::int64_t size = 1;    ///< positions with data
    std::int64_t stride = 0;  ///< bytes
    std::int64_t before = 0;  ///< positions of padding
    std::int64_t total = 1;   ///< positions altogether
    std::int64_t at = 0;
  };

  void fuse();

  std::int64_t base_ = 0;
  std::int64_t remaining_ = 0;
  bool padded_ = false;
  std::vector<Loop> loops_;  ///< outermost first; the last one counts bytes
};

}  // namespace shiftwise::sim
