// SPDX-License-Identifier: Apache-2.0
#include "quant/input_moments.h"

#include <algorithm>

namespace shiftwise::quant {

InputMoments::InputMoments(core::ImageShape input, int kernel, int stride, int padding)
    : input_(input),
      kernel_(kernel),
      stride_(stride),
      padding_(padding),
      output_{1, (input.height + 2 * padding - kernel) / stride + 1,
              (input.width + 2 * padding - kernel) / stride + 1},
      sum_(static_cast<std::size_t>(input.channels * kernel * kernel)),
      square_sum_(sum_.size()) {}

void InputMoments::add(int images, std::span<const float> values) {
  std::vector<float> columns(static_cast<std::size_t>(input_.width));
  std::vector<float> squares(columns.size());
  const float* plane = values.data();
  for (int image = 0; image < images; ++image) {
    for (int c = 0; c < input_.channels; ++c, plane += input_.height * input_.width) {
      for (int ky = 0; ky < kernel_; ++ky) {
        std::fill(columns.begin(), columns.end(), 0.0F);
        std::fill(squares.begin(), squares.end(), 0.0F);
        for (int y = 0; y < output_.height; ++y) {
          const int row = y * stride_ + ky - padding_;
          if (row < 0 || row >= input_.height) continue;
          const float* source = plane + row * input_.width;
          for (std::size_t x = 0; x < columns.size(); ++x) {
            columns[x] += source[x];
            squares[x] += source[x] * source[x];
          }
        }
        for (int kx = 0; kx < kernel_; ++kx) {
          double sum = 0;
          double square_sum = 0;
          for (int x = 0; x < output_.width; ++x) {
            const int column = x * stride_ + kx - padding_;
            if (column < 0 || column >= input_.width) continue;
            sum += columns[static_cast<std::size_t>(column)];
            square_sum += squares[static_cast<std::size_t>(column)];
          }
          const auto tap = static_cast<std::size_t>((c * kernel_ + ky) * kernel_ + kx);
          sum_[tap] += sum;
          square_sum_[tap] += square_sum;
        }
      }
    }
  }
  positions_ += images * output_.elements();
}

void InputMoments::merge(const InputMoments& other) {
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    sum_[i] += other.sum_[i];
    square_sum_[i] += other.square_sum_[i];
  }
  positions_ += other.positions_;
}

std::vector<double> InputMoments::mean() const {
  std::vector<double> result = sum_;
  for (double& value : result) value /= static_cast<double>(positions_);
  return result;
}

std::vector<double> InputMoments::mean_square() const {
  std::vector<double> result = square_sum_;
  for (double& value : result) value /= static_cast<double>(positions_);
  return result;
}

}  // namespace shiftwise::quant
