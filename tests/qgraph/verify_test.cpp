// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "core/diagnostic.h"
#include "qgraph/qgraph.h"
#include "small_networks.h"

namespace shiftwise::qgraph {
namespace {

/// The reason for which a network is refused, after one planted fault.
std::string reason(QGraph graph, const std::function<void(QGraph&)>& fault) {
  verify(graph);
  fault(graph);
  try {
    verify(graph);
  } catch (const core::Error& error) {
    return error.diagnostic().where + ": " + error.diagnostic().why;
  }
  return "accepted";
}

Conv2d& conv(QGraph& graph) { return std::get<Conv2d>(graph.nodes[1].operation); }

TEST(Verify, NamesTheLayerAndBothNumbersOfAWrongShape) {
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].output.shape.width = 5; }),
            "layer 'conv' (conv2d): its output is 4x3x4, not 4x3x5");
  EXPECT_EQ(
      reason(strided_network(), [](QGraph& g) { g.nodes[0].output.shape.channels = 2; }),
      "layer 'conv' (conv2d): weight [4, 3, 3, 3] asks for 3 input channels, the input has 2");
}

TEST(Verify, RefusesABiasOfTheWrongLength) {
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { conv(g).bias.pop_back(); }),
            "layer 'conv' (conv2d): 3 biases for 4 output channels");
}

TEST(Verify, RefusesReadingForwardAndTakenNames) {
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].inputs = {1}; }),
            "layer 'conv' (conv2d): it reads node 1, which is not before it");
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].name = "input"; }),
            "layer 'input' (conv2d): its name is empty or taken");
}

TEST(Verify, RefusesShiftsThatNoUnitCanDo) {
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].output.exponent.value = 19; }),
            "layer 'conv' (conv2d): shift 32 is outside -31..31");
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].output.exponent.value = -45; }),
            "layer 'conv' (conv2d): shift -32 is outside -31..31");
}

TEST(Verify, RefusesAnAccumulatorThatCouldOverflow) {
  const std::string why = reason(residual_network(), [](QGraph& g) {
    std::get<Conv2d>(g.nodes[1].operation).bias[0] = 2147483647;
  });
  EXPECT_NE(why.find("does not fit a 32-bit accumulator"), std::string::npos) << why;
  EXPECT_NE(why.find("2147509147"), std::string::npos) << why;  // bias + 100 * 255
}

TEST(Verify, RefusesAWideSumThatOverflowsOnlyAfterAlignment) {
  const std::string why = reason(residual_network(), [](QGraph& g) {
    std::get<Conv2d>(g.nodes[2].operation).weight_exponent.value = 15;
    g.nodes[2].output.exponent.value = 9;
  });
  EXPECT_NE(why.find("block.add"), std::string::npos) << why;
  EXPECT_NE(why.find("32-bit accumulator"), std::string::npos) << why;
}

TEST(Verify, OnlyAnAddTakesAccumulators) {
  EXPECT_EQ(
      reason(residual_network(), [](QGraph& g) { g.nodes[4].inputs = {2}; }),
      "layer 'pool' (global_average_pool): its input is int32; only an add takes accumulators");
}

TEST(Verify, AccumulatorsHaveTheExponentOfTheirProduct) {
  EXPECT_EQ(reason(residual_network(), [](QGraph& g) { g.nodes[1].output.exponent.value = -12; }),
            "layer 'block.conv' (conv2d): accumulators have the exponent -13, not -12");
}

TEST(Verify, AcceptsNegativeShiftsSinceTheSeedFlowMakesThem) {
  EXPECT_EQ(reason(strided_network(), [](QGraph& g) { g.nodes[1].output.exponent.value = -14; }),
            "accepted");
}

}  // namespace
}  // namespace shiftwise::qgraph
