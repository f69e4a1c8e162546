// SPDX-License-Identifier: Apache-2.0
// The statistics of calibration: percentiles, histograms, input moments.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/diagnostic.h"
#include "quant/exponent.h"
#include "quant/gaussian.h"
#include "quant/histogram.h"
#include "quant/input_moments.h"
#include "quant/percentile.h"

namespace shiftwise::quant {
namespace {

TEST(PercentileRank, IsThatOfTheFlow) {
  const std::vector<std::pair<std::int64_t, std::int64_t>> ranks{
      {49999, 49999},     {50000, 50000},      {50001, 50000},   {60000, 59999},
      {65536, 65535},     {150000, 149999},    {262144, 262141}, {1048576, 1048566},
      {4194304, 4194262}, {16777216, 16777048}};
  for (const auto& [n, k] : ranks) EXPECT_EQ(percentile_rank(n), k) << n;
}

TEST(LargestMagnitudes, SelectsWhatSortingWould) {
  const std::vector<float> values = gaussian(30011, 7);
  std::vector<float> sorted;
  for (const float value : values) sorted.push_back(std::abs(value));
  std::ranges::sort(sorted, std::greater<>{});
  for (const std::int64_t keep : {1, 2, 169, 5000, 30011}) {
    LargestMagnitudes largest(keep);
    largest.add(values);
    EXPECT_EQ(largest.result(), sorted[static_cast<std::size_t>(keep) - 1]) << keep;
  }
}

TEST(LargestMagnitudes, DoesNotDependOnHowTheStreamIsCut) {
  const std::vector<float> values = gaussian(20000, 8);
  LargestMagnitudes whole(100);
  whole.add(values);
  LargestMagnitudes merged(100);
  for (std::size_t first = 0; first < values.size(); first += 777) {
    LargestMagnitudes piece(100);
    piece.add(std::span(values).subspan(first, std::min<std::size_t>(777, values.size() - first)));
    merged.merge(piece);
  }
  EXPECT_EQ(merged.result(), whole.result());
}

TEST(LargestMagnitudes, TiesCountEachTime) {
  LargestMagnitudes largest(3);
  largest.add(std::vector<float>{.25F, 7, -7, .25F, 3, 100});
  EXPECT_EQ(largest.result(), 7.0F);
}

TEST(LargestMagnitudes, RefusesNanAndInfinity) {
  LargestMagnitudes largest(1);
  EXPECT_THROW(largest.add(std::vector<float>{1, std::numeric_limits<float>::infinity()}),
               core::Error);
  EXPECT_THROW(largest.add(std::vector<float>{std::numeric_limits<float>::quiet_NaN()}),
               core::Error);
}

TEST(Histogram, EstimatesTheErrorThatQuantizingEveryValueHas) {
  std::vector<float> values = gaussian(50000, 9);
  for (float& value : values) value = std::max(value, 0.0F);
  MagnitudeHistogram histogram;
  histogram.add(values);
  for (const int e : {-9, -8, -7, -6, -5, -4, -2}) {
    double exact = 0;
    for (const float value : values) {
      const double q = quantized_code(value, qgraph::Element::kUint8, {e}) * std::ldexp(1.0, e);
      exact += (value - q) * (value - q);
    }
    EXPECT_NEAR(histogram.squared_error(qgraph::Element::kUint8, {e}), exact, .05 * exact) << e;
  }
}

TEST(Histogram, ClipsAnOutlierWhereThatLowersTheError) {
  std::vector<float> values(100000, .7F);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 97) / 128;
  values.push_back(1.2F);
  MagnitudeHistogram histogram;
  histogram.add(values);
  EXPECT_EQ(exponent_for(histogram.largest(), 8).value, -7);
  EXPECT_EQ(best_exponent(histogram, qgraph::Element::kUint8).value, -8);
}

TEST(Histogram, KnowsWhetherAnythingIsNegative) {
  MagnitudeHistogram histogram;
  histogram.add(std::vector<float>{0, 1, -0.0F});
  EXPECT_FALSE(histogram.has_negative());
  MagnitudeHistogram other;
  other.add(std::vector<float>{-1e-20F});
  histogram.merge(other);
  EXPECT_TRUE(histogram.has_negative());
}

TEST(InputMoments, AreTheMeansOverWhatEachTapReads) {
  const core::ImageShape shape{2, 5, 4};
  for (const auto& [kernel, stride, padding] :
       {std::array{3, 1, 1}, std::array{3, 2, 1}, std::array{1, 2, 0}, std::array{5, 1, 2}}) {
    const std::vector<float> values = gaussian(static_cast<std::size_t>(2 * shape.elements()), 3);
    InputMoments moments(shape, kernel, stride, padding);
    moments.add(2, values);
    const int rows = (5 + 2 * padding - kernel) / stride + 1;
    const int columns = (4 + 2 * padding - kernel) / stride + 1;
    for (int c = 0; c < 2; ++c) {
      for (int ky = 0; ky < kernel; ++ky) {
        for (int kx = 0; kx < kernel; ++kx) {
          double sum = 0;
          for (int i = 0; i < 2 * rows * columns; ++i) {
            const int image = i / (rows * columns);
            const int y = i / columns % rows * stride + ky - padding;
            const int x = i % columns * stride + kx - padding;
            if (y < 0 || y >= 5 || x < 0 || x >= 4) continue;
            sum += values[static_cast<std::size_t>(((image * 2 + c) * 5 + y) * 4 + x)];
          }
          const auto tap = static_cast<std::size_t>((c * kernel + ky) * kernel + kx);
          EXPECT_NEAR(moments.mean()[tap], sum / (2 * rows * columns), 1e-6);
        }
      }
    }
  }
}

}  // namespace
}  // namespace shiftwise::quant
