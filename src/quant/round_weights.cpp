// SPDX-License-Identifier: Apache-2.0
#include "quant/round_weights.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/parallel.h"
#include "qgraph/qgraph.h"

namespace shiftwise::quant {
namespace {

/// Output channels that are rounded side by side, so that a compiler can use vectors.
constexpr std::size_t kLanes = 16;

/// How the errors of the taps that are rounded already pull at the next one: R of eq. 22, its
/// rows divided by their diagonal.
class Feedback {
 public:
  /// covariance: [size][size].
  Feedback(std::vector<double> covariance, std::size_t size, double noise)
      : size_(size), order_(size) {
    double largest = 0;
    for (std::size_t i = 0; i < size; ++i) largest = std::max(largest, covariance[i * size + i]);
    // Never zero, or a tap that sees nothing would take any error.
    for (std::size_t i = 0; i < size; ++i) {
      covariance[i * size + i] += noise + largest * 1e-6 + 1e-30;
    }
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return covariance[i * size + i]; });
    factorize(covariance);
  }

  /// Rounds `channels` output channels, `taps` apart, from `steps` (weights in steps of the
  /// exponent) to `codes`.
  void round(std::size_t channels, std::size_t taps, const float* steps, std::int8_t* codes) const {
    const auto low = static_cast<float>(qgraph::lowest(qgraph::Element::kInt8));
    const auto high = static_cast<float>(qgraph::highest(qgraph::Element::kInt8));
    std::vector<std::array<float, kLanes>> errors(size_);
    for (std::size_t i = size_; i-- > 0;) {
      std::array<float, kLanes> pull{};
      for (std::size_t j = i + 1; j < size_; ++j) {
        const float factor = factors_[i * size_ + j];
        for (std::size_t lane = 0; lane < kLanes; ++lane) pull[lane] += factor * errors[j][lane];
      }
      for (std::size_t lane = 0; lane < channels; ++lane) {
        const float step = steps[lane * taps + order_[i]];
        const float code = std::clamp(std::nearbyintf(step + pull[lane]), low, high);
        codes[lane * taps + order_[i]] = static_cast<std::int8_t>(code);
        errors[i][lane] = step - code;
      }
    }
  }

 private:
  /// Cholesky, row by row of the upper triangle, in the order of rounding from last to first.
  void factorize(const std::vector<double>& covariance) {
    std::vector<double> r(size_ * size_);
    for (std::size_t i = 0; i < size_; ++i) {
      double* row = r.data() + i * size_;
      for (std::size_t j = i; j < size_; ++j) row[j] = covariance[order_[i] * size_ + order_[j]];
      const double before = row[i];
      for (std::size_t k = 0; k < i; ++k) {
        const double* above = r.data() + k * size_;
        const double factor = above[i];
        for (std::size_t j = i; j < size_; ++j) row[j] -= factor * above[j];
      }
      const double pivot = std::sqrt(std::max(row[i], 1e-9 * before));  // rounding may eat it up
      for (std::size_t j = i; j < size_; ++j) row[j] /= pivot;
    }
    factors_.resize(size_ * size_);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = i + 1; j < size_; ++j) {
        factors_[i * size_ + j] = static_cast<float>(r[i * size_ + j] / r[i * size_ + i]);
      }
    }
  }

  std::size_t size_;
  std::vector<std::size_t> order_;  ///< taps from the last rounded to the first
  std::vector<float> factors_;
};

}  // namespace

core::Tensor<std::int8_t> round_weights(const core::Tensor<float>& weight, core::Exponent exponent,
                                        const InputCovariance& inputs, double noise) {
  core::Tensor<std::int8_t> result(weight.shape);
  std::vector<float> steps(weight.values.size());
  std::ranges::transform(weight.values, steps.begin(),
                         [&](float w) { return std::ldexp(w, -exponent.value); });
  const auto outputs = static_cast<std::size_t>(weight.shape[0]);
  core::parallel_for(std::ssize(inputs.blocks()), [&](std::int64_t block) {
    const auto [begin, end] = inputs.blocks()[static_cast<std::size_t>(block)];
    const Feedback feedback(inputs.covariance(static_cast<std::size_t>(block)), end - begin, noise);
    core::parallel_for(static_cast<std::int64_t>((outputs + kLanes - 1) / kLanes),
                       [&](std::int64_t group) {
                         const std::size_t first = static_cast<std::size_t>(group) * kLanes;
                         const std::size_t at = first * inputs.taps() + begin;
                         feedback.round(std::min(kLanes, outputs - first), inputs.taps(),
                                        steps.data() + at, result.values.data() + at);
                       });
  });
  return result;
}

}  // namespace shiftwise::quant
