// SPDX-License-Identifier: Apache-2.0
// Sums of products of many rows, by oneDNN.
#pragma once

#include <cstddef>
#include <span>

namespace shiftwise::graph {

/// A window of `columns` columns in rows of `row_size` floats that begin at `data`.
struct Columns {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t row_size = 0;
  std::size_t columns = 0;
};

/// sums[i][j] += sum over rows of row[i] * row[j], in float32, on the calling thread: the
/// same bits for any number of threads elsewhere. sums: [columns][columns].
void add_products(const Columns& window, std::span<float> sums);

}  // namespace shiftwise::graph
