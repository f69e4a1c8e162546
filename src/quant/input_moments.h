// SPDX-License-Identifier: Apache-2.0
// What a layer's weights are multiplied with, on average.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::quant {

/// Mean and mean square of the input of a convolution at each of its taps, padding included:
/// [I][K][K] doubles. With them the expected output of any weights is a dot product, so the
/// bias that weight rounding adds can be removed without running the network again
/// (docs/numerics.md, eq. 20).
class InputMoments {
 public:
  InputMoments(core::ImageShape input, int kernel, int stride, int padding);

  /// values: [images][C][H][W] f32.
  void add(int images, std::span<const float> values);
  void merge(const InputMoments& other);

  std::vector<double> mean() const;
  std::vector<double> mean_square() const;

 private:
  core::ImageShape input_;
  int kernel_;
  int stride_;
  int padding_;
  core::ImageShape output_;  ///< of one channel; for counting positions
  std::int64_t positions_ = 0;
  std::vector<double> sum_;
  std::vector<double> square_sum_;
};

}  // namespace shiftwise::quant
