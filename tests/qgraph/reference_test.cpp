// SPDX-License-Identifier: Apache-2.0
#include "qgraph/reference.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"
#include "small_networks.h"

namespace shiftwise::qgraph {
namespace {

/// One convolution output by the definition: no clever loop bounds.
std::int64_t definition(const Conv2d& conv, const core::ImageShape& in, const Codes& x, int o,
                        int y, int column) {
  std::int64_t sum = conv.bias[static_cast<std::size_t>(o)];
  for (int i = 0; i < in.channels; ++i) {
    for (int ky = 0; ky < conv.kernel(); ++ky) {
      for (int kx = 0; kx < conv.kernel(); ++kx) {
        const int row = y * conv.stride + ky - conv.padding;
        const int col = column * conv.stride + kx - conv.padding;
        if (row < 0 || row >= in.height || col < 0 || col >= in.width) continue;
        sum += conv.weight.values[static_cast<std::size_t>(
                   ((o * in.channels + i) * conv.kernel() + ky) * conv.kernel() + kx)] *
               x[static_cast<std::size_t>((i * in.height + row) * in.width + col)];
      }
    }
  }
  return sum;
}

TEST(Reference, AStridedPaddedConvolutionIsTheSumOfItsDefinition) {
  const QGraph graph = strided_network();
  verify(graph);
  Codes input(3 * 5 * 7);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<int>(i * 91 % 256) - 128;
  const auto codes = run_reference(graph, input);
  const auto& conv = std::get<Conv2d>(graph.nodes[1].operation);
  const core::Shift shift = output_shift(graph, 1);
  EXPECT_EQ(shift.value, 8);
  for (int o = 0; o < 4; ++o) {
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 4; ++x) {
        const std::int64_t sum = definition(conv, {3, 5, 7}, input, o, y, x);
        EXPECT_EQ(codes[1][static_cast<std::size_t>((o * 3 + y) * 4 + x)],
                  arith::requantize<std::uint8_t>(sum, shift));
      }
    }
  }
}

TEST(Reference, TheWideResidualAddsAccumulatorsBeforeRounding) {
  const QGraph graph = residual_network();
  verify(graph);
  const auto codes = run_reference(graph, Codes{0, 1, 100, 255});
  EXPECT_EQ(codes[1], (Codes{50, 150, 10050, 25550}));
  EXPECT_EQ(codes[2], (Codes{0, -3, -300, -765}));
  // main at -13, skip at -10 moved left by 3; then 7 bits to the right, half up.
  // 50 -> 0.39; 126 -> 0.98; 7650 -> 59.77; 19430 -> 151.80
  EXPECT_EQ(codes[3], (Codes{0, 1, 60, 152}));
  // sum 213 at -6, mean at -7: 213 / 4 * 2 = 106.5, half up
  EXPECT_EQ(codes[4], (Codes{107}));
  EXPECT_EQ(codes[5], (Codes{107 * 5 + 7, 107 * -5 + 8}));
}

TEST(Reference, TheRoundingModeOfTheNetworkIsUsed) {
  QGraph graph = residual_network();
  graph.rounding = arith::Rounding::kConvEven;
  const auto codes = run_reference(graph, Codes{0, 1, 100, 255});
  EXPECT_EQ(codes[4], (Codes{106}));  // 106.5 goes to the even neighbour
}

TEST(Reference, ThePublishedResidualMovesTheCoarserOperandLeft) {
  QGraph graph;
  graph.nodes = {input_node(Element::kInt8, -4, {1, 1, 3}),
                 node("conv", {0}, scalar_conv(1, 0, -2), {Element::kInt8, {-5}, {1, 1, 3}}),
                 node("add", {1, 0}, Add{}, {Element::kUint8, {-4}, {1, 1, 3}})};
  verify(graph);
  // conv: SRS(x, 1); skip moves left by one; the sum goes back right by one.
  const auto codes = run_reference(graph, Codes{127, -128, 5});
  EXPECT_EQ(codes[1], (Codes{64, -64, 3}));
  EXPECT_EQ(codes[2], (Codes{159, 0, 7}));  // (64+254+1)>>1, clamp, (3+10+1)>>1
}

TEST(Reference, ANegativeShiftGoesLeftExactlyAndSaturates) {
  QGraph graph;
  graph.nodes = {input_node(Element::kUint8, -4, {1, 1, 2}),
                 node("conv", {0}, scalar_conv(1, 0, 0), {Element::kUint8, {-5}, {1, 1, 2}})};
  verify(graph);
  EXPECT_EQ(run_reference(graph, Codes{100, 200})[1], (Codes{200, 255}));
}

TEST(Reference, MaxPoolIgnoresItsPadding) {
  QGraph graph;
  graph.nodes = {input_node(Element::kInt8, 0, {1, 3, 3}),
                 node("pool", {0}, MaxPool{.kernel = 3, .stride = 2, .padding = 1},
                      {Element::kInt8, {0}, {1, 2, 2}})};
  verify(graph);
  const Codes all_negative{-9, -8, -7, -6, -5, -4, -3, -2, -1};
  EXPECT_EQ(run_reference(graph, all_negative)[1], (Codes{-5, -4, -2, -1}));
}

TEST(Reference, OptionASubsamplesBetweenZeroChannelsAndMayRequantize) {
  QGraph graph;
  graph.nodes = {input_node(Element::kUint8, -4, {1, 3, 3}),
                 node("copy", {0}, SubsamplePad{.stride = 2, .channels_before = 1},
                      {Element::kUint8, {-4}, {3, 2, 2}}),
                 node("coarser", {0}, SubsamplePad{.stride = 2, .channels_before = 0},
                      {Element::kInt8, {-3}, {1, 2, 2}})};
  verify(graph);
  const auto codes = run_reference(graph, Codes{1, 2, 3, 4, 5, 6, 7, 8, 255});
  EXPECT_EQ(codes[1], (Codes{0, 0, 0, 0, 1, 3, 7, 255, 0, 0, 0, 0}));
  EXPECT_EQ(codes[2], (Codes{1, 2, 4, 127}));
}

TEST(Reference, AnAverageOverAnAreaThatIsNoPowerOfTwoUsesTheReciprocal) {
  QGraph graph;
  graph.nodes = {input_node(Element::kUint8, -4, {2, 7, 7}),
                 node("pool", {0}, GlobalAveragePool{}, {Element::kUint8, {-4}, {2, 1, 1}})};
  verify(graph);
  Codes input(2 * 49, 255);
  for (std::size_t i = 49; i < 98; ++i) input[i] = static_cast<int>(i % 2);
  const auto codes = run_reference(graph, input);
  // 255 * 49 * 1337 / 65536 = 254.9; 25 ones: 25 * 1337 / 65536 = 0.51
  EXPECT_EQ(codes[1], (Codes{255, 1}));
}

TEST(Reference, CountsSaturationsTiesAndTheLargestSum) {
  QGraph graph;
  graph.nodes = {input_node(Element::kInt8, 0, {1, 1, 4}),
                 node("conv", {0}, scalar_conv(3, 0, 0), {Element::kInt8, {1}, {1, 1, 4}})};
  std::vector<RequantizeCounts> counts;
  run_reference(graph, Codes{127, -128, 1, 2}, counts);
  EXPECT_EQ(counts[1].values, 4);
  EXPECT_EQ(counts[1].saturated_high, 1);  // 190.5
  EXPECT_EQ(counts[1].saturated_low, 1);   // -192
  EXPECT_EQ(counts[1].ties, 2);            // 190.5 and 1.5
  EXPECT_EQ(counts[1].largest, 384);
}

TEST(Reference, RefusesCodesOutsideTheInputsElement) {
  EXPECT_THROW(run_reference(residual_network(), Codes{0, 0, 0, 256}), core::Error);
  EXPECT_THROW(run_reference(residual_network(), Codes{0, 0, 0}), core::Error);
}

}  // namespace
}  // namespace shiftwise::qgraph
