// SPDX-License-Identifier: Apache-2.0
// What does not parse is refused with its place, its line and the reason; hostile text too.
#include <gtest/gtest.h>

#include <string>

#include "core/diagnostic.h"
#include "dialect/text/text.h"

namespace shiftwise::dialect {
namespace {

core::Diagnostic refusal(const std::string& text) {
  try {
    reprint(text, "design.mlir", Era::kPresent);
  } catch (const core::Error& error) {
    return error.diagnostic();
  }
  return {.what = "no refusal"};
}

/// What is said of lines in a device; the first of them is line 2.
core::Diagnostic in_device(const std::string& lines) {
  return refusal("aie.device(npu1) {\n" + lines + "}\n");
}

TEST(Refusals, NameTheFileTheLineAndTheReason) {
  const core::Diagnostic said = in_device("  %t = aie.tile(0 0)\n");
  EXPECT_EQ(said.what, "cannot read design.mlir");
  EXPECT_EQ(said.where, "design.mlir:2:18: %t = aie.tile(0 0)");
  EXPECT_EQ(said.why, "expected ','");
  EXPECT_EQ(said.hint, "docs/dialect.md lists the forms that are understood");
}

TEST(Refusals, UnknownOperationsComeWithTheNearestNameAndTheList) {
  const core::Diagnostic said = in_device("  %t = aie.tyle(0, 0)\n");
  EXPECT_EQ(said.where, "design.mlir:2:8: %t = aie.tyle(0, 0)");
  EXPECT_EQ(said.why, "the operation 'aie.tyle' is not supported");
  EXPECT_TRUE(said.hint.starts_with("did you mean 'aie.tile'")) << said.hint;
  EXPECT_NE(said.hint.find("supported are "), std::string::npos);
  EXPECT_NE(said.hint.find("aiex.npu.dma_memcpy_nd"), std::string::npos);
  EXPECT_EQ(in_device("  linalg.fill\n").why, "the operation 'linalg.fill' is not supported");
  EXPECT_EQ(in_device("  \"aie.nothing\"() : () -> ()\n").why,
            "the operation 'aie.nothing' is not supported");
  EXPECT_EQ(in_device("  \"vendor.thing\"() : () -> ()\n").why,
            "the operation 'vendor.thing' is not supported");
}

TEST(Refusals, PointIntoTheTextAsItWasGiven) {
  // Longer and shorter spellings stand in front of the fault on its own line.
  const core::Diagnostic said = in_device(
      "  %t = AIE.tile(0, 2)\n"
      "  %f = AIE.objectFifo.createObjectFifo(%t, {%t}, 2) : !AIE.objectFifo<memref<4xi8>> oops\n");
  EXPECT_EQ(said.where,
            "design.mlir:3:85: %f = AIE.objectFifo.createObjectFifo(%t, {%t}, 2) : "
            "!AIE.objectFifo<memref<4xi8>> oops");
}

TEST(Refusals, SayWhatAnOperationLacks) {
  EXPECT_EQ(in_device("aie.runtime_sequence() {\naiex.npu.sync {column = 0 : i32}\n}\n").why,
            "'aiex.npu.sync' op has no number 'row'; expected column, row, direction, channel, "
            "column_num, row_num");
  EXPECT_EQ(in_device("aie.runtime_sequence(%a: i32) {\naiex.npu.write32(%a) : i32\n}\n").why,
            "'aiex.npu.write32' op has 1 operands; expected 2: address, value");
  EXPECT_EQ(
      in_device("aie.runtime_sequence(%a: memref<4xi8>) {\naiex.npu.dma_memcpy_nd(%a[0, 0][1, "
                "4][1]) {metadata = @f} : memref<4xi8>\n}\n")
          .why,
      "'aiex.npu.dma_memcpy_nd' op has 2 offsets, 2 sizes and 1 strides; expected 4, 4 and 4 (or 3 "
      "strides, the innermost being 1)");
  EXPECT_EQ(
      in_device("%t = aie.tile(0, 2)\naie.objectfifo @f(%t, {%t}, [1, 2, 3]) : "
                "!aie.objectfifo<memref<4xi8>>\n")
          .why,
      "'aie.objectfifo' op 3 depths for a producer and 1 consumers; expected one depth, or one "
      "for each end");
  EXPECT_EQ(in_device("%t = aie.tile(0, 2)\naie.objectfifo @f(%t, {%t}, 0 : i32) : "
                      "!aie.objectfifo<memref<4xi8>>\n")
                .why,
            "'aie.objectfifo' op depth 0 holds no object");
  EXPECT_EQ(in_device("aie.objectfifo.link [@a, @b] -> [@c] ([0] [])\n").why,
            "'aie.objectfifo.link' op 1 source offsets for 2 object FIFOs");
  EXPECT_EQ(in_device("%a, %b = aie.objectfifo.acquire @f(Consume, 3) : memref<4xi8>, "
                      "memref<4xi8>\n")
                .why,
            "'aie.objectfifo.acquire' op acquires 3 objects but yields 2");
  EXPECT_EQ(in_device("%s = aie.objectfifo.acquire @f(Consume, 1) : "
                      "!aie.objectfifosubview<memref<4xi8>>\n%e = aie.objectfifo.subview.access "
                      "%s[1] : !aie.objectfifosubview<memref<4xi8>> -> memref<4xi8>\n")
                .why,
            "'aie.objectfifo.subview.access' op object 1 of 1 that were acquired");
  EXPECT_EQ(in_device("%s = aie.objectfifo.acquire @f(Consume, 1000000000) : "
                      "!aie.objectfifosubview<memref<4xi8>>\n")
                .why,
            "'aie.objectfifo.acquire' op cannot acquire 1000000000 objects");
}

TEST(HostileText, IsRefusedBeforeTheParserWouldOverrun) {
  const std::string deep(100000, '(');
  EXPECT_EQ(refusal("\"a.b\"" + deep).why, "brackets are nested deeper than 128");
  EXPECT_EQ(refusal("#map = affine_map<() -> (" + std::string(100, '-') + "1)>").why,
            "it has a long row of minus signs");
  std::string chain;
  for (int i = 0; i < 2000; ++i) chain += " mod 3 floordiv 2";
  EXPECT_EQ(refusal("#map = affine_map<(d0) -> (d0" + chain + ")>").why,
            "the affine expression is longer than 2000 words");
  EXPECT_EQ(refusal(std::string("module {\0}", 10)).why,
            "it holds the byte 0x00, so it is no text");
  EXPECT_EQ(refusal("ML\xefR\x01").why, "it holds the byte 0x01, so it is no text");
  EXPECT_EQ(refusal("ML\xefR").why, "it is MLIR bytecode");
  EXPECT_EQ(refusal(std::string((std::size_t{64} << 20) + 1, ' ')).why,
            "it is 67108865 bytes long; a design has at most 67108864");
}

TEST(HostileText, HugeNumbersAreErrorsNotCrashes) {
  EXPECT_EQ(in_device("%t = aie.tile(99999999999999999999, 0)\n").what, "cannot read design.mlir");
  EXPECT_EQ(
      in_device("%t = aie.tile(0, 0)\n%b = aie.buffer(%t) : memref<9x9xi8> = dense<[1]>\n").what,
      "cannot read design.mlir");
  EXPECT_EQ(
      in_device("aie.runtime_sequence(%a: memref<4xi8>) {\naiex.npu.dma_memcpy_nd(%a[-92233720368"
                "54775808, 0, 0, 0][1, 1, 1, 4][0, 0, 0, 1]) {metadata = @f} : memref<4xi8>\n}\n")
          .why,
      "custom op 'aiex.npu.dma_memcpy_nd' integer value too large");
}

TEST(HostileText, TheEmptyTextIsAnEmptyModule) {
  EXPECT_EQ(reprint("", "design.mlir", Era::kPresent).text, "module {\n}\n");
}

}  // namespace
}  // namespace shiftwise::dialect
