// SPDX-License-Identifier: Apache-2.0
#include "quant/percentile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "core/diagnostic.h"
#include "core/finite.h"
#include "quant/calibrate.h"

namespace shiftwise::quant {

std::int64_t percentile_rank(std::int64_t n) {
  return static_cast<std::int64_t>(std::floor(0.01 * 99.999 * static_cast<double>(n) + 0.5));
}

void LargestMagnitudes::add(std::span<const float> values) {
  // Nearly all blocks hold nothing above the floor; one maximum settles that.
  constexpr std::size_t kBlock = 256;
  while (!values.empty()) {
    const auto block = values.first(std::min(kBlock, values.size()));
    values = values.subspan(block.size());
    const float largest = std::bit_cast<float>(core::largest_magnitude_bits(block));
    if (!std::isfinite(largest)) refuse_overflow();
    if (largest <= floor_) continue;
    for (const float value : block) push(std::abs(value));
  }
}

void LargestMagnitudes::merge(const LargestMagnitudes& other) {
  for (const float magnitude : other.kept_) push(magnitude);
}

void LargestMagnitudes::push(float magnitude) {
  if (magnitude <= floor_) return;
  kept_.push_back(magnitude);
  if (kept_.size() >= 2 * keep_ + 1024) shrink();
}

void LargestMagnitudes::shrink() {
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(keep_) - 1;
  std::nth_element(kept_.begin(), last, kept_.end(), std::greater<>{});
  floor_ = *last;
  kept_.resize(keep_);
}

float LargestMagnitudes::result() const {
  core::expects(kept_.size() >= keep_ && keep_ > 0, "at least as many values as are asked for");
  std::vector<float> sorted = kept_;
  const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(keep_) - 1;
  std::nth_element(sorted.begin(), last, sorted.end(), std::greater<>{});
  return *last;
}

}  // namespace shiftwise::quant
