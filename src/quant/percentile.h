// SPDX-License-Identifier: Apache-2.0
// The exact k-th smallest magnitude of a stream, in memory that depends on n - k only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shiftwise::quant {

/// The rank that the 99.999th percentile of n values has in Brevitas, 1-based:
/// floor(0.01 * 99.999 * n + 0.5) in double (docs/numerics.md, eq. 17).
std::int64_t percentile_rank(std::int64_t n);

/// Keeps the largest `keep` magnitudes of everything it is shown. The k-th smallest of n is
/// the (n - k + 1)-th largest, so for a high percentile that is little.
class LargestMagnitudes {
 public:
  explicit LargestMagnitudes(std::int64_t keep) : keep_(static_cast<std::size_t>(keep)) {}

  /// Throws Error where a value is NaN or infinite.
  void add(std::span<const float> values);
  void merge(const LargestMagnitudes& other);
  /// The smallest of the kept: the keep-th largest of all that was added.
  float result() const;

 private:
  void push(float magnitude);
  void shrink();

  std::size_t keep_;
  float floor_ = -1.0F;  ///< keep_ values at least as large as this are in kept_
  std::vector<float> kept_;
};

}  // namespace shiftwise::quant
