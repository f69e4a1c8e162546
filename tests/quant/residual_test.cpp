// SPDX-License-Identifier: Apache-2.0
// The published residual under the accurate preset: what mlir-aie's kernels can add.
#include <gtest/gtest.h>

#include "brevitas_golden.h"
#include "quant/quantize.h"

namespace shiftwise::quant {
namespace {

Result accurate(const graph::Graph& network, Residual residual) {
  return quantize(network, CroppedImages(network.input_shape().height), {},
                  {.residual = residual, .offload = "all"}, core::silent_progress());
}

const qgraph::Node& node(const Result& result, qgraph::NodeId id) {
  return result.network.nodes[static_cast<std::size_t>(id)];
}

TEST(PublishedResidual, AddsCodesOfOneExponentAndNeverShiftsLeft) {
  for (const char* name : {"resnet18-all", "resnet20-all"}) {
    const Result result = accurate(BrevitasGolden(name).network(), Residual::kPublished);
    int adds = 0;
    for (qgraph::NodeId id = 0; id <= result.network.output(); ++id) {
      if (!std::holds_alternative<qgraph::Add>(node(result, id).operation)) continue;
      const qgraph::Type& a = node(result, node(result, id).inputs[0]).output;
      const qgraph::Type& b = node(result, node(result, id).inputs[1]).output;
      EXPECT_NE(a.element, qgraph::Element::kInt32) << node(result, id).name;
      EXPECT_NE(b.element, qgraph::Element::kInt32) << node(result, id).name;
      EXPECT_EQ(a.exponent, b.exponent) << node(result, id).name;
      ++adds;
    }
    EXPECT_GE(adds, 8);
    for (const LayerReport& layer : result.layers) {
      EXPECT_EQ(layer.refusal, "") << name << ", " << layer.name;
      EXPECT_GE(layer.shift, 0) << name << ", " << layer.name;
    }
  }
}

TEST(PublishedResidual, LosesLittleOverTheWideOne) {
  const graph::Graph network = BrevitasGolden("resnet18-all").network();
  const double wide = accurate(network, Residual::kWide).output_sqnr_db;
  const double published = accurate(network, Residual::kPublished).output_sqnr_db;
  EXPECT_GT(published, wide - 3);
}

}  // namespace
}  // namespace shiftwise::quant
