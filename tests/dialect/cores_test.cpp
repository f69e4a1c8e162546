// SPDX-License-Identifier: Apache-2.0
// What bodies of cores become.
#include <gtest/gtest.h>

#include <string>

#include "core/diagnostic.h"
#include "dialect/derived.h"
#include "dialect/integers.h"

namespace shiftwise::dialect {
namespace {

DeviceProgram core(const std::string& body, const std::string& before = {}) {
  return derive("%buf = aie.buffer(%a) {sym_name = \"buf\"} : memref<4xi32>\n" + before +
                "%core = aie.core(%a) {\n" + body + "aie.end\n}\n");
}

TEST(Core, CountsThroughALoopAndCallsItsKernel) {
  const DeviceProgram device = core(
      "%zero = arith.constant 0 : index\n"
      "%one = arith.constant 1 : index\n"
      "%ten = arith.constant 10 : index\n"
      "scf.for %i = %zero to %ten step %one {\n"
      "  %v = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<8xui8>>\n"
      "  %e = aie.objectfifo.subview.access %v[0] : !aie.objectfifosubview<memref<8xui8>> -> "
      "memref<8xui8>\n"
      "  %s = memref.load %buf[%zero] : memref<4xi32>\n"
      "  func.call @work(%e, %s) : (memref<8xui8>, i32) -> ()\n"
      "  aie.objectfifo.release @in(Consume, 1)\n"
      "}\n",
      "func.func private @work(memref<8xui8>, i32)\n"
      "aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<8xui8>>\n");
  EXPECT_EQ(lines(device, {"core", "port"}),
            "port in Consume of core (0, 2) acquire in_cons_cons_lock 1 release "
            "in_cons_prod_lock 1\n"
            "core (0, 2) stack 1024\n"
            "  0: r3 = 0\n"
            "  1: r2 = 1\n"
            "  2: r1 = 10\n"
            "  3: v1 = buf as memref<4xi32>\n"
            "  4: r0 = r3\n"
            "  5: r4 = r0 < r1\n"
            "  6: jump 14 unless r4\n"
            "  7: acquire in Consume 1\n"
            "  8: v0 = in Consume held 0 as memref<8xui8>\n"
            "  9: r5 = v1[r3]\n"
            "  10: call work(v0, r5)\n"
            "  11: release in Consume 1\n"
            "  12: r0 = add64 r0, r2\n"
            "  13: jump 5\n"
            "  14: halt\n");
  EXPECT_FALSE(device.cores.front().endless);
}

TEST(Core, ComputesFloats) {
  const DeviceProgram device = core(
      "%zero = arith.constant 0 : index\n"
      "%half = arith.constant 0.5 : bf16\n"
      "%x = memref.load %values[%zero] : memref<4xf32>\n"
      "%wide = arith.extf %half : bf16 to f32\n"
      "%sum = arith.addf %x, %wide : f32\n"
      "%less = arith.cmpf olt, %sum, %x : f32\n"
      "%y = arith.select %less, %sum, %x : f32\n"
      "%n = arith.fptosi %y : f32 to i32\n"
      "%back = arith.uitofp %n : i32 to f32\n"
      "%minus = arith.negf %back : f32\n"
      "memref.store %minus, %values[%zero] : memref<4xf32>\n",
      "%values = aie.buffer(%a) {sym_name = \"values\"} : memref<4xf32>\n");
  EXPECT_EQ(lines(device, {"core"}),
            "core (0, 2) stack 1024\n"
            "  0: r0 = 0\n"
            "  1: r2 = 16128\n"
            "  2: v0 = values as memref<4xf32>\n"
            "  3: r1 = v0[r0]\n"
            "  4: r3 = f32 from bf16 r2\n"
            "  5: r4 = addf f32 r1, r3\n"
            "  6: r5 = cmpf4 f32 r4, r1\n"
            "  7: r6 = r5 ? r4 : r1\n"
            "  8: r7 = signed32 from f32 r6\n"
            "  9: r8 = f32 from unsigned32 r7\n"
            "  10: r9 = negf f32 r8\n"
            "  11: v0[r0] = r9\n"
            "  12: halt\n");
}

TEST(Core, HandsWideValuesToItsCascadeLaneByLane) {
  const DeviceProgram device = derive(
      "aie.cascade_flow(%b, %a)\n"
      "%one = aie.core(%b) {\n"
      "  %x = arith.constant 5 : i384\n"
      "  aie.put_cascade(%x : i384)\n"
      "  %v = arith.constant dense<[1, 2, 3, 4]> : vector<4xi16>\n"
      "  aie.put_cascade(%v : vector<4xi16>)\n"
      "  aie.end\n"
      "}\n"
      "%two = aie.core(%a) {\n"
      "  %x = aie.get_cascade() : i32\n"
      "  %v = aie.get_cascade() : vector<4xi16>\n"
      "  aie.end\n"
      "}\n");
  EXPECT_NE(lines(device, {"core (0, 3)"}).find("put64 r0, r1, r1, r1, r1, r1\n"),
            std::string::npos)
      << lines(device, {"core (0, 3)"});
  EXPECT_NE(lines(device, {"core (0, 3)"}).find("put16 r2, r3, r4, r5\n"), std::string::npos);
  EXPECT_EQ(lines(device, {"core (0, 2)"}),
            "core (0, 2) stack 1024\n"
            "  0: r0 = get32\n"
            "  1: r1, r2, r3, r4 = get16\n"
            "  2: halt\n");
}

TEST(Core, RunsAffineLoops) {
  const DeviceProgram device = core(
      "affine.for %i = 0 to 4 {\n"
      "  %x = affine.load %buf[%i] : memref<4xi32>\n"
      "  affine.store %x, %buf[3 - %i] : memref<4xi32>\n"
      "}\n");
  const std::string text = lines(device, {"core"});
  EXPECT_NE(text.find(" < "), std::string::npos) << text;
  EXPECT_NE(text.find("v0["), std::string::npos) << text;
  EXPECT_NE(text.find("mul64"), std::string::npos) << text;
}

TEST(Core, ThatLoopsToALargeBoundIsEndless) {
  for (const char* bound : {"0xFFFFFFFF", "9223372036854775807"}) {
    const DeviceProgram device = core(
        "%zero = arith.constant 0 : index\n"
        "%one = arith.constant 1 : index\n"
        "%max = arith.constant " +
        std::string(bound) +
        " : index\n"
        "scf.for %i = %zero to %max step %one {\n}\n");
    EXPECT_TRUE(device.cores.front().endless) << bound;
  }
}

TEST(Core, ThatBranchesBackForEverIsEndless) {
  const DeviceProgram device = derive(
      "%core = aie.core(%a) {\n"
      "  cf.br ^again\n"
      "^again:\n"
      "  aie.event(0)\n"
      "  cf.br ^again\n"
      "}\n");
  EXPECT_TRUE(device.cores.front().endless);
  EXPECT_EQ(lines(device, {"core"}),
            "core (0, 2) endless stack 1024\n  0: jump 1\n  1: event 0\n  2: jump 1\n");
}

TEST(Core, ExchangesValuesThatALoopCarries) {
  const DeviceProgram device = core(
      "%zero = arith.constant 0 : index\n"
      "%one = arith.constant 1 : index\n"
      "%x, %y = scf.for %i = %zero to %one step %one iter_args(%p = %zero, %q = %one) -> (index, "
      "index) {\n"
      "  scf.yield %q, %p : index, index\n"
      "}\n");
  // r3 and r4 are carried: the first is kept before it is overwritten.
  const std::string code = lines(device, {"core"});
  EXPECT_NE(code.find("r6 = r3\n"), std::string::npos) << code;
  EXPECT_NE(code.find("r3 = r4\n"), std::string::npos) << code;
  EXPECT_NE(code.find("r4 = r6\n"), std::string::npos) << code;
}

TEST(Core, ChoosesValuesOfBothArms) {
  const DeviceProgram device = core(
      "%zero = arith.constant 0 : index\n"
      "%v = memref.load %buf[%zero] : memref<4xi32>\n"
      "%five = arith.constant 5 : i32\n"
      "%more = arith.cmpi ugt, %v, %five : i32\n"
      "%r = scf.if %more -> (i32) {\n"
      "  scf.yield %five : i32\n"
      "} else {\n"
      "  scf.yield %v : i32\n"
      "}\n"
      "memref.store %r, %buf[%zero] : memref<4xi32>\n");
  EXPECT_EQ(lines(device, {"core"}),
            "core (0, 2) stack 1024\n"
            "  0: r0 = 0\n"
            "  1: r3 = 5\n"
            "  2: v0 = buf as memref<4xi32>\n"
            "  3: r1 = v0[r0]\n"
            "  4: r2 = r1 >u r3\n"
            "  5: jump 8 unless r2\n"
            "  6: r4 = r3\n"
            "  7: jump 9\n"
            "  8: r4 = r1\n"
            "  9: v0[r0] = r4\n"
            "  10: halt\n");
}

TEST(Core, WritesFunctionsOfTheModuleOutWhereTheyAreCalled) {
  const DeviceProgram device = core(
      "%two = arith.constant 2 : i32\n"
      "%r = func.call @double(%two) : (i32) -> i32\n"
      "%s = func.call @double(%r) : (i32) -> i32\n"
      "%zero = arith.constant 0 : index\n"
      "memref.store %s, %buf[%zero] : memref<4xi32>\n",
      "func.func @double(%x: i32) -> i32 {\n"
      "  %y = arith.addi %x, %x : i32\n"
      "  return %y : i32\n"
      "}\n");
  const std::string code = lines(device, {"core"});
  std::size_t additions = 0;
  for (std::size_t at = code.find("add32"); at != std::string::npos;
       at = code.find("add32", at + 1)) {
    ++additions;
  }
  EXPECT_EQ(additions, 2U) << code;
  EXPECT_TRUE(device.kernels.empty());
}

TEST(Core, BindsObjectsWhenItAcquiresThem) {
  const DeviceProgram device = core(
      "%e:2 = aie.objectfifo.acquire @in(Consume, 2) : memref<8xi8>, memref<8xi8>\n"
      "func.call @work(%e#1) : (memref<8xi8>) -> ()\n"
      "aie.objectfifo.release @in(Consume, 2)\n",
      "func.func private @work(memref<8xi8>)\n"
      "aie.objectfifo @in(%shim, {%a}, 2 : i32) : !aie.objectfifo<memref<8xi8>>\n");
  EXPECT_EQ(lines(device, {"core"}),
            "core (0, 2) stack 1024\n"
            "  0: acquire in Consume 2\n"
            "  1: v0 = in Consume held 0 as memref<8xi8>\n"
            "  2: v1 = in Consume held 1 as memref<8xi8>\n"
            "  3: call work(v1)\n"
            "  4: release in Consume 2\n"
            "  5: halt\n");
}

TEST(Core, TakesLocksByNumberOrByValue) {
  const DeviceProgram device = core(
      "aie.use_lock(%l, AcquireGreaterEqual, 2)\n"
      "aie.use_lock(%l, Acquire, 1)\n"
      "aie.use_lock(%l, Release, 3)\n",
      "%l = aie.lock(%a, 5) {sym_name = \"gate\"}\n");
  EXPECT_EQ(lines(device, {"core"}),
            "core (0, 2) stack 1024\n"
            "  0: acquire gate 2\n"
            "  1: acquire gate =1\n"
            "  2: release gate 3\n"
            "  3: halt\n");
}

TEST(Core, SeesPartsOfBuffers) {
  const DeviceProgram device = core(
      "%one = arith.constant 1 : index\n"
      "%i = memref.load %at[%one] : memref<4xindex>\n"
      "%part = memref.subview %big[%i, 8] [1, 4] [1, 1] : memref<4x16xi8> to memref<1x4xi8, "
      "strided<[16, 1], offset: ?>>\n"
      "%v = memref.load %part[%one, %one] : memref<1x4xi8, strided<[16, 1], offset: ?>>\n",
      "%at = aie.buffer(%a) {sym_name = \"at\"} : memref<4xindex>\n"
      "%big = aie.buffer(%a) {sym_name = \"big\"} : memref<4x16xi8>\n");
  const std::string code = lines(device, {"core"});
  EXPECT_NE(code.find("r2 = mul64 r1, r3\n"), std::string::npos) << code;
  EXPECT_NE(code.find("v2 = v1 + 8 + r2 as memref<1x4xi8"), std::string::npos) << code;
}

TEST(Integers, WrapAndExtendLikeTheHardware) {
  EXPECT_EQ(evaluate(Opcode::kAdd, 8, 127, 1), -128);
  EXPECT_EQ(evaluate(Opcode::kMul, 32, 1 << 20, 1 << 20), 0);
  EXPECT_EQ(evaluate(Opcode::kDivU, 8, -1, 2), 127);
  EXPECT_EQ(evaluate(Opcode::kDivS, 64, INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(evaluate(Opcode::kRemS, 32, 5, 0), 0);
  EXPECT_EQ(evaluate(Opcode::kShrU, 8, -1, 4), 15);
  EXPECT_EQ(evaluate(Opcode::kShl, 8, 1, 8), 0);
  EXPECT_TRUE(compare(Predicate::kUgt, 8, -1, 1));
  EXPECT_FALSE(compare(Predicate::kSgt, 8, -1, 1));
}

std::string refusal(const std::string& body, const std::string& before = {}) {
  try {
    core(body, before);
  } catch (const core::Error& error) {
    return error.diagnostic().why;
  }
  return "no refusal";
}

/// `x + x`, and that twice, and so on.
std::string doublings(int count) {
  std::string text = "%v0 = arith.constant 0 : index\n";
  for (int i = 1; i <= count; ++i) {
    text += "%v" + std::to_string(i) + " = arith.addi %v" + std::to_string(i - 1) + ", %v" +
            std::to_string(i - 1) + " : index\n";
  }
  return text;
}

TEST(HostileCores, SumsOfSumsAreNotUnfolded) {
  const DeviceProgram device = core(doublings(60) +
                                    "%one = arith.constant 1 : index\n"
                                    "scf.for %i = %v0 to %v60 step %one {\n}\n");
  EXPECT_EQ(device.cores.size(), 1U);
}

TEST(HostileCores, MemrefsWithoutARankAreRefused) {
  EXPECT_EQ(refusal("%u = memref.cast %buf : memref<4xi32> to memref<*xi32>\n"),
            "a memref without a rank");
}

TEST(HostileCores, NumbersOfMoreThan64BitsAreRefused) {
  EXPECT_EQ(refusal("%n = arith.constant 7 : i64\n%w = arith.extsi %n : i64 to i256\n"),
            "a number of more than 64 bits");
}

TEST(HostileCores, FunctionsThatMultiplyAreRefusedBeforeTheyFillTheMemory) {
  std::string functions = "func.func @f0() {\n";
  for (int i = 0; i < 50; ++i) {
    functions += "%a" + std::to_string(i) + " = memref.alloc() : memref<0xi32>\n";
  }
  functions += "return\n}\n";
  for (int i = 1; i <= 16; ++i) {
    const std::string call = "func.call @f" + std::to_string(i - 1) + "() : () -> ()\n";
    functions += "func.func @f" + std::to_string(i) + "() {\n" + call + call + "return\n}\n";
  }
  EXPECT_EQ(refusal("func.call @f16() : () -> ()\n", functions),
            "its core comes to more than 1048576 operations with every function written out");
  EXPECT_EQ(refusal("%x = memref.alloc() : memref<10000xi32>\n"
                    "%y = memref.alloc() : memref<10000xi32>\n"),
            "with it the core's own memrefs have 80000 bytes, compute tile (0, 2) has 65536");
}

}  // namespace
}  // namespace shiftwise::dialect
