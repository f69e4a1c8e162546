// SPDX-License-Identifier: Apache-2.0
// What object FIFOs become. The expected lines are the rules of mlir-aie's stateful transform,
// worked out by hand.
#include <gtest/gtest.h>

#include "dialect/derived.h"

namespace shiftwise::dialect {
namespace {

TEST(ObjectFifo, BetweenShimAndCoreHasAPoolTwoLocksARingAndARoute) {
  const DeviceProgram device =
      derive("aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi32>>\n");
  EXPECT_EQ(lines(device, {"buffer", "lock", "pool", "dma", "route", "allocation"}),
            "buffer in_cons_buff_0 (0, 2) memref<16xi32>\n"
            "buffer in_cons_buff_1 (0, 2) memref<16xi32>\n"
            "lock in_cons_prod_lock (0, 2) = 2\n"
            "lock in_cons_cons_lock (0, 2) = 0\n"
            "pool in: in_cons_buff_0 in_cons_buff_1\n"
            "dma S2MM 0 of tile (0, 2) for in\n"
            "    0: in_cons_buff_0 [0 +16] x4 bytes acquire in_cons_prod_lock 1 release "
            "in_cons_cons_lock 1 -> 1\n"
            "    1: in_cons_buff_1 [0 +16] x4 bytes acquire in_cons_prod_lock 1 release "
            "in_cons_cons_lock 1 -> 0\n"
            "route (0, 0) DMA 0 -> (0, 2) DMA 0 for in\n"
            "allocation in = MM2S 0 of tile (0, 0)\n"
            "allocation in_shim_alloc = MM2S 0 of tile (0, 0)\n");
}

TEST(ObjectFifo, BetweenNeighboursIsSharedMemoryWithoutDma) {
  const DeviceProgram device =
      derive("aie.objectfifo @x(%a, {%b}, 3 : i32) : !aie.objectfifo<memref<8xi8>>\n");
  EXPECT_EQ(lines(device, {"buffer", "lock", "dma", "route"}),
            "buffer x_buff_0 (0, 2) memref<8xi8>\n"
            "buffer x_buff_1 (0, 2) memref<8xi8>\n"
            "buffer x_buff_2 (0, 2) memref<8xi8>\n"
            "lock x_prod_lock (0, 2) = 3\n"
            "lock x_cons_lock (0, 2) = 0\n");
}

TEST(ObjectFifo, ToTheEasternNeighbourStaysWithTheProducer) {
  EXPECT_EQ(lines(derive("aie.objectfifo @x(%a, {%east}, 1 : i32) : "
                         "!aie.objectfifo<memref<8xi8>>\n"),
                  {"buffer", "dma"}),
            "buffer x_buff_0 (0, 2) memref<8xi8>\n");
}

TEST(ObjectFifo, ToTheWesternNeighbourGoesToTheConsumer) {
  EXPECT_EQ(lines(derive("aie.objectfifo @x(%east, {%a}, 1 : i32) : "
                         "!aie.objectfifo<memref<8xi8>>\n"),
                  {"buffer", "dma"}),
            "buffer x_buff_0 (0, 2) memref<8xi8>\n");
}

TEST(ObjectFifo, IsPutWhereTheTextWantsIt) {
  EXPECT_EQ(lines(derive("aie.objectfifo @x(%a, {%b}, 1 : i32) {via_shared_mem = 1 : i32} : "
                         "!aie.objectfifo<memref<8xi8>>\n"),
                  {"buffer"}),
            "buffer x_buff_0 (0, 3) memref<8xi8>\n");
  EXPECT_EQ(lines(derive("aie.objectfifo @x(%a, {%c}, 1 : i32) : !aie.objectfifo<memref<8xi8>>\n"
                         "aie.objectfifo.allocate @x(%b)\n"),
                  {"buffer", "dma"}),
            "buffer x_buff_0 (0, 3) memref<8xi8>\n");
}

TEST(ObjectFifo, UsesDmasWhereItIsToldTo) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%a, {%b}, 1 : i32) {via_DMA = true} : !aie.objectfifo<memref<8xi8>>\n");
  EXPECT_EQ(device.dma_tasks.size(), 2U);
  EXPECT_EQ(device.pools.size(), 2U);
}

TEST(ObjectFifo, ThatIsReorderedUsesDmas) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%a dimensionsToStream [<size = 4, stride = 1>, <size = 4, "
      "stride = 4>], {%b}, 1 : i32) : !aie.objectfifo<memref<16xi32>>\n");
  EXPECT_EQ(lines(device, {"dma"}),
            "dma MM2S 0 of tile (0, 2) for x\n"
            "    0: x_buff_0 [0 +16] x4 bytes 4:1 4:4 acquire x_cons_lock 1 release x_prod_lock 1 "
            "-> 0\n"
            "dma S2MM 0 of tile (0, 3) for x\n"
            "    0: x_cons_buff_0 [0 +16] x4 bytes acquire x_cons_prod_lock 1 release "
            "x_cons_cons_lock 1 -> 0\n");
}

constexpr const char* kAcquireTwo =
    "%core = aie.core(%a) {\n"
    "  %v = aie.objectfifo.acquire @in(Consume, 2) : !aie.objectfifosubview<memref<8xi8>>\n"
    "  aie.end\n"
    "}\n";

TEST(ObjectFifo, WithOneDepthHasOneObjectMoreThanItsCoreHolds) {
  const DeviceProgram device = derive(
      std::string("aie.objectfifo @in(%shim, {%a}, 5 : i32) : !aie.objectfifo<memref<8xi8>>\n") +
      kAcquireTwo);
  EXPECT_EQ(device.pools.front().buffers.size(), 3U);
}

TEST(ObjectFifo, WithAListOfDepthsHasThose) {
  const DeviceProgram device = derive(
      std::string("aie.objectfifo @in(%shim, {%a}, [2, 5]) : !aie.objectfifo<memref<8xi8>>\n") +
      kAcquireTwo);
  EXPECT_EQ(device.pools.front().buffers.size(), 5U);
}

TEST(ObjectFifo, OfDepthOneAcquiredOnceStaysOne) {
  const DeviceProgram device = derive(
      "aie.objectfifo @in(%shim, {%a}, 1 : i32) : !aie.objectfifo<memref<8xi8>>\n"
      "%core = aie.core(%a) {\n"
      "  %v = aie.objectfifo.acquire @in(Consume, 1) : "
      "!aie.objectfifosubview<memref<8xi8>>\n"
      "  aie.end\n"
      "}\n");
  EXPECT_EQ(device.pools.front().buffers.size(), 1U);
}

TEST(ObjectFifo, ToSeveralTilesIsOneRouteWithAPoolEach) {
  const DeviceProgram device =
      derive("aie.objectfifo @x(%a, {%b, %mem}, [1, 2, 3]) : !aie.objectfifo<memref<8xi8>>\n");
  EXPECT_EQ(lines(device, {"pool", "route"}),
            "pool x: x_buff_0\n"
            "pool x: x_0_cons_buff_0 x_0_cons_buff_1\n"
            "pool x: x_1_cons_buff_0 x_1_cons_buff_1 x_1_cons_buff_2\n"
            "route (0, 2) DMA 0 -> (0, 3) DMA 0, (0, 1) DMA 0 for x\n");
}

constexpr const char* kDistribute =
    "aie.objectfifo @in(%shim, {%mem}, 1 : i32) : !aie.objectfifo<memref<24xi8>>\n"
    "aie.objectfifo @one(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi8>>\n"
    "aie.objectfifo @two(%mem, {%b}, 2 : i32) : !aie.objectfifo<memref<8xi8>>\n";

TEST(Link, DistributesSlicesWithALockPairEach) {
  const DeviceProgram device =
      derive(kDistribute + std::string("aie.objectfifo.link [@in] -> [@one, @two] ([] [0, 16])\n"));
  EXPECT_EQ(lines(device, {"lock in_", "dma S2MM 0 of tile (0, 1)", "dma MM2S"}),
            "lock in_cons_prod_lock_0 (0, 1) = 1\n"
            "lock in_cons_cons_lock_0 (0, 1) = 0\n"
            "lock in_cons_prod_lock_1 (0, 1) = 1\n"
            "lock in_cons_cons_lock_1 (0, 1) = 0\n"
            "dma S2MM 0 of tile (0, 1) for in\n"
            "    0: in_cons_buff_0 [0 +16] acquire in_cons_prod_lock_0 1 release "
            "in_cons_cons_lock_0 1 -> 1\n"
            "    1: in_cons_buff_0 [16 +8] acquire in_cons_prod_lock_1 1 release "
            "in_cons_cons_lock_1 1 -> 0\n"
            "dma MM2S 0 of tile (0, 1) for one\n"
            "    0: in_cons_buff_0 [0 +16] acquire in_cons_cons_lock_0 1 release "
            "in_cons_prod_lock_0 1 -> 0\n"
            "dma MM2S 1 of tile (0, 1) for two\n"
            "    0: in_cons_buff_0 [16 +8] acquire in_cons_cons_lock_1 1 release "
            "in_cons_prod_lock_1 1 -> 0\n");
}

TEST(Link, WithoutOffsetsPutsSlicesOneBehindTheOther) {
  EXPECT_EQ(
      to_text(derive(kDistribute + std::string("aie.objectfifo.link [@in] -> [@one, @two] ()\n"))),
      to_text(derive(kDistribute +
                     std::string("aie.objectfifo.link [@in] -> [@one, @two] ([] [0, 16])\n"))));
}

TEST(Link, JoinsSlicesThatAreSentInTurn) {
  const DeviceProgram device = derive(
      "aie.objectfifo @one(%a, {%mem}, 2 : i32) : !aie.objectfifo<memref<16xi8>>\n"
      "aie.objectfifo @two(%b, {%mem}, 2 : i32) : !aie.objectfifo<memref<8xi8>>\n"
      "aie.objectfifo @out(%mem, {%shim}, 1 : i32) : !aie.objectfifo<memref<24xi8>>\n"
      "aie.objectfifo.link [@one, @two] -> [@out] ([8, 0] [])\n");
  EXPECT_EQ(lines(device, {"dma S2MM", "dma MM2S 0 of tile (0, 1)"}),
            "dma S2MM 0 of tile (0, 1) for one\n"
            "    0: out_buff_0 [8 +16] acquire out_prod_lock_0 1 release out_cons_lock_0 1 -> 0\n"
            "dma S2MM 1 of tile (0, 1) for two\n"
            "    0: out_buff_0 [0 +8] acquire out_prod_lock_1 1 release out_cons_lock_1 1 -> 0\n"
            "dma MM2S 0 of tile (0, 1) for out\n"
            "    0: out_buff_0 [8 +16] acquire out_cons_lock_0 1 release out_prod_lock_0 1 -> 1\n"
            "    1: out_buff_0 [0 +8] acquire out_cons_lock_1 1 release out_prod_lock_1 1 -> 0\n");
}

TEST(Link, OfOneToOneSharesThePoolOfTheBiggerObjects) {
  const DeviceProgram device = derive(
      "aie.objectfifo @in(%shim, {%mem}, 3 : i32) : !aie.objectfifo<memref<8xi8>>\n"
      "aie.objectfifo @out(%mem, {%a}, [2, 1]) : !aie.objectfifo<memref<32xi8>>\n"
      "aie.objectfifo.link [@in] -> [@out] ()\n");
  EXPECT_EQ(lines(device, {"pool"}),
            "pool out: out_buff_0 out_buff_1\npool out: out_cons_buff_0\n");
}

TEST(Repeat, MultipliesTheLocksOfTheSideThatFills) {
  const DeviceProgram device = derive(
      "aie.objectfifo @in(%shim, {%mem}, 1 : i32) : !aie.objectfifo<memref<8xi8>>\n"
      "aie.objectfifo @out(%mem, {%a}, 1 : i32) {repeat_count = 3 : i32} : "
      "!aie.objectfifo<memref<8xi8>>\n"
      "aie.objectfifo.link [@in] -> [@out] ()\n");
  EXPECT_EQ(lines(device, {"lock in", "dma S2MM 0 of tile (0, 1)", "dma MM2S"}),
            "lock in_cons_prod_lock (0, 1) = 3\n"
            "lock in_cons_cons_lock (0, 1) = 0\n"
            "dma S2MM 0 of tile (0, 1) for in\n"
            "    0: in_cons_buff_0 [0 +8] acquire in_cons_prod_lock 3 release in_cons_cons_lock 3 "
            "-> 0\n"
            "dma MM2S 0 of tile (0, 1) for out\n"
            "    0: in_cons_buff_0 [0 +8] acquire in_cons_cons_lock 1 release in_cons_prod_lock 1 "
            "-> 1\n"
            "    1: in_cons_buff_0 [0 +8] acquire in_cons_cons_lock 1 release in_cons_prod_lock 1 "
            "-> 2\n"
            "    2: in_cons_buff_0 [0 +8] acquire in_cons_cons_lock 1 release in_cons_prod_lock 1 "
            "-> 0\n");
}

TEST(Repeat, OfACoresOwnFifoIsWhatTheCoreTakes) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%a, {%b}, 2 : i32) {repeat_count = 2 : i32} : "
      "!aie.objectfifo<memref<8xi8>>\n"
      "%core = aie.core(%a) {\n"
      "  %v = aie.objectfifo.acquire @x(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>\n"
      "  aie.objectfifo.release @x(Produce, 1)\n"
      "  aie.end\n"
      "}\n");
  EXPECT_EQ(lines(device, {"lock x_prod", "port"}),
            "lock x_prod_lock (0, 2) = 4\n"
            "port x Produce of core (0, 2) acquire x_prod_lock 2 release x_cons_lock 2\n");
}

TEST(Iterations, EndTheRingOfTheProducer) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%mem, {%a}, 2 : i32) {iter_count = 4 : i32} : "
      "!aie.objectfifo<memref<8xi8>>\n");
  EXPECT_EQ(device.dma_tasks.front().repeat, 3);
  EXPECT_EQ(device.dma_tasks.front().descriptors.back().next, kNone);
  EXPECT_EQ(device.dma_tasks.back().descriptors.back().next, 0);
}

TEST(InitialValues, StartFull) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%mem, {%a}, 2 : i32) : !aie.objectfifo<memref<4xi8>> = "
      "[dense<[1, 2, 3, 4]> : memref<4xi8>, dense<5> : memref<4xi8>]\n");
  EXPECT_EQ(lines(device, {"buffer x_buff", "lock x_prod", "lock x_cons_lock"}),
            "buffer x_buff_0 (0, 1) memref<4xi8> initialized\n"
            "buffer x_buff_1 (0, 1) memref<4xi8> initialized\n"
            "lock x_prod_lock (0, 1) = 0\n"
            "lock x_cons_lock (0, 1) = 2\n");
  EXPECT_EQ(device.buffers[0].initial[2], std::byte{3});
}

TEST(ObjectFifo, WithoutSynchronizationHasNoLocks) {
  const DeviceProgram device = derive(
      "aie.objectfifo @x(%mem, {%a}, 1 : i32) {disable_synchronization = true} : "
      "!aie.objectfifo<memref<4xi8>>\n");
  EXPECT_TRUE(device.locks.empty());
  EXPECT_EQ(device.dma_tasks.front().descriptors.front().acquire.lock, kNone);
}

TEST(MemTile, ThatIsFullHandsBuffersToItsNeighbourByALowChannel) {
  const DeviceProgram device = derive(
      "aie.objectfifo @small(%shim, {%mem}, 1 : i32) : !aie.objectfifo<memref<4xi8>>\n"
      "aie.objectfifo @big(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<300000xi8>>\n");
  EXPECT_EQ(lines(device, {"buffer", "route"}),
            "buffer small_cons_buff_0 (0, 1) memref<4xi8>\n"
            "buffer big_cons_buff_0 (0, 1) memref<300000xi8>\n"
            "buffer big_cons_buff_1 (1, 1) memref<300000xi8>\n"
            "route (0, 0) DMA 0 -> (0, 1) DMA 1 for small\n"
            "route (0, 0) DMA 1 -> (0, 1) DMA 0 for big\n");
}

TEST(Channels, OfTheTextComeFirst) {
  const DeviceProgram device = derive(
      "%b0 = aie.buffer(%a) : memref<4xi32>\n"
      "aie.objectfifo @in(%shim, {%a}, 1 : i32) : !aie.objectfifo<memref<4xi8>>\n"
      "%m = aie.mem(%a) {\n"
      "  %d = aie.dma_start(S2MM, 0, ^move, ^end)\n"
      "^move:\n"
      "  aie.dma_bd(%b0 : memref<4xi32>, 0, 4)\n"
      "  aie.next_bd ^move\n"
      "^end:\n"
      "  aie.end\n"
      "}\n");
  EXPECT_EQ(lines(device, {"route"}), "route (0, 0) DMA 0 -> (0, 2) DMA 1 for in\n");
}

TEST(Padding, IsAddedWhereTheMemTileSends) {
  const DeviceProgram device = derive(
      "aie.objectfifo @in(%shim, {%mem}, 1 : i32) : !aie.objectfifo<memref<2x4xi32>>\n"
      "aie.objectfifo @out(%mem dimensionsToStream [<size = 2, stride = 4>, <size = 4, "
      "stride = 1>], {%a}, 1 : i32) {padDimensions = #aie<bd_pad_layout_array["
      "<const_pad_before = 1, const_pad_after = 0>, <const_pad_before = 0, "
      "const_pad_after = 2>]>} : !aie.objectfifo<memref<3x6xi32>>\n"
      "aie.objectfifo.link [@in] -> [@out] ()\n");
  EXPECT_EQ(lines(device, {"dma MM2S"}),
            "dma MM2S 0 of tile (0, 1) for out\n"
            "    0: in_cons_buff_0 [0 +8] x4 bytes 2:4 4:1 pad 1/0 pad 0/2 acquire "
            "in_cons_cons_lock 1 release in_cons_prod_lock 1 -> 0\n");
}

}  // namespace
}  // namespace shiftwise::dialect
