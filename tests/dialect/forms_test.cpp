// SPDX-License-Identifier: Apache-2.0
// Text of every year is read, and printed in the form that is asked for.
#include <gtest/gtest.h>

#include <string>

#include "core/diagnostic.h"
#include "core/file.h"
#include "dialect/text/text.h"

namespace shiftwise::dialect {
namespace {

std::string design(const std::string& name) {
  const core::MappedFile file(SHIFTWISE_SOURCE_DIR "/tests/dialect/designs/" + name);
  return std::string(file.text());
}

/// Without the comment that every file begins with.
std::string body(const std::string& text) { return text.substr(text.find('\n') + 1); }

std::string present(const std::string& text) {
  return reprint(text, "design.mlir", Era::kPresent).text;
}
std::string of_2024(const std::string& text) {
  return reprint(text, "design.mlir", Era::k2024).text;
}

/// A device with these lines in it, as it is printed.
std::string device(const std::string& lines) {
  return "module {\n  aie.device(npu1) {\n" + lines + "  }\n}\n";
}

std::string refusal_of_2024(const std::string& lines) {
  try {
    of_2024(device(lines));
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().what, "the design has no form of 2024");
    return error.diagnostic().where + ": " + error.diagnostic().why;
  }
  return "no refusal";
}

TEST(PresentForm, EveryOperationIsPrintedAsItWasRead) {
  const std::string text = body(design("every-operation.mlir"));
  EXPECT_EQ(present(text), text);
}

TEST(FormOf2024, EveryOperationIsPrintedAsItWasRead) {
  const std::string text = body(design("autumn-2024.mlir"));
  EXPECT_EQ(of_2024(text), text);
}

TEST(Forms, AllYearsSurviveTheWayThroughEachOther) {
  for (const char* name : {"autumn-2024.mlir", "spring-2024.mlir", "year-2023.mlir"}) {
    const std::string now = present(design(name));
    EXPECT_EQ(present(now), now) << name;
    const std::string then = of_2024(now);
    EXPECT_EQ(of_2024(then), then) << name;
    EXPECT_EQ(of_2024(present(then)), then) << name;
  }
}

TEST(Forms, EarlyTextBecomesThePresentOne) {
  for (const char* name : {"spring-2024", "year-2023"}) {
    EXPECT_EQ(present(design(std::string(name) + ".mlir")),
              body(design(std::string(name) + ".present.mlir")))
        << name;
  }
}

TEST(Forms, StreamPortsMayStandInCapitals) {
  const auto flows = [](const std::string& core, const std::string& south) {
    return device(
        "    %tile_0_2 = aie.tile(0, 2)\n    %tile_0_3 = aie.tile(0, 3)\n"
        "    aie.flow(%tile_0_2, " +
        core +
        " : 0, %tile_0_3, DMA : 0)\n"
        "    aie.packet_flow(1) {\n      aie.packet_source<%tile_0_2, " +
        south + " : 1>\n      aie.packet_dest<%tile_0_3, DMA : 1>\n    }\n");
  };
  EXPECT_EQ(present(flows("CORE", "SOUTH")), flows("Core", "South"));
}

TEST(Forms, OneSubviewBecomesTheObjectsAndBack) {
  const std::string old = body(design("autumn-2024.mlir"));
  const std::string now = present(old);
  EXPECT_NE(now.find("= aie.objectfifo.acquire @second(Consume, 3) : memref<64xi8>, memref<64xi8>, "
                     "memref<64xi8>"),
            std::string::npos);
  EXPECT_EQ(now.find("subview"), std::string::npos);
  EXPECT_NE(of_2024(now).find("aie.objectfifo.subview.access %0[2]"), std::string::npos);
}

TEST(Forms, DescriptorsAreReadInEachGenerationsOrder) {
  const char* const present_form =
      "offset = 2 len = 8 sizes = [2, 4] strides = [16, 1] pad [<const_pad_before = 1, "
      "const_pad_after = 0>, <const_pad_before = 0, const_pad_after = 2>] pad_value = 5)";
  for (const char* form :
       {" offset = 2 len = 8 sizes = [2, 4] strides = [16, 1] pad [<1, 0>, <0, 2>] pad_value = 5)",
        ", 2, 8, [<2, 16>, <4, 1>], [<1, 0>, <0, 2>], 5)",
        ", 2, 8, [<wrap = 2, step = 16>, <wrap = 4, step = 1>], [<1, 0>, <0, 2>], pad_value = 5)",
        ", dims = [<2, 16>, <4, 1>], pad_dims = [<1, 0>, <0, 2>], pad_value = 5) {offset = 2 : "
        "i32, "
        "len = 8 : i32}",
        ", pad_value = 5) {offset = 2, len = 8, dimensions = #aie<bd_dim_layout_array[<2, 16>, <4, "
        "1>]>, pad_dimensions = #aie<bd_pad_layout_array[<1, 0>, <0, 2>]>}"}) {
    const std::string text = present(
        device("%t = aie.tile(0, 1)\n%b = aie.buffer(%t) : memref<64xi32>\n"
               "%m = aie.memtile_dma(%t) {\naie.dma_start(MM2S, 0, ^a, ^e)\n^a:\naie.dma_bd(%b : "
               "memref<64xi32>" +
               std::string(form) + "\naie.next_bd ^a\n^e:\naie.end\n}\n"));
    EXPECT_NE(text.find(present_form), std::string::npos) << text;
  }
}

TEST(Forms, SequencesKeepTheirNumbersWhereverTheyStand) {
  const std::string operands = device(
      "    aie.runtime_sequence() {\n"
      "      %c119300_i32 = arith.constant 119300 : i32\n"
      "      %c-2147483633_i32 = arith.constant -2147483633 : i32\n"
      "      aiex.npu.write32(%c119300_i32, %c-2147483633_i32) : i32, i32\n"
      "    }\n");
  const std::string dictionary = device(
      "    aiex.runtime_sequence() {\n"
      "      aiex.npu.write32 {address = 119300 : ui32, value = 2147483663 : ui32}\n"
      "    }\n");
  EXPECT_EQ(of_2024(operands), dictionary);
  EXPECT_EQ(present(dictionary), operands);
}

TEST(Forms, MemcpysOfThreeStridesGetTheImpliedOne) {
  const std::string text = present(
      device("func.func @sequence(%a : memref<64xi32>) {\naiex.npu.dma_memcpy_nd(0, 0, %a[0, "
             "0, 0, 0][1, 1, 4, 16][0, 0, 16]) {id = 0 : i32, metadata = @in} : "
             "memref<64xi32>\nreturn\n}\n"));
  EXPECT_NE(text.find("(%arg0[0, 0, 0, 0][1, 1, 4, 16][0, 0, 16, 1])"), std::string::npos) << text;
}

TEST(Forms, WhatNobodyHereKnowsIsKept) {
  const std::string text = device(
      "    %tile_0_0 = aie.tile(0, 0) {colour = \"red\", other.thing = #other.kind<a, <b>>}\n"
      "    aie.objectfifo @f(%tile_0_0, {%tile_0_0}, 1 : i32) {transport = #aie.transport<dma, "
      "packet = 3>} : !aie.objectfifo<memref<4xi8>>\n");
  EXPECT_EQ(present(text), text);
}

TEST(Forms, RoutingAndTraceAreLeftOutAndCounted) {
  const Printed printed = reprint(design("year-2023.mlir"), "design.mlir", Era::kPresent);
  EXPECT_EQ(printed.skipped, (std::map<std::string, int>{{"aie.switchbox", 1}, {"aie.wire", 1}}));
  const std::string traced = device(
      "%t = aie.tile(0, 2)\naie.trace @core(%t) {\n  aie.trace.mode \"Event-Time\"\n  "
      "aie.trace.packet id=1 type=core\n}\naie.runtime_sequence() {\naie.trace.start_config @core\n"
      "}\n");
  EXPECT_EQ(reprint(traced, "design.mlir", Era::kPresent).text,
            device("    %tile_0_2 = aie.tile(0, 2)\n    aie.runtime_sequence() {\n    }\n"));
}

TEST(FormOf2024, RefusesWhatItCannotSay) {
  EXPECT_EQ(
      refusal_of_2024("aie.runtime_sequence(%n: i32) {\naiex.npu.write32(%n, %n) : i32, i32\n}\n"),
      "design.mlir:4:1, aiex.npu.write32: 'address' is computed; text of 2024 has numbers only");
  EXPECT_EQ(refusal_of_2024("%t = aie.logical_tile<CoreTile>(?, ?)\n"),
            "design.mlir:3:6, aie.logical_tile: its place is open");
  EXPECT_EQ(refusal_of_2024("aie.runtime_sequence() {\naiex.configure @other {\n}\n}\n"),
            "design.mlir:4:1, aiex.configure: sequences could not run other devices then");
  EXPECT_EQ(refusal_of_2024("}\naie.device(npu1) @second {\n"),
            "design.mlir:4:1, aie.device: it is the second device of the module");
  EXPECT_EQ(refusal_of_2024(
                "func.func private @f() attributes {link_with = \"f.o\"}\n"
                "func.func private @g() attributes {link_with = \"g.o\"}\n"
                "%t = aie.tile(0, 2)\n%c = aie.core(%t) {\nfunc.call @f() : () -> ()\nfunc.call "
                "@g() : () -> ()\naie.end\n}\n"),
            "design.mlir:6:6, aie.core: its functions come from more than one object file; a core "
            "had one "
            "then");
}

TEST(FormOf2024, ObjectsAreNamedAtTheCore) {
  const std::string text =
      of_2024(device("func.func private @f() attributes {link_with = \"f.o\"}\n"
                     "%t = aie.tile(0, 2)\n%c = aie.core(%t) {\nfunc.call @f() : () -> ()\n"
                     "aie.end\n}\n"));
  EXPECT_NE(text.find("aie.end\n    } {link_with = \"f.o\"}"), std::string::npos) << text;
  EXPECT_EQ(of_2024(device("    %tile_0_2 = aie.tile(0, 2)\n    %core_0_2 = aie.core(%tile_0_2) {\n"
                           "      aie.end\n    } {link_files = [\"f.o\"]}\n")),
            device("    %tile_0_2 = aie.tile(0, 2)\n    %core_0_2 = aie.core(%tile_0_2) {\n"
                   "      aie.end\n    } {link_with = \"f.o\"}\n"));
}

}  // namespace
}  // namespace shiftwise::dialect
