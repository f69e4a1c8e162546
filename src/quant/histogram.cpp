// SPDX-License-Identifier: Apache-2.0
#include "quant/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "quant/calibrate.h"
#include "quant/exponent.h"

namespace shiftwise::quant {

void MagnitudeHistogram::add(std::span<const float> values) {
  std::uint32_t signs = 0;
  std::uint32_t largest = std::bit_cast<std::uint32_t>(largest_);
  for (const float value : values) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    ++counts_[magnitude >> kDropped];
    largest = std::max(largest, magnitude);
    signs |= value < 0 ? 1U : 0U;
  }
  largest_ = std::bit_cast<float>(largest);
  has_negative_ = has_negative_ || signs != 0;
  if (!std::isfinite(largest_)) refuse_overflow();
}

void MagnitudeHistogram::merge(const MagnitudeHistogram& other) {
  for (std::size_t i = 0; i < kBins; ++i) counts_[i] += other.counts_[i];
  largest_ = std::max(largest_, other.largest_);
  has_negative_ = has_negative_ || other.has_negative_;
}

double MagnitudeHistogram::squared_error(qgraph::Element element, core::Exponent exponent) const {
  const double step = std::ldexp(1.0, exponent.value);
  const double limit = static_cast<double>(qgraph::highest(element)) * step;
  double error = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (counts_[bin] == 0) continue;
    const auto bits = static_cast<std::uint32_t>(bin) << kDropped;
    const double low = std::bit_cast<float>(bits);
    const double width = std::bit_cast<float>(bits + (1U << kDropped)) - low;
    const double middle = low + width / 2;
    double each = step * step / 12;  // the bin covers many steps: errors are spread evenly
    if (middle > limit) {
      each = (middle - limit) * (middle - limit);
    } else if (width < step) {
      const double rounded = std::nearbyint(middle / step) * step;
      each = (middle - rounded) * (middle - rounded) + width * width / 12;
    }
    if (bin == 0) each = 0;  // zero (and what float32 can hardly tell from it) is exact
    error += each * static_cast<double>(counts_[bin]);
  }
  return error;
}

float activation_threshold(const MagnitudeHistogram& histogram) {
  return histogram.largest() > 0 ? histogram.largest() : 1.0F;
}

core::Exponent best_exponent(const MagnitudeHistogram& histogram, qgraph::Element element) {
  const int bits = element == qgraph::Element::kUint8 ? 8 : 7;
  const core::Exponent widest = exponent_for(activation_threshold(histogram), bits);
  core::Exponent best = widest;
  double smallest = histogram.squared_error(element, widest);
  for (int clipped = 1; clipped <= 3; ++clipped) {
    const core::Exponent candidate{widest.value - clipped};
    const double error = histogram.squared_error(element, candidate);
    if (error < smallest) {
      smallest = error;
      best = candidate;
    }
  }
  return best;
}

}  // namespace shiftwise::quant
