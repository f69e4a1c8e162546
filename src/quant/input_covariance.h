// SPDX-License-Identifier: Apache-2.0
// How the inputs that one output of a layer is made of vary together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::quant {

/// Covariance of the inputs of a convolution's taps, over a few positions of each image:
/// what decides how the error of one rounded weight can be undone by others (eq. 22). The
/// input channels are cut into blocks, and nothing is known of two taps in different blocks,
/// so that its size grows with the layer and not with its square.
class InputCovariance {
 public:
  InputCovariance(core::ImageShape input, int kernel, int stride, int padding);

  std::size_t taps() const { return taps_; }

  /// Taps [begin, end).
  struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t size() const { return end - begin; }
  };
  /// In order, without gaps.
  const std::vector<Block>& blocks() const { return blocks_; }

  /// Appends the taps at the chosen positions of images `first`, first + 1, ... to `rows`:
  /// [positions][taps] f32. values: [images][C][H][W] f32.
  void sample(std::int64_t first, int images, std::span<const float> values,
              std::vector<float>& rows) const;
  /// Counts what sample() chose. The order of the calls decides the last bits of the sums.
  void add(std::span<const float> rows);

  /// Of one block, [size][size]: the sampled covariance, its off-diagonal shrunk towards
  /// zero by how few rows it was estimated from. The identity where a sum has overflowed.
  std::vector<double> covariance(std::size_t block) const;

 private:
  core::ImageShape input_;
  int kernel_;
  int stride_;
  int padding_;
  int height_;  ///< of the output
  int width_;
  std::size_t taps_;
  std::vector<Block> blocks_;
  std::int64_t rows_ = 0;
  std::vector<double> sums_;
  std::vector<std::vector<float>> products_;  ///< by block
};

}  // namespace shiftwise::quant
