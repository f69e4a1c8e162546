// SPDX-License-Identifier: Apache-2.0
// Weights that make up for each other's rounding, and the covariances that tell them how.
#include "quant/round_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/parallel.h"
#include "quant/exponent.h"
#include "quant/gaussian.h"

namespace shiftwise::quant {
namespace {

constexpr core::ImageShape kPixel{8, 1, 1};

/// `images` images of eight channels: two common causes and a little of each channel's own.
std::vector<float> correlated(int images, float own) {
  const std::vector<float> causes = gaussian(static_cast<std::size_t>(images) * 2, 1);
  const std::vector<float> mix = gaussian(16, 2);
  std::vector<float> values = gaussian(static_cast<std::size_t>(images) * 8, 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] =
        own * values[i] + causes[i / 8 * 2] * mix[i % 8] + causes[i / 8 * 2 + 1] * mix[8 + i % 8];
  }
  return values;
}

InputCovariance covariance_of(const core::ImageShape& shape, int kernel, int stride, int padding,
                              int images, const std::vector<float>& values) {
  InputCovariance covariance(shape, kernel, stride, padding);
  std::vector<float> rows;
  covariance.sample(0, images, values, rows);
  covariance.add(rows);
  return covariance;
}

/// Mean square of what `codes` make wrong on `values`, its mean taken out as a bias would.
double output_error(const core::Tensor<float>& weight, const core::Tensor<std::int8_t>& codes,
                    core::Exponent exponent, const std::vector<float>& values) {
  const double images = static_cast<double>(values.size()) / 8;
  double error = 0;
  for (std::size_t o = 0; o < weight.values.size(); o += 8) {
    double sum = 0;
    double square_sum = 0;
    for (std::size_t at = 0; at < values.size(); at += 8) {
      double difference = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        difference += values[at + i] * (std::ldexp(codes.values[o + i], exponent.value) -
                                        static_cast<double>(weight.values[o + i]));
      }
      sum += difference;
      square_sum += difference * difference;
    }
    error += square_sum / images - sum / images * (sum / images);
  }
  return error;
}

core::Tensor<float> weights(std::int64_t outputs) {
  return {{outputs, 8, 1, 1}, gaussian(static_cast<std::size_t>(outputs) * 8, 4)};
}

TEST(RoundWeights, LowersTheErrorOfLayersWithCorrelatedInputs) {
  const core::Tensor<float> weight = weights(37);
  const core::Exponent exponent = exponent_for(weight_threshold(weight.values), 7);
  const auto inputs = covariance_of(kPixel, 1, 1, 0, 500, correlated(500, .1F));
  const std::vector<float> unseen = correlated(900, .1F);
  const double nearest = output_error(weight, quantize_weight(weight, exponent), exponent, unseen);
  const double rounded =
      output_error(weight, round_weights(weight, exponent, inputs, 0), exponent, unseen);
  EXPECT_LT(rounded, nearest / 5);
}

TEST(RoundWeights, RoundsToNearestWhereInputsHaveNothingInCommon) {
  const core::Tensor<float> weight = weights(5);
  const auto inputs = covariance_of(kPixel, 1, 1, 0, 500, correlated(500, .1F));
  // Noise that drowns every correlation.
  EXPECT_EQ(round_weights(weight, {-6}, inputs, 1e9).values, quantize_weight(weight, {-6}).values);
}

TEST(RoundWeights, RoundsToNearestWhereNothingWasSeen) {
  const core::Tensor<float> weight = weights(5);
  const auto inputs = covariance_of(kPixel, 1, 1, 0, 30, std::vector<float>(240, 0.0F));
  EXPECT_EQ(round_weights(weight, {-6}, inputs, 0).values, quantize_weight(weight, {-6}).values);
}

TEST(RoundWeights, RoundsToNearestWhereSquaresOverflow) {
  const core::Tensor<float> weight = weights(5);
  std::vector<float> values = correlated(30, .1F);
  for (float& value : values) value *= 1e25F;
  const auto inputs = covariance_of(kPixel, 1, 1, 0, 30, values);
  EXPECT_EQ(round_weights(weight, {-6}, inputs, 0).values, quantize_weight(weight, {-6}).values);
}

TEST(RoundWeights, WhatClippingCutsOffIsUndoneToo) {
  const core::Tensor<float> weight{{1, 2, 1, 1}, {1.25F, -.5F}};  // 160 and -64 steps
  std::vector<float> values = gaussian(400, 5);
  for (std::size_t i = 0; i < values.size(); i += 2) values[i + 1] = values[i] / 2;
  const auto inputs = covariance_of({2, 1, 1}, 1, 1, 0, 200, values);
  const core::Tensor<std::int8_t> codes = round_weights(weight, {-7}, inputs, 1e-6);
  EXPECT_EQ(codes.values[0], 127);
  EXPECT_NEAR(codes.values[1], -64 + 2 * (160 - 127), 1);
}

TEST(RoundWeights, IsTheSameForAnyNumberOfThreads) {
  const core::Tensor<float> weight = weights(100);
  const auto inputs = covariance_of(kPixel, 1, 1, 0, 500, correlated(500, .1F));
  std::vector<std::vector<std::int8_t>> codes;
  for (const int threads : {1, 2, 3}) {
    core::set_thread_limit(threads);
    codes.push_back(round_weights(weight, {-6}, inputs, 1e-5).values);
  }
  core::set_thread_limit(0);
  EXPECT_EQ(codes[0], codes[1]);
  EXPECT_EQ(codes[0], codes[2]);
}

TEST(InputCovariance, IsThatOfWhatTheTapsReadShrunkByHowLittleWasSeen) {
  // Sixteen outputs or fewer: every position is a row.
  constexpr core::ImageShape kShape{2, 7, 8};
  constexpr int kImages = 3;
  const std::vector<float> values = gaussian(static_cast<std::size_t>(kImages * 2 * 56), 6);
  for (const auto& [kernel, stride, padding] : {std::array{3, 2, 1}, std::array{1, 2, 0}}) {
    const auto covariance = covariance_of(kShape, kernel, stride, padding, kImages, values);
    const int height = (7 + 2 * padding - kernel) / stride + 1;
    const int width = (8 + 2 * padding - kernel) / stride + 1;
    const auto read = [&](int image, int y, int x, std::size_t tap) -> double {
      const int window = kernel * kernel;
      const int channel = static_cast<int>(tap) / window;
      const int row = y * stride - padding + static_cast<int>(tap) % window / kernel;
      const int column = x * stride - padding + static_cast<int>(tap) % kernel;
      if (row < 0 || row >= 7 || column < 0 || column >= 8) return 0;
      return values[static_cast<std::size_t>(((image * 2 + channel) * 7 + row) * 8 + column)];
    };
    const auto mean = [&](auto value) {
      double sum = 0;
      for (int i = 0; i < kImages; ++i) {
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) sum += value(i, y, x);
        }
      }
      return sum / (kImages * height * width);
    };
    const std::size_t taps = covariance.taps();
    ASSERT_EQ(covariance.blocks().size(), 1);
    const std::vector<double> found = covariance.covariance(0);
    const double rows = kImages * height * width;
    for (std::size_t a = 0; a < taps; ++a) {
      for (std::size_t b = 0; b < taps; ++b) {
        const double product =
            mean([&](int i, int y, int x) { return read(i, y, x, a) * read(i, y, x, b); });
        const double centred =
            product - mean([&](int i, int y, int x) { return read(i, y, x, a); }) *
                          mean([&](int i, int y, int x) { return read(i, y, x, b); });
        const double trust = a == b ? 1 : rows / (rows + static_cast<double>(taps));
        EXPECT_NEAR(found[a * taps + b], centred * trust, 1e-5) << a << " " << b;
      }
    }
  }
}

TEST(InputCovariance, ManyChannelsAreCutIntoBlocksOfWholeChannels) {
  const InputCovariance covariance({100, 4, 4}, 3, 1, 1);
  std::size_t next = 0;
  for (const auto& block : covariance.blocks()) {
    EXPECT_EQ(block.begin, next);
    EXPECT_EQ(block.begin % 9, 0);
    EXPECT_LE(block.size(), 288);
    next = block.end;
  }
  EXPECT_EQ(next, 900);
}

}  // namespace
}  // namespace shiftwise::quant
