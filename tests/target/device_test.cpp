// SPDX-License-Identifier: Apache-2.0
#include "target/device.h"

#include <gtest/gtest.h>

#include "core/diagnostic.h"
#include "target/registers.h"

namespace shiftwise::target {
namespace {

std::string refusal(const auto& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(FindDevice, TakesNamesOfAllEras) {
  EXPECT_EQ(find_device("npu1").columns, 4);
  EXPECT_EQ(find_device("npu1_4col").name, "npu1");
  EXPECT_EQ(find_device("npu1_2col").columns, 2);
  EXPECT_EQ(find_device("ipu").columns, 5);
  EXPECT_EQ(find_device("npu2").columns, 8);
  EXPECT_EQ(find_device("npu2_7col").architecture, Architecture::kAie2p);
  EXPECT_EQ(find_device("xcve2802").kind({0, 2}), TileKind::kMem);
  for (const std::string& name : device_names()) EXPECT_GT(find_device(name).columns, 0) << name;
}

TEST(FindDevice, SuggestsTheNearestName) {
  EXPECT_EQ(refusal([] { find_device("npu1_6col"); }),
            "there is no device 'npu1_6col'\n  try:   did you mean 'npu1_1col' or 'npu1_2col' or "
            "'npu1_3col'?");
}

TEST(FindDevice, RefusesTheFirstGenerationByName) {
  EXPECT_EQ(refusal([] { find_device("xcvc1902"); }),
            "device 'xcvc1902' is not supported\n  why:   it is an array of first generation AI "
            "Engines (AIE1)\n  try:   designs for npu1, npu2 (AIE2, AIE2P)");
}

TEST(Tiles, AreOfTheKindThatTheirRowSays) {
  const Device npu1 = find_device("npu1");
  EXPECT_EQ(npu1.kind({0, 0}), TileKind::kShim);
  EXPECT_EQ(npu1.kind({3, 1}), TileKind::kMem);
  EXPECT_EQ(npu1.kind({3, 5}), TileKind::kCompute);
  EXPECT_EQ(describe(npu1, {1, 2}), "compute tile (1, 2)");
  EXPECT_EQ(refusal([&] { npu1.kind({4, 0}); }),
            "there is no tile (4, 0)\n  why:   npu1 has columns 0 to 3 and rows 0 to 5");
}

TEST(Tiles, HaveTheMemoryOfTheManual) {
  const Device npu1 = find_device("npu1");
  EXPECT_EQ(npu1.mem.memory_bytes, 0x80000);
  EXPECT_EQ(npu1.compute.memory_bytes, 0x10000);
  EXPECT_EQ(npu1.compute.bank_bytes(), 16 * 1024);
  EXPECT_EQ(npu1.shim.bank_bytes(), 0);
}

TEST(Neighbours, ACoreReachesItsOwnMemoryAndThatNorthSouthAndWest) {
  const Device npu1 = find_device("npu1");
  const core::TileId core{1, 3};
  EXPECT_TRUE(npu1.core_reaches(core, core));
  EXPECT_TRUE(npu1.core_reaches(core, {1, 4}));
  EXPECT_TRUE(npu1.core_reaches(core, {1, 2}));
  EXPECT_TRUE(npu1.core_reaches(core, {0, 3}));
  EXPECT_FALSE(npu1.core_reaches(core, {2, 3})) << "never east";
  EXPECT_FALSE(npu1.core_reaches(core, {0, 2}));
  EXPECT_FALSE(npu1.core_reaches({1, 2}, {1, 1})) << "no core loads from a mem tile";
}

TEST(Neighbours, FourChannelsOfAMemTileReachTheNextOnes) {
  const Device npu1 = find_device("npu1");
  const auto channel = [](int number) { return Channel{{1, 1}, Direction::kS2mm, number}; };
  EXPECT_TRUE(npu1.dma_reaches(channel(3), {0, 1}));
  EXPECT_TRUE(npu1.dma_reaches(channel(0), {2, 1}));
  EXPECT_FALSE(npu1.dma_reaches(channel(4), {0, 1}));
  EXPECT_TRUE(npu1.dma_reaches(channel(5), {1, 1}));
  EXPECT_FALSE(npu1.dma_reaches(channel(0), {3, 1}));
  EXPECT_FALSE(npu1.dma_reaches({{1, 2}, Direction::kS2mm, 0}, {1, 3}));
}

TEST(Descriptors, OfAMemTileBelongToEvenOrOddChannels) {
  const Device npu1 = find_device("npu1");
  const Channel even{{0, 1}, Direction::kMm2s, 2};
  const Channel odd{{0, 1}, Direction::kMm2s, 3};
  EXPECT_TRUE(npu1.descriptor_allowed(even, 23));
  EXPECT_FALSE(npu1.descriptor_allowed(even, 24));
  EXPECT_TRUE(npu1.descriptor_allowed(odd, 47));
  EXPECT_FALSE(npu1.descriptor_allowed(odd, 48));
  EXPECT_TRUE(npu1.descriptor_allowed({{0, 2}, Direction::kMm2s, 1}, 0));
}

TEST(Ports, EndAtTheEdgeOfTheArray) {
  const Device npu1 = find_device("npu1");
  EXPECT_EQ(npu1.master_ports({0, 2}, Bundle::kWest), 0);
  EXPECT_EQ(npu1.master_ports({1, 2}, Bundle::kWest), 4);
  EXPECT_EQ(npu1.master_ports({1, 5}, Bundle::kNorth), 0);
  EXPECT_EQ(npu1.master_ports({1, 4}, Bundle::kNorth), npu1.slave_ports({1, 5}, Bundle::kSouth));
  EXPECT_EQ(npu1.slave_ports({1, 0}, Bundle::kNorth), npu1.master_ports({1, 1}, Bundle::kSouth));
}

TEST(Ports, OnlySomeShimTilesOfVersalHaveADma) {
  const Device versal = find_device("xcve2302");
  EXPECT_EQ(versal.dma_channels({2, 0}), 2);
  EXPECT_EQ(versal.dma_channels({4, 0}), 0);
}

TEST(Cascade, GoesSouthAndEast) {
  const Device npu1 = find_device("npu1");
  EXPECT_TRUE(npu1.cascades({0, 3}, {0, 2}));
  EXPECT_TRUE(npu1.cascades({0, 3}, {1, 3}));
  EXPECT_FALSE(npu1.cascades({0, 3}, {0, 4}));
  EXPECT_FALSE(npu1.cascades({0, 2}, {0, 1}));
}

TEST(Mmul, NativeShapesDoAllMacsOfACycle) {
  for (const char* name : {"npu1", "npu2"}) {
    const Device device = find_device(name);
    const MmulShape& natural = device.mmul_shapes().front();
    EXPECT_EQ(natural.m * natural.k * natural.n, device.macs_int8 * natural.native) << name;
  }
}

TEST(Registers, AreFoundByAddress) {
  const Device npu1 = find_device("npu1");
  const auto at = [&](core::TileId tile, std::uint32_t offset) {
    return decode_register(npu1, {tile, offset});
  };
  EXPECT_EQ(at({0, 0}, 0x1D048).kind, RegisterKind::kDescriptor);
  EXPECT_EQ(at({0, 0}, 0x1D048).index, 2u);
  EXPECT_EQ(at({0, 0}, 0x1D048).word, 2u);
  EXPECT_EQ(at({0, 0}, 0x1D21C).channel, (Channel{{0, 0}, Direction::kMm2s, 1}));
  EXPECT_EQ(at({0, 0}, 0x1D21C).kind, RegisterKind::kTaskQueue);
  EXPECT_EQ(at({0, 1}, 0xA0630).kind, RegisterKind::kChannelControl);
  EXPECT_EQ(at({0, 1}, 0xC0010).index, 1u);
  EXPECT_EQ(at({0, 2}, 0x1F0F0).kind, RegisterKind::kLock);
  EXPECT_EQ(at({0, 2}, 0x400).kind, RegisterKind::kMemory);
  EXPECT_EQ(at({0, 2}, 0x340D0).kind, RegisterKind::kTrace);
  EXPECT_EQ(at({0, 2}, 0x99999).kind, RegisterKind::kUnknown);
  EXPECT_EQ(at({9, 2}, 0x400).kind, RegisterKind::kUnknown);
}

TEST(Registers, AddressesSplitAndJoin) {
  const RegisterAddress address = split_address(0x6200400);
  EXPECT_EQ(address.tile, (core::TileId{3, 2}));
  EXPECT_EQ(address.offset, 0x400u);
  EXPECT_EQ(join_address(address), 0x6200400u);
}

TEST(Timing, EveryConstantHasASourceAndALegalDefault) {
  Timing timing;
  for (const TimingConstant& constant : timing_constants()) {
    EXPECT_FALSE(constant.source.empty()) << constant.name;
    EXPECT_NO_THROW(set_constant(timing, std::string(constant.name), value(timing, constant)));
  }
}

TEST(Timing, AbsurdConstantsAreRefused) {
  Timing timing;
  set_constant(timing, "hop_cycles", 7);
  EXPECT_EQ(timing.hop_cycles, 7);
  EXPECT_EQ(refusal([&] { set_constant(timing, "hop_cycles", -1); }),
            "hop_cycles cannot be -1\n  why:   it is a whole number from 0 to 1000000");
  EXPECT_EQ(refusal([&] { set_constant(timing, "hop_cycle", 1); }),
            "there is no timing constant 'hop_cycle'\n  try:   did you mean 'hop_cycles'?");
}

}  // namespace
}  // namespace shiftwise::target
