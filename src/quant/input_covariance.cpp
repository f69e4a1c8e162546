// SPDX-License-Identifier: Apache-2.0
#include "quant/input_covariance.h"

#include <algorithm>
#include <cmath>

#include "graph/products.h"

namespace shiftwise::quant {
namespace {

/// Taps of one block at most (if one channel has no more).
constexpr int kBlockTaps = 288;
/// Positions of one image: enough for a covariance from a few hundred images.
constexpr int kPositions = 16;

}  // namespace

InputCovariance::InputCovariance(core::ImageShape input, int kernel, int stride, int padding)
    : input_(input),
      kernel_(kernel),
      stride_(stride),
      padding_(padding),
      height_((input.height + 2 * padding - kernel) / stride + 1),
      width_((input.width + 2 * padding - kernel) / stride + 1),
      taps_(static_cast<std::size_t>(input.channels) * static_cast<std::size_t>(kernel * kernel)),
      sums_(taps_) {
  const int window = kernel * kernel;
  const int channels = std::max(1, kBlockTaps / window);
  // Blocks of equal size, so that none is left with a few taps.
  const int count = (input.channels + channels - 1) / channels;
  for (int i = 0; i < count; ++i) {
    const auto edge = [&](int k) {
      return static_cast<std::size_t>(std::int64_t{input.channels} * k / count * window);
    };
    blocks_.push_back({edge(i), edge(i + 1)});
    products_.emplace_back(blocks_.back().size() * blocks_.back().size());
  }
}

void InputCovariance::sample(std::int64_t first, int images, std::span<const float> values,
                             std::vector<float>& rows) const {
  const std::int64_t positions = std::int64_t{height_} * width_;
  const std::int64_t chosen = std::min<std::int64_t>(positions, kPositions);
  for (int image = 0; image < images; ++image) {
    const float* planes = values.data() + image * input_.elements();
    // Evenly spread, and elsewhere in each image: 40503 is 2^16 over the golden ratio.
    const std::int64_t offset = ((first + image) * 40503 % 65536) * positions / 65536;
    for (std::int64_t k = 0; k < chosen; ++k) {
      const std::int64_t position = (offset + k * positions / chosen) % positions;
      const int top = static_cast<int>(position / width_) * stride_ - padding_;
      const int left = static_cast<int>(position % width_) * stride_ - padding_;
      for (int c = 0; c < input_.channels; ++c) {
        const float* plane = planes + std::ptrdiff_t{c} * input_.height * input_.width;
        for (int y = top; y < top + kernel_; ++y) {
          for (int x = left; x < left + kernel_; ++x) {
            const bool inside = y >= 0 && y < input_.height && x >= 0 && x < input_.width;
            rows.push_back(inside ? plane[y * input_.width + x] : 0.0F);
          }
        }
      }
    }
  }
}

void InputCovariance::add(std::span<const float> rows) {
  const std::size_t count = rows.size() / taps_;
  if (count == 0) return;
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t i = 0; i < taps_; ++i) sums_[i] += rows[row * taps_ + i];
  }
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    graph::add_products({.data = rows.data() + blocks_[b].begin,
                         .rows = count,
                         .row_size = taps_,
                         .columns = blocks_[b].size()},
                        products_[b]);
  }
  rows_ += static_cast<std::int64_t>(count);
}

std::vector<double> InputCovariance::covariance(std::size_t block) const {
  const auto [begin, end] = blocks_[block];
  const std::size_t size = end - begin;
  const auto rows = static_cast<double>(rows_);
  const double trust = rows / (rows + static_cast<double>(size));
  std::vector<double> result(size * size);
  bool finite = true;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const double mean_product = sums_[begin + i] / rows * (sums_[begin + j] / rows);
      const double value = products_[block][i * size + j] / rows - mean_product;
      result[i * size + j] = i == j ? std::max(value, 0.0) : value * trust;
      finite = finite && std::isfinite(value);
    }
  }
  if (!finite) {  // squares beyond float32: nothing is known
    std::ranges::fill(result, 0.0);
    for (std::size_t i = 0; i < size; ++i) result[i * size + i] = 1;
  }
  return result;
}

}  // namespace shiftwise::quant
