// SPDX-License-Identifier: Apache-2.0
// What designs consist of, and what cannot be one.
#include "lower/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/diagnostic.h"
#include "core/file.h"
#include "lower/artifacts.h"
#include "lower/networks.h"

namespace shiftwise::lower {
namespace {

using qgraph::Element;
using tests::NetworkBuilder;

Options on(const char* device, Mapping mapping = Mapping::kPublished) {
  return {.device = target::find_device(device), .mapping = mapping};
}

/// conv2_x of the published example.
qgraph::QGraph stage() {
  return tests::bottlenecks(
      {.input = {64, 32, 32}, .middle = 64, .outputs = 256, .wide = true, .blocks = 3});
}

std::vector<std::int64_t> mac_cycles(const Design& design) {
  std::vector<std::int64_t> cycles;
  for (const TileLoad& tile : design.tiles) cycles.push_back(tile.mac_cycles_per_image);
  return cycles;
}

std::string refusal(const qgraph::QGraph& network, const Options& options) {
  try {
    compile(network, options);
  } catch (const core::Error& error) {
    return error.what();
  }
  return "compiled";
}

TEST(PublishedDesign, OfOneConvolutionIsThisText) {
  NetworkBuilder net(1, {16, 4, 8}, Element::kUint8);
  net.convolution(0, {.outputs = 8});
  const core::MappedFile golden(SHIFTWISE_SOURCE_DIR "/tests/lower/one_core.mlir");
  EXPECT_EQ(compile(net.graph(), on("npu1")).text, golden.text());
}

TEST(PublishedDesign, OfTheWholeStageHasTwelveCoresInThreeColumns) {
  const Design design = compile(stage(), on("npu1"));
  EXPECT_EQ(design.device, "npu1_3col");
  EXPECT_EQ(mac_cycles(design),
            (std::vector<std::int64_t>{16384, 73728, 131072, 73728, 73728, 65536, 73728, 65536,
                                       65536, 73728, 65536, 73728}));
}

TEST(PublishedDesign, LeavesTheMiddleConvolutionOnBothSidesOfTheLast) {
  const Design design = compile(tests::bottlenecks({.blocks = 2}), on("npu1"));
  EXPECT_EQ(design.assignments[1].where, "tiles (0, 3), (0, 5)");
  EXPECT_EQ(design.assignments[2].where, "tile (0, 4)");
  // The second column runs down: its first core is beside the one that its input comes from.
  EXPECT_EQ(design.assignments[5].where, "tile (1, 5)");
  EXPECT_EQ(design.assignments[7].where, "tile (1, 3)");
}

TEST(BalancedDesign, GivesNoTileOfTheStageMoreThanItsShare) {
  const std::vector<std::int64_t> cycles =
      mac_cycles(compile(stage(), on("npu1_3col", Mapping::kBalanced)));
  EXPECT_EQ(cycles.size(), 12u);
  EXPECT_LE(*std::max_element(cycles.begin(), cycles.end()), 74000);
  const std::vector<std::int64_t> published = mac_cycles(compile(stage(), on("npu1")));
  EXPECT_EQ(std::accumulate(cycles.begin(), cycles.end(), std::int64_t{0}),
            std::accumulate(published.begin(), published.end(), std::int64_t{0}));
}

TEST(BalancedDesign, SaysWhyAndWhatBinds) {
  const Design design = compile(stage(), on("npu1_3col", Mapping::kBalanced));
  ASSERT_EQ(design.notes.size(), 6u);
  EXPECT_EQ(design.notes[0],
            "block 'add5': output channels 144 to 255 of its last 1x1 are made by the core of its "
            "first 1x1; the busiest core has 73728 MAC cycles an image instead of 131072");
  EXPECT_EQ(design.notes[3],
            "no more than four tiles a block: layer 'add13' (add): all 3 columns are taken by the "
            "blocks before it");
  EXPECT_EQ(design.notes[4], "12 of 12 tiles compute, in 3 of 3 columns");
  EXPECT_EQ(design.notes[5],
            "bounds of an image in cycles: multiplications 73728 (tile (0, 2)), kernels 124416 "
            "(tile (0, 4), by their loops' analysis), streams 65536 (65536 words into tile (1, "
            "3)), DDR 17477; compute binds");
}

TEST(BalancedDesign, KeepsAllTilesOfFourColumnsBusy) {
  const Design design = compile(stage(), on("npu1", Mapping::kBalanced));
  EXPECT_EQ(design.tiles.size(), 16u);
  std::int64_t all = 0;
  std::int64_t most = 0;
  for (const TileLoad& tile : design.tiles) {
    all += *tile.kernel_cycles_per_image;
    most = std::max(most, *tile.kernel_cycles_per_image);
  }
  EXPECT_LE(most * 16, all * 115 / 100);
  ASSERT_EQ(design.notes.size(), 6u);
  EXPECT_EQ(design.notes[1],
            "block 'add9' on 5 tiles: its 3x3 in 24 + 24 + 16 channels, its last 1x1 in 192 + 64; "
            "the busiest core's kernels take 91904 cycles an image");
  EXPECT_EQ(design.notes[3],
            "rows between blocks and to the host go in two parts, each on a stream of its own");
  EXPECT_EQ(design.notes[4], "16 of 16 tiles compute, in 4 of 4 columns");
  EXPECT_EQ(design.notes[5],
            "bounds of an image in cycles: multiplications 65536 (tile (2, 3)), kernels 91904 "
            "(tile (1, 3), by their loops' analysis), streams 49152 (49152 words into tile (1, "
            "3)), DDR 17477; compute binds");
}

Options for_images(const char* device, int images) {
  Options options = on(device, Mapping::kBalanced);
  options.images = images;
  return options;
}

TEST(BalancedDesign, SendsRowsInTwoPartsAndIsCopied) {
  const Design design = compile(stage(), for_images("npu2", 64));
  EXPECT_EQ(design.tiles.size(), 32u);
  EXPECT_EQ(design.copies, 2);
  EXPECT_EQ(design.notes.back(),
            "bounds of an image in cycles: multiplications 32768 (tile (2, 3)), kernels 55581 "
            "(tile (0, 5), by their loops' analysis), streams 47104 (47104 words into tile (1, "
            "3)), DDR 17477; compute binds; 2 copies: one image every 27790 cycles at best");
  // 184 of 256 channels of 32 images, row by row; what the descriptor cannot count is cut.
  EXPECT_NE(design.text.find("%output[0, 0, 0, 0][1, 1024, 2, 736][0, 2048, 736, 1]"),
            std::string::npos);
  EXPECT_NE(design.text.find("%output[0, 0, 0, 1472][1, 1024, 1, 576][0, 2048, 576, 1]"),
            std::string::npos);
}

TEST(BalancedDesign, KnowsSlowerStreamsAndMemory) {
  Options options = for_images("npu2", 64);
  options.device.timing.stream_words_per_cycle = 0.5;
  EXPECT_NE(compile(stage(), options)
                .notes.back()
                .find("streams 94208 (47104 words into tile (1, 3)), DDR 17477; streams bind"),
            std::string::npos);
  options.device.timing.ddr_bytes_per_second = 1.8e9;
  const std::string note = compile(stage(), options).notes.back();
  EXPECT_NE(note.find("DDR 262144; DDR binds"), std::string::npos) << note;
}

TEST(BalancedDesign, CutsABlockThatFeedsAWiderOneAsItsOwnChannelsAllow) {
  const qgraph::QGraph network = tests::bottlenecks({.input = {32, 8, 8},
                                                     .middle = 32,
                                                     .outputs = 32,
                                                     .wide = true,
                                                     .blocks = 2,
                                                     .widened = 256});
  const Design design = compile(network, on("npu2", Mapping::kBalanced));
  for (const std::string& note : design.notes)
    EXPECT_EQ(note.find("-1"), std::string::npos) << note;
}

TEST(BalancedDesign, SaysNothingOfPartsWhereNoRowsAreSplit) {
  const Design design = compile(tests::basic_blocks(16, 8, 8, 2), on("npu1", Mapping::kBalanced));
  ASSERT_EQ(design.notes.size(), 2u);
  EXPECT_EQ(design.notes[0], "4 of 16 tiles compute, in 1 of 4 columns");
}

TEST(BalancedDesign, HasNoMoreCopiesThanImages) {
  for (const int images : {1, 2, 3, 4}) {
    const Design design = compile(tests::bottlenecks({.outputs = 64}), for_images("npu1", images));
    EXPECT_EQ(design.copies, images);
    EXPECT_EQ(design.tiles.size(), static_cast<std::size_t>(4 * images));
  }
}

TEST(BalancedDesign, SendsTheSameWeightsToEveryCopy) {
  const qgraph::QGraph network = tests::bottlenecks({.outputs = 64});
  const Design one = compile(network, for_images("npu1", 1));
  const Design four = compile(network, for_images("npu1", 4));
  EXPECT_EQ(four.weights, one.weights);
  ASSERT_EQ(four.weight_table.size(), one.weight_table.size());
  EXPECT_EQ(one.weight_table[0].consumer, "(0, 2) (0, 5)");
  EXPECT_EQ(four.weight_table[0].consumer,
            "(0, 2) (0, 5) (1, 2) (1, 5) (2, 2) (2, 5) (3, 2) (3, 5)");
}

TEST(BalancedDesign, SaysWhyThereAreNoMoreCopies) {
  Options options = for_images("npu1", 4);
  options.device.shim.dma_channels = 1;
  const Design design = compile(tests::bottlenecks({.outputs = 64}), options);
  EXPECT_EQ(design.copies, 2);
  EXPECT_EQ(design.notes[1],
            "no more copies: shim tiles of npu1: all their MM2S channels are in use");
}

TEST(BalancedDesign, FitsEveryNumberOfColumns) {
  for (const char* family : {"npu1", "npu2"}) {
    const int all = target::find_device(family).columns;
    int tiles = 0;
    for (int columns = 1; columns <= all; ++columns) {
      const std::string name =
          columns == all ? family : std::string(family) + "_" + std::to_string(columns) + "col";
      const Split parts = split(stage(), for_images(name.c_str(), 64));
      const auto used = static_cast<int>(parts.design.tiles.size());
      EXPECT_LE(used, 4 * columns) << name;
      EXPECT_GE(used, tiles) << name;
      tiles = used;
    }
    EXPECT_EQ(tiles, 4 * all) << family;
  }
}

TEST(BalancedDesign, StaysAsPublishedWhereItsCutDoesNotFit) {
  Options options = on("npu1_1col", Mapping::kBalanced);
  options.device.compute.locks = 8;
  const Design design = compile(tests::bottlenecks({.outputs = 64}), options);
  EXPECT_EQ(design.notes[0],
            "as published: the balanced cut does not fit (compute tile (0, 3) of npu1_1col: it has "
            "8 locks, and 10 are needed)");
}

TEST(BalancedDesign, AdaptsToWhatTheDeviceHas) {
  Options options = on("npu1", Mapping::kBalanced);
  options.device.compute.dma_channels = 1;
  EXPECT_EQ(refusal(tests::bottlenecks({.outputs = 64}), options),
            "the design does not fit on the array\n"
            "  where: compute tile (0, 2) of npu1\n"
            "  why:   it has 1 S2MM channels, and 2 are needed: input, conv2d1_weights\n"
            "  try:   offload fewer stages, or choose another mapping or device");
  options = on("npu1", Mapping::kBalanced);
  options.device.mem.dma_channels = 4;
  const Design design = compile(stage(), options);
  EXPECT_EQ(design.tiles.size(), 12u);
  EXPECT_EQ(design.notes[3],
            "no more than four tiles a block: mem tile (1, 1) of npu1: it has 4 MM2S channels, and "
            "5 are needed: add9_skip, add9_skip_2, conv2d7_weights, conv2d7_weights_2, "
            "conv2d8_weights");
}

TEST(Design, IsTheSameEveryTime) {
  for (const Mapping mapping : {Mapping::kPublished, Mapping::kBalanced}) {
    Options options = on("npu2", mapping);
    options.images = 3;
    const Design a = compile(stage(), options);
    const Design b = compile(stage(), options);
    EXPECT_EQ(a.text, b.text);
    EXPECT_EQ(a.weights, b.weights);
  }
}

TEST(Design, DescribesEveryByteOfItsWeights) {
  const Design design = compile(stage(), on("npu1"));
  std::int64_t bytes = 0;
  for (const WeightEntry& entry : design.weight_table) {
    EXPECT_EQ(entry.offset, bytes) << entry.layer;
    bytes = entry.offset + entry.bytes;
  }
  EXPECT_EQ(bytes, static_cast<std::int64_t>(design.weights.size()));
  // The published example's 212,992 bytes, and a bias of four bytes for each output channel.
  EXPECT_EQ(bytes, 212992 + 4 * (3 * (64 + 64 + 256) + 256));
}

TEST(Design, HandsOverTheKernelsThatItWasBuiltWith) {
  for (const KernelSource& source : kernel_sources()) {
    const core::MappedFile file(SHIFTWISE_SOURCE_DIR "/kernels/aie2/" + std::string(source.name));
    EXPECT_EQ(source.text, file.text()) << source.name;
  }
}

TEST(ActivationLayout, PacksRowsOfGroupsAndBack) {
  const ActivationLayout layout{Element::kUint8, {9, 2, 3}, 1};
  std::vector<std::byte> codes;
  for (int i = 0; i < 54; ++i) codes.push_back(static_cast<std::byte>(i + 1));
  std::vector<std::byte> packed(static_cast<std::size_t>(layout.image_bytes()));
  layout.pack(codes, packed);
  EXPECT_EQ(packed[0], codes[0]);
  EXPECT_EQ(packed[1], codes[6]);       // the next channel of the same pixel
  EXPECT_EQ(packed[8], codes[1]);       // the next pixel
  EXPECT_EQ(packed[24], codes[48]);     // the next group
  EXPECT_EQ(packed[25], std::byte{0});  // a channel that only fills it
  EXPECT_EQ(packed[48], codes[3]);      // the next row
  std::vector<std::byte> back(codes.size());
  layout.unpack(packed, back);
  EXPECT_EQ(back, codes);
}

TEST(Split, KeepsWhatTheArrayCannotDoOnTheCpu) {
  NetworkBuilder net(1, {8, 8, 8}, Element::kUint8);
  const auto pooled = net.max_pool(0, {});
  const auto conv = net.convolution(pooled, {.outputs = 16});
  net.linear(net.average(conv, 0), 10);
  const Split parts = split(net.graph(), on("npu1"));
  ASSERT_TRUE(parts.before.has_value());
  ASSERT_TRUE(parts.after.has_value());
  EXPECT_EQ(parts.before->nodes.size(), 2u);
  EXPECT_EQ(parts.after->nodes.size(), 3u);
  ASSERT_EQ(parts.assignments.size(), 4u);
  EXPECT_EQ(parts.assignments[0].where, "cpu");
  EXPECT_EQ(parts.assignments[0].why, "no kernel for a max_pool");
  EXPECT_EQ(parts.assignments[1].where, "tile (0, 2)");
  EXPECT_EQ(parts.assignments[3].why, "no kernel for a linear");
}

TEST(Split, TakesTheLargestRunOfBlocksThatFits) {
  const Split parts = split(tests::bottlenecks({.blocks = 3}), on("npu1_2col"));
  EXPECT_FALSE(parts.before.has_value());
  ASSERT_TRUE(parts.after.has_value());
  EXPECT_EQ(parts.design.device, "npu1_2col");
  EXPECT_EQ(parts.assignments.back().where, "cpu");
  EXPECT_EQ(parts.assignments.back().why,
            "layer 'add13' (add): all 2 columns are taken by the blocks before it");
}

TEST(Split, SaysOnceForEachBlockWhyNothingRunsOnTheArray) {
  Options options = on("npu1");
  options.device.compute_rows = 1;
  const auto refused = [&](int blocks) {
    try {
      split(tests::basic_blocks(16, 8, 8, blocks), options);
    } catch (const core::Error& error) {
      return std::string(error.what());
    }
    return std::string("compiled");
  };
  EXPECT_EQ(refused(2),
            "no layer of this network can run on the array\n"
            "  where: npu1\n"
            "  why:   layer 'conv2d1' (conv2d) to layer 'add3' (add): layer 'add3' (add): its 2 "
            "layers need a column of 2 tiles, which has 1; layer 'conv2d4' (conv2d) to layer "
            "'add6' (add): layer 'add6' (add): its 2 layers need a column of 2 tiles, which has "
            "1\n"
            "  try:   offload other stages, or choose another mapping or device");
  EXPECT_NE(refused(7).find("which has 1; and 3 more\n"), std::string::npos) << refused(7);
}

TEST(Refusal, NamesTheTileAndTheBytesOfWhatDoesNotFit) {
  NetworkBuilder net(1, {128, 16, 16}, Element::kUint8);
  net.convolution(0, {.outputs = 128, .kernel = 3, .padding = 1});
  EXPECT_EQ(refusal(net.graph(), on("npu1")),
            "the design does not fit on the array\n"
            "  where: compute tile (0, 2) of npu1\n"
            "  why:   it has 65536 bytes, and 157312 are needed: the weights of layer 'conv2d1' "
            "147968, 3 rows of the input 6144, the output 2048, stack 1024, parameters 128\n"
            "  try:   offload fewer stages, or choose another mapping or device");
}

TEST(Refusal, NamesALayerWithoutAKernel) {
  NetworkBuilder net(1, {8, 16, 16}, Element::kUint8);
  net.convolution(0, {.outputs = 8, .kernel = 7, .stride = 2, .padding = 3});
  EXPECT_EQ(refusal(net.graph(), on("npu1")),
            "this layer cannot run on the array\n"
            "  where: layer 'conv2d1' (conv2d)\n"
            "  why:   no kernel for a 7x7 convolution with stride 2 and padding 3");
}

TEST(Refusal, NamesWhatMlirAiesKernelsCannotDo) {
  Options options = on("npu1");
  options.kernel_abi = KernelAbi::kMlirAie;
  const auto why = [&](const qgraph::QGraph& network) {
    const std::string text = refusal(network, options);
    const auto from = text.find("why:   ") + 7;
    return text.substr(from, text.find('\n', from) - from);
  };
  const tests::Bottleneck fine{.input = {32, 4, 32}};
  EXPECT_EQ(refusal(tests::bottlenecks(fine), options), "compiled");
  auto changed = fine;
  changed.input.width = 16;
  EXPECT_EQ(why(tests::bottlenecks(changed)),
            "its rows have 16 pixels: the kernels take multiples of 32");
  changed = fine;
  changed.wide = true;
  EXPECT_EQ(why(tests::bottlenecks(changed)), "its residual is wide: the kernels add 8-bit codes");
  changed = fine;
  changed.stride = 2;
  changed.input.width = 64;
  EXPECT_EQ(why(tests::bottlenecks(changed)), "the kernels have no stride");
  qgraph::QGraph rounded = tests::bottlenecks(fine);
  rounded.rounding = arith::Rounding::kConvEven;
  EXPECT_EQ(why(rounded), "the kernels round half up (positive-inf)");

  NetworkBuilder left(1, {16, 4, 32}, Element::kUint8);
  left.convolution(0, {.outputs = 16, .shift = -1});
  EXPECT_EQ(why(left.graph()), "its shift is -1: the kernels do not shift left");
}

TEST(Refusal, NamesAnAbsurdNumberOfImages) {
  Options options = on("npu1");
  options.images = 0;
  EXPECT_EQ(refusal(stage(), options),
            "this number of images cannot be compiled for\n"
            "  why:   0 images; 1 to 65536 can");
}

TEST(Refusal, SuggestsTheMappingThatWasMeant) {
  EXPECT_THROW(parse_mapping("publishd"), core::Error);
  EXPECT_THROW(parse_kernel_abi("mlir"), core::Error);
}

}  // namespace
}  // namespace shiftwise::lower
