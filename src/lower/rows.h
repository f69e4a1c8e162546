// SPDX-License-Identifier: Apache-2.0
// Which rows of a FIFO a core holds while it makes each row of its output.
#pragma once

#include <span>
#include <vector>

namespace shiftwise::lower {

/// What one operand asks for: output row y reads rows y * stride - padding and the
/// kernel - 1 after it, as far as they exist.
struct Window {
  int kernel = 1;
  int stride = 1;
  int padding = 0;
};

/// One output row's dealings with a FIFO: hold `acquire` objects, of which the first is row
/// `base`; give back the `release` oldest afterwards.
struct RowUse {
  int acquire = 0;
  int release = 0;
  int base = 0;
  friend bool operator==(const RowUse&, const RowUse&) = default;
};

/// For every output row, for all the windows that look at one FIFO of `in_rows` objects an
/// image. Every object is acquired and released once, also those that nobody reads.
std::vector<RowUse> row_uses(std::span<const Window> windows, int in_rows, int out_rows);

/// The most that are held at once.
int most_held(std::span<const RowUse> uses);

}  // namespace shiftwise::lower
