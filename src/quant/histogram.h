// SPDX-License-Identifier: Apache-2.0
// Magnitudes counted by their leading bits, and the quantization error that follows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "qgraph/qgraph.h"

namespace shiftwise::quant {

/// Counts of |x| by float32 exponent and the upper five bits of the significand: every
/// magnitude is known to 3 %, in fixed memory, whatever its range.
class MagnitudeHistogram {
 public:
  MagnitudeHistogram() : counts_(kBins) {}

  /// Throws Error where a value is NaN or infinite.
  void add(std::span<const float> values);
  void merge(const MagnitudeHistogram& other);

  bool has_negative() const { return has_negative_; }
  float largest() const { return largest_; }

  /// Sum over all values of (x - quantized x)^2, for codes of `element` at `exponent`
  /// (docs/numerics.md, eq. 19). Negative values of a signed element clip like positive ones.
  double squared_error(qgraph::Element element, core::Exponent exponent) const;

 private:
  static constexpr int kSignificandBits = 5;
  static constexpr int kDropped = 23 - kSignificandBits;
  static constexpr std::size_t kBins = std::size_t{256} << kSignificandBits;

  std::vector<std::int64_t> counts_;
  float largest_ = 0;
  bool has_negative_ = false;
};

/// What the exponent is made from: the largest magnitude, or 1 where all values are zero (any
/// exponent serves those, and an ordinary one keeps sums with other tensors small).
float activation_threshold(const MagnitudeHistogram& histogram);

/// The exponent with the smallest squared error, among those that clip nothing, or clip up
/// to three binary digits of the largest value.
core::Exponent best_exponent(const MagnitudeHistogram& histogram, qgraph::Element element);

}  // namespace shiftwise::quant
