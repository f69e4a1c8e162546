// SPDX-License-Identifier: Apache-2.0
// Designs compute what the network says, bit for bit, in the simulator that executes their
// text; again when the sequence is run again.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "dialect/read.h"
#include "kernel/library.h"
#include "lower/compile.h"
#include "lower/networks.h"
#include "qgraph/reference.h"
#include "sim/array.h"

namespace shiftwise::lower {
namespace {

using qgraph::Element;
using tests::NetworkBuilder;

class SimulatedDesign {
 public:
  SimulatedDesign(const qgraph::QGraph& network, const Options& options)
      : design_(compile(network, options)),
        array_(dialect::read_program(design_.text, "design.mlir"),
               sim::native_kernels({kernel::builtin_folder()}), {.device = options.device}) {}

  /// Random images through the sequence, `runs` times; how many codes are wrong.
  std::int64_t wrong_codes(int runs) {
    std::mt19937 random(1);
    std::int64_t wrong = 0;
    for (int run = 0; run < runs; ++run) wrong += run_once(random);
    return wrong;
  }

  const Design& design() const { return design_; }

 private:
  std::int64_t run_once(std::mt19937& random) {
    const qgraph::QGraph& network = design_.reference;
    const auto in_bytes = static_cast<std::size_t>(design_.input.image_bytes());
    const auto out_bytes = static_cast<std::size_t>(design_.output.image_bytes());
    const auto images = static_cast<std::size_t>(design_.images);
    std::vector<std::byte> input(in_bytes * images);
    std::vector<std::byte> weights = design_.weights;
    std::vector<std::byte> output(out_bytes * images);
    std::vector<qgraph::Codes> expected;
    for (std::size_t i = 0; i < images; ++i) {
      qgraph::Codes codes(static_cast<std::size_t>(network.input_type().shape.elements()));
      std::vector<std::byte> bytes;
      for (std::int32_t& code : codes) {
        code = static_cast<std::int32_t>(qgraph::lowest(network.input_type().element)) +
               static_cast<std::int32_t>(random() % 256);
        bytes.push_back(static_cast<std::byte>(code));
      }
      design_.input.pack(bytes, std::span(input).subspan(i * in_bytes, in_bytes));
      expected.push_back(qgraph::run_reference(network, codes).back());
    }
    std::span<std::byte> arguments[] = {input, weights, output};
    array_.run(design_.sequence, arguments).require_complete();
    std::int64_t wrong = 0;
    for (std::size_t i = 0; i < images; ++i) {
      std::vector<std::byte> codes(expected[i].size());
      design_.output.unpack(std::span(output).subspan(i * out_bytes, out_bytes), codes);
      for (std::size_t k = 0; k < codes.size(); ++k) {
        wrong += codes[k] == static_cast<std::byte>(expected[i][k]) ? 0 : 1;
      }
    }
    return wrong;
  }

  Design design_;
  sim::Array array_;
};

Options npu1(Mapping mapping = Mapping::kPublished, int images = 2) {
  return {.device = target::find_device("npu1"), .mapping = mapping, .images = images};
}

void expect_exact(const qgraph::QGraph& network, const Options& options) {
  EXPECT_EQ(SimulatedDesign(network, options).wrong_codes(2), 0);
}

TEST(SimulatedDesign, OfOneConvolutionIsExact) {
  NetworkBuilder net(1, {16, 4, 8}, Element::kUint8);
  net.convolution(0, {.outputs = 8});
  expect_exact(net.graph(), npu1());
}

TEST(SimulatedDesign, FillsUpChannelsThatAreNoWholeGroup) {
  NetworkBuilder net(1, {12, 5, 7}, Element::kInt8);
  const auto first = net.convolution(0, {.outputs = 20, .kernel = 3, .padding = 1});
  net.convolution(first, {.outputs = 9, .element = Element::kInt8});
  expect_exact(net.graph(), npu1(Mapping::kPublished, 3));
}

TEST(SimulatedDesign, OfImagesOfOneRowIsExact) {
  NetworkBuilder net(1, {16, 1, 8}, Element::kUint8);
  net.convolution(0, {.outputs = 16, .kernel = 3, .padding = 1});
  expect_exact(net.graph(), npu1());
}

TEST(SimulatedDesign, OfBottlenecksIsExactWithEveryResidualStrideAndMapping) {
  for (const Mapping mapping : {Mapping::kPublished, Mapping::kBalanced}) {
    for (const bool wide : {false, true}) {
      for (const int stride : {1, 2}) {
        SCOPED_TRACE(testing::Message()
                     << name(mapping) << " wide " << wide << " stride " << stride);
        expect_exact(
            tests::bottlenecks({.outputs = 64, .stride = stride, .wide = wide, .blocks = 2}),
            npu1(mapping));
      }
    }
  }
}

TEST(SimulatedDesign, OfBottlenecksWithOddRowsAndSignedInputIsExact) {
  for (const Mapping mapping : {Mapping::kPublished, Mapping::kBalanced}) {
    expect_exact(
        tests::bottlenecks({.input = {24, 5, 12}, .element = Element::kInt8, .outputs = 64}),
        npu1(mapping, 3));
  }
}

TEST(SimulatedDesign, OfBasicBlocksIsExact) {
  expect_exact(tests::basic_blocks(16, 8, 8, 3), npu1());
}

TEST(SimulatedDesign, AddsTheSkipThatItsOwnRowsHold) {
  NetworkBuilder net(3, {16, 6, 8}, Element::kUint8);
  const auto main = net.convolution(0, {.outputs = 16,
                                        .kernel = 3,
                                        .padding = 1,
                                        .shift = 10,
                                        .element = Element::kInt8,
                                        .weight_exponent = -10});
  net.sum(main, 0, 1);
  expect_exact(net.graph(), npu1());
}

TEST(SimulatedDesign, OfAShortcutThatPadsChannelsIsExact) {
  NetworkBuilder net(3, {16, 8, 8}, Element::kUint8);
  const auto first =
      net.convolution(0, {.outputs = 32, .kernel = 3, .stride = 2, .padding = 1, .shift = 10});
  const auto main = net.convolution(
      first, {.outputs = 32, .kernel = 3, .padding = 1, .shift = 10, .element = Element::kInt8});
  net.sum(main, net.subsample(0, 32, 2), 1);
  expect_exact(net.graph(), npu1());
}

TEST(SimulatedDesign, OfTheWholeStageIsExactInBothMappings) {
  const qgraph::QGraph stage = tests::bottlenecks(
      {.input = {64, 32, 32}, .middle = 64, .outputs = 256, .wide = true, .blocks = 3});
  expect_exact(stage, npu1());
  for (const char* device : {"npu1_3col", "npu1"}) {
    Options options = npu1(Mapping::kBalanced);
    options.device = target::find_device(device);
    expect_exact(stage, options);
  }
}

/// Blocks on five and six tiles, as their shape allows: small, odd, signed, with any residual.
TEST(SimulatedDesign, OfBlocksOnMoreThanFourTilesIsExact) {
  for (const bool wide : {false, true}) {
    for (const Element element : {Element::kUint8, Element::kInt8}) {
      for (const int height : {1, 5, 8}) {
        SCOPED_TRACE(testing::Message() << "wide " << wide << " height " << height);
        SimulatedDesign design(tests::bottlenecks({.input = {24, height, 12},
                                                   .element = element,
                                                   .middle = 32,
                                                   .outputs = 96,
                                                   .wide = wide,
                                                   .blocks = 3}),
                               npu1(Mapping::kBalanced, 3));
        EXPECT_EQ(design.design().tiles.size(), 16u);
        EXPECT_EQ(design.wrong_codes(2), 0);
      }
    }
  }
}

TEST(SimulatedDesign, OfRowsInOnePartIsExactWhereTwoDoNotFit) {
  Options options = npu1(Mapping::kBalanced);
  options.device.compute.locks = 13;
  SimulatedDesign design(
      tests::bottlenecks(
          {.input = {64, 8, 32}, .middle = 64, .outputs = 256, .wide = true, .blocks = 3}),
      options);
  EXPECT_EQ(design.design().tiles.size(), 16u);
  EXPECT_EQ(design.design().notes[3],
            "rows go in one part: compute tile (1, 4) of npu1: it has 13 locks, and 14 are needed");
  EXPECT_EQ(design.wrong_codes(2), 0);
}

TEST(SimulatedDesign, OfCopiesOfAPipelineIsExact) {
  for (const int images : {2, 3, 4, 7}) {
    SimulatedDesign design(tests::bottlenecks({.outputs = 64}), npu1(Mapping::kBalanced, images));
    EXPECT_EQ(design.design().copies, std::min(images, 4));
    EXPECT_EQ(design.wrong_codes(2), 0) << images;
  }
  NetworkBuilder net(1, {16, 4, 8}, Element::kUint8);
  net.convolution(0, {.outputs = 8});
  expect_exact(net.graph(), npu1(Mapping::kBalanced, 5));
}

TEST(SimulatedDesign, CallsMlirAiesKernelsWithoutBiases) {
  Options options = npu1();
  options.kernel_abi = KernelAbi::kMlirAie;
  SimulatedDesign design(tests::bottlenecks({.input = {32, 4, 32}, .blocks = 2}), options);
  EXPECT_EQ(design.wrong_codes(2), 0);
  ASSERT_EQ(design.design().warnings.size(), 1u);
}

TEST(SimulatedDesign, OfNpu2IsExact) {
  Options options = npu1(Mapping::kBalanced);
  options.device = target::find_device("npu2");
  expect_exact(tests::bottlenecks({.outputs = 64, .blocks = 2}), options);
  expect_exact(tests::bottlenecks({.middle = 32, .outputs = 64, .blocks = 3}), options);
}

}  // namespace
}  // namespace shiftwise::lower
