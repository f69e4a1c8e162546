// SPDX-License-Identifier: Apache-2.0
#include "lower/compile.h"

#include <gtest/gtest.h>

#include <fstream>

#include "shared/network_builder.h"

namespace shiftwise::lower {
namespace {

using qgraph::Element;
using tests::NetworkBuilder;

qgraph::QGraph one_convolution() {
  NetworkBuilder net(1, {16, 4, 8}, Element::kUint8);
  net.convolution(0, {.outputs = 8});
  return net.graph();
}

TEST(PublishedDesign, OfOneConvolutionIsOneCore) {
  const Design design = compile(one_convolution(), {.device = target::find_device("npu1")});
  std::ofstream("/tmp/lower/one.mlir") << design.text;
  EXPECT_EQ(design.device, "npu1_1col");
  ASSERT_EQ(design.tiles.size(), 1u);
}

}  // namespace
}  // namespace shiftwise::lower
