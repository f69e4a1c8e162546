// SPDX-License-Identifier: Apache-2.0
// What runtime sequences become.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/diagnostic.h"
#include "dialect/derive/descriptor_words.h"
#include "dialect/derived.h"
#include "target/registers.h"

namespace shiftwise::dialect {
namespace {

DeviceProgram sequence(const std::string& body, const std::string& arguments,
                       const std::string& before = {}) {
  return derive(
      "aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<16xi8>>\n"
      "aie.objectfifo @out(%a, {%shim}, 2 : i32) : !aie.objectfifo<memref<16xi8>>\n" +
      before + "aie.runtime_sequence @go(" + arguments + ") {\n" + body + "}\n");
}

TEST(Memcpy, OfOneRunIsLinear) {
  EXPECT_EQ(lines(sequence("aiex.npu.dma_memcpy_nd(0, 0, %x[0, 0, 0, 4][1, 1, 1, 64][0, 0, 0]) "
                           "{metadata = @in, id = 3 : i64} : memref<128xi32>\n",
                           "%x: memref<128xi32>"),
                  {"sequence"}),
            "sequence go: memref<128xi32>\n"
            "  task 0 on MM2S 0 of tile (0, 0)\n"
            "    0: host 0 [4 +64] x4 bytes id 3 end\n"
            "  configure 0\n"
            "  start 0\n");
}

TEST(Memcpy, RepeatsItsOutermostDimension) {
  EXPECT_EQ(lines(sequence("aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][4, 2, 3, 8][64, 32, 8, 1]) "
                           "{metadata = @out, id = 0 : i64} : memref<1024xi32>\n"
                           "aiex.npu.dma_wait {symbol = @out}\n",
                           "%x: memref<1024xi32>"),
                  {"sequence"}),
            "sequence go: memref<1024xi32>\n"
            "  task 0 on S2MM 0 of tile (0, 0) repeat 3 token\n"
            "    0: host 0 [0 +48] x4 bytes 2:32 3:8 8:1 again 4:64 id 0 end\n"
            "  configure 0\n"
            "  start 0\n"
            "  sync S2MM 0 of tile (0, 0) 1x1\n");
}

TEST(Memcpy, FoldsRowsThatLieOneBehindTheOther) {
  const DeviceProgram device = sequence(
      "aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 4, 1080, 480][0, 518400, 480, 1]) "
      "{metadata = @in, id = 0 : i64} : memref<2073600xi32>\n",
      "%x: memref<2073600xi32>");
  EXPECT_TRUE(device.sequences.front().tasks.front().descriptors.front().dimensions.empty());
}

TEST(Memcpy, OfMoreThanTheTextDeclaresIsReadWithANote) {
  const DeviceProgram device = sequence(
      "aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 128][0, 0, 0, 1]) "
      "{metadata = @in, id = 0 : i64} : memref<64xi32>\n"
      "aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 32][4, 1, 1, 64][64, 0, 0, 1]) "
      "{metadata = @out, id = 1 : i64} : memref<64xi32>\n"
      "aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) "
      "{metadata = @out, id = 2 : i64} : memref<64xi32>\n",
      "%x: memref<64xi32>, %y: memref<64xi32>, %z: memref<1xi32>");
  EXPECT_EQ(
      device.notes,
      (std::vector<std::string>{
          "small.mlir:11:1: 512 bytes of host buffer 0 are moved, which is declared with 256 "
          "(memref<64xi32>); it must be given larger",
          "small.mlir:12:1: 1152 bytes of host buffer 1 are moved, which is declared with 256 "
          "(memref<64xi32>); it must be given larger"}));
}

TEST(Sequence, RunsItsLoops) {
  const DeviceProgram device = sequence(
      "%zero = arith.constant 0 : index\n"
      "%one = arith.constant 1 : index\n"
      "%three = arith.constant 3 : index\n"
      "scf.for %i = %zero to %three step %one {\n"
      "  %n = arith.index_cast %i : index to i64\n"
      "  %sixteen = arith.constant 16 : i64\n"
      "  %from = arith.muli %n, %sixteen : i64\n"
      "  aiex.npu.dma_memcpy_nd(%x[0, 0, 0, %from][1, 1, 1, 16][0, 0, 0, 1]) {metadata = @out, id "
      "= 0 : i64} : memref<64xi8>\n"
      "  aiex.npu.dma_wait {symbol = @out}\n"
      "}\n",
      "%x: memref<64xi8>");
  const Sequence& derived = device.sequences.front();
  ASSERT_EQ(derived.tasks.size(), 3U);
  EXPECT_EQ(derived.tasks[2].descriptors.front().offset, 32);
  EXPECT_EQ(derived.operations.size(), 9U);
}

TEST(Sequence, CarriesTasksThroughLoops) {
  const std::string task =
      "aiex.dma_configure_task_for @out {\n"
      "    aie.dma_bd(%x : memref<64xi8>, 0, 16)\n"
      "    aie.end\n"
      "  } {issue_token = true}\n";
  const DeviceProgram device = sequence(
      "%zero = arith.constant 0 : index\n"
      "%one = arith.constant 1 : index\n"
      "%two = arith.constant 2 : index\n"
      "%first = " +
          task +
          "aiex.dma_start_task(%first)\n"
          "%last = scf.for %i = %zero to %two step %one "
          "iter_args(%before = %first) -> (index) {\n"
          "  %next = " +
          task +
          "  aiex.dma_start_task(%next)\n"
          "  aiex.dma_await_task(%before)\n"
          "  scf.yield %next : index\n"
          "}\n"
          "aiex.dma_await_task(%last)\n",
      "%x: memref<64xi8>");
  std::vector<Index> awaited;
  for (const HostOperation& operation : device.sequences.front().operations) {
    if (const auto* await = std::get_if<AwaitTask>(&operation.what)) {
      awaited.push_back(await->task);
    }
  }
  EXPECT_EQ(awaited, (std::vector<Index>{0, 1, 2}));
}

TEST(Sequence, WritesParametersLocksAndRegisters) {
  EXPECT_EQ(lines(sequence("aiex.npu.rtp_write(@rtp, 1, -7)\n"
                           "aiex.npu.rtp_write(0, 2, 0, 9) {buffer_sym_name = \"rtp\"}\n"
                           "aiex.npu.maskwrite32 {address = 2 : ui32, buffer = @rtp, mask = 240 : "
                           "ui32, value = 80 : ui32}\n"
                           "aiex.set_lock(%l, 1)\n"
                           "aiex.npu.write32 {address = 119300 : ui32, column = 0 : i32, row = 0 : "
                           "i32, value = 3 : ui32}\n"
                           "aiex.npu.address_patch {addr = 118788 : ui32, arg_idx = 0 : i32, "
                           "arg_plus = 64 : i32}\n"
                           "aiex.npu.push_queue(0, 0, MM2S : 1) {bd_id = 2 : i32, issue_token = "
                           "true, repeat_count = 1 : i32}\n",
                           "%x: memref<64xi8>",
                           "%p = aie.buffer(%a) {sym_name = \"rtp\"} : memref<4xi32>\n"
                           "%l = aie.lock(%a, 0) {sym_name = \"gate\"}\n"),
                  {"sequence"}),
            "sequence go: memref<64xi8>\n"
            "  write rtp[1] = -7\n"
            "  write rtp[0] = 9\n"
            "  write rtp[2] = 80 mask 0x000000F0\n"
            "  set gate = 1\n"
            "  register 0x0001D204 0x00000003\n"
            "  patch 0x0001D004 = host 0 + 64 bytes\n"
            "  push MM2S 1 of tile (0, 0) descriptor 2 repeat 1 token\n");
}

TEST(Sequence, MemoryThatOnlyItsDescriptorsKnowIsOneBuffer) {
  const std::string write =
      "aiex.npu.write32 {address = 655364 : ui32, column = 0 : i32, row = 1 : i32, value = 3 : "
      "ui32}\n";
  const auto made = [&](const std::string& before) {
    const DeviceProgram device = sequence(write, "%x: memref<64xi8>", before);
    return std::any_of(device.buffers.begin(), device.buffers.end(), [](const Buffer& buffer) {
      return buffer.name == "memory_0_1" && buffer.address == 0 && buffer.bytes == 512 * 1024;
    });
  };
  EXPECT_TRUE(made(""));
  EXPECT_FALSE(made("%m = aie.buffer(%mem) : memref<4xi32>\n"));
}

TEST(Sequence, LeavesTraceRegistersOutWithANote) {
  const DeviceProgram device = sequence(
      "aiex.npu.write32 {address = 213200 : ui32, column = 0 : i32, row = 2 : i32, value = 1 : "
      "ui32}\n",
      "%x: memref<64xi8>");
  EXPECT_TRUE(device.sequences.front().operations.empty());
  ASSERT_EQ(device.notes.size(), 1U);
  EXPECT_NE(device.notes.front().find("1 write to trace and counter registers of compute tile "
                                      "(0, 2) left out"),
            std::string::npos)
      << device.notes.front();
}

TEST(DescriptorWords, OfAShimSayWhatTheFieldsSay) {
  const std::map<std::string, std::int64_t> fields{
      {"buffer_length", 64}, {"buffer_offset", 256}, {"d0_size", 8},        {"d0_stride", 0},
      {"d1_size", 4},        {"d1_stride", 31},      {"iteration_size", 1}, {"iteration_stride", 9},
      {"enable_packet", 1},  {"packet_id", 5},       {"next_bd", 3},        {"use_next_bd", 1}};
  const auto words = descriptor_words(target::TileKind::kShim, [&](const std::string& name) {
    const auto field = fields.find(name);
    return field == fields.end() ? 0 : field->second;
  });
  std::array<std::uint32_t, 8> eight{};
  std::copy(words.begin(), words.end(), eight.begin());
  const target::DescriptorFields decoded =
      target::decode_descriptor(target::TileKind::kShim, eight);
  EXPECT_EQ(decoded.length_words, 64);
  EXPECT_EQ(decoded.address_bytes, 256U);
  EXPECT_EQ(decoded.sizes[0], 8);
  EXPECT_EQ(decoded.sizes[1], 4);
  EXPECT_EQ(decoded.strides[1], 32);
  EXPECT_EQ(decoded.iteration_size, 2);
  EXPECT_EQ(decoded.iteration_stride, 10);
  EXPECT_EQ(decoded.packet_id, 5);
  EXPECT_TRUE(decoded.use_next);
  EXPECT_EQ(decoded.next, 3);
}

TEST(DescriptorWords, OfEveryTileSayWhatTheFieldsSay) {
  const std::map<std::string, std::int64_t> fields{
      {"buffer_length", 64},  {"buffer_offset", 256},  {"d0_size", 8},
      {"d0_stride", 0},       {"d1_size", 4},          {"d1_stride", 31},
      {"iteration_size", 1},  {"iteration_stride", 9}, {"enable_packet", 1},
      {"packet_id", 5},       {"next_bd", 3},          {"use_next_bd", 1},
      {"lock_acq_enable", 1}, {"lock_acq_id", 2},      {"lock_acq_val", -1},
      {"lock_rel_id", 1},     {"lock_rel_val", 1}};
  for (const target::TileKind kind : {target::TileKind::kMem, target::TileKind::kCompute}) {
    const auto words = descriptor_words(kind, [&](const std::string& name) {
      const auto field = fields.find(name);
      return field == fields.end() ? 0 : field->second;
    });
    std::array<std::uint32_t, 8> eight{};
    std::copy(words.begin(), words.end(), eight.begin());
    const target::DescriptorFields decoded = target::decode_descriptor(kind, eight);
    EXPECT_EQ(decoded.length_words, 64);
    EXPECT_EQ(decoded.address_bytes, 1024U);
    EXPECT_EQ(decoded.sizes, (std::array<std::int64_t, 4>{8, 4}));
    EXPECT_EQ(decoded.strides[1], 32);
    EXPECT_EQ(decoded.iteration_size, 2);
    EXPECT_EQ(decoded.iteration_stride, 10);
    EXPECT_EQ(decoded.packet_id, 5);
    EXPECT_TRUE(decoded.use_next);
    EXPECT_EQ(decoded.next, 3);
    ASSERT_TRUE(decoded.acquire && decoded.release);
    EXPECT_EQ(decoded.acquire->number, 2);
    EXPECT_EQ(decoded.acquire->value, -1);
    EXPECT_EQ(decoded.release->number, 1);
    EXPECT_EQ(decoded.release->value, 1);
  }
}

TEST(Module, OfAPublishedTestIsForNpu1) {
  const Program program = read_program("aie.device(NPUDEVICE) {\n}\n", "test.mlir");
  EXPECT_EQ(program.devices[0].device, "npu1");
  EXPECT_EQ(program.devices[0].notes,
            (std::vector<std::string>{
                "test.mlir:1:1: NPUDEVICE stands for any device; it is taken to be npu1"}));
  EXPECT_EQ(read_program("aie.device(npu4) {\n}\n", "iree.mlir").devices[0].device, "npu2");
}

TEST(Module, MayHoldDevicesThatRunEachOther) {
  const Program program = read_program(
      "aie.device(npu1) @inner {\n"
      "  aie.runtime_sequence @work(%x: memref<4xi32>) {\n  }\n"
      "}\n"
      "aie.device(npu1) @outer {\n"
      "  aie.runtime_sequence @all(%y: memref<8xi32>, %x: memref<4xi32>) {\n"
      "    aiex.configure @inner {\n"
      "      aiex.run @work(%x) : (memref<4xi32>)\n"
      "    }\n"
      "  }\n"
      "}\n",
      "two.mlir");
  ASSERT_EQ(program.devices.size(), 2U);
  EXPECT_EQ(lines(program.devices[1], {"sequence"}),
            "sequence all: memref<8xi32> memref<4xi32>\n  run inner::work 1\n");
}

std::string refusal(const std::string& body) {
  try {
    derive(body);
  } catch (const core::Error& error) {
    return error.diagnostic().why;
  }
  return "no refusal";
}

TEST(HostileSequences, MemrefsWithoutARankAreRefused) {
  EXPECT_EQ(refusal("aie.runtime_sequence(%h: memref<16xi32>) {\n"
                    "  %u = memref.cast %h : memref<16xi32> to memref<*xi32>\n"
                    "  %r = memref.reinterpret_cast %u to offset: [4], sizes: [4], strides: [1] : "
                    "memref<*xi32> to memref<4xi32, strided<[1], offset: 4>>\n"
                    "}\n"),
            "a memref without a rank");
}

TEST(HostileSequences, RegistersAreWords) {
  EXPECT_EQ(refusal("aie.runtime_sequence() {\n"
                    "  aiex.npu.write32 {address = 0x21D002 : ui32, value = 7 : ui32}\n"
                    "}\n"),
            "register 0x1D002 of tile (0, 2)");
}

TEST(HostileSequences, LongWritesCountByTheirLength) {
  EXPECT_EQ(refusal("memref.global constant @zeros : memref<1048576xi32> = dense<0>\n"
                    "aie.runtime_sequence() {\n"
                    "  %zero = arith.constant 0 : index\n"
                    "  %one = arith.constant 1 : index\n"
                    "  %many = arith.constant 100000 : index\n"
                    "  scf.for %i = %zero to %many step %one {\n"
                    "    %w = memref.get_global @zeros : memref<1048576xi32>\n"
                    "    aiex.npu.blockwrite(%w) {address = 0x21D000 : ui32} : "
                    "memref<1048576xi32>\n"
                    "  }\n"
                    "}\n"),
            "the sequence comes to more than 262144 operations");
}

TEST(HostileSequences, PlacesInsideOfPlacesAreOne) {
  std::string places = "#l0 = loc(\"x\":1:2)\n";
  for (int i = 1; i <= 3000; ++i) {
    places += "#l" + std::to_string(i) + " = loc(\"n\"(#l" + std::to_string(i - 1) + "))\n";
  }
  try {
    read_program(places + "aie.device(npu1) { %t = aie.tile(0, 77) loc(#l3000) }\n", "a.mlir");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().where, "x:1:2, aie.tile");
  }
}

}  // namespace
}  // namespace shiftwise::dialect
