// SPDX-License-Identifier: Apache-2.0
#include "kernel/core_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "scratch.h"

namespace shiftwise::kernel {
namespace {

using Values = std::vector<Value>;

constexpr const char* kModes = R"(
#include <aie_api/aie.hpp>
template <typename T> T& counter() { static T count = 0; return count; }
static int total = 0;
extern "C" int count() { counter<int>() += 1; return total += counter<int>(); }
extern "C" void choose(int rounding, int saturation) {
  aie::set_rounding(aie::rounding_mode(rounding));
  aie::set_saturation(aie::saturation_mode(saturation));
}
extern "C" int place() { return get_coreid(); }
extern "C" void mark() { event0(); event1(); }
)";
constexpr const char* kShift = R"(
#include <aie_api/aie.hpp>
extern "C" int narrow(int x, int shift) {
  aie::accum<acc32, 32> acc(aie::broadcast<int32, 32>(x), 0);
  return acc.to_vector<int8>(shift)[31];
}
)";

const Signature kNothing{};
const Signature kGivesInt{.arguments = {}, .result = Kind::kInt32};
const Signature kTwoInts{.arguments = {Kind::kInt32, Kind::kInt32}, .result = Kind::kInt32};

/// The two libraries, built once.
struct Libraries {
  Scratch scratch;
  Library modes = open_library(scratch.build_kernel("modes", kModes), "modes.o");
  Library shift = open_library(scratch.build_kernel("shift", kShift), "shift.o");
};
const Libraries& libraries() {
  static const Libraries built;
  return built;
}

TEST(CoreKernels, StaticDataBelongsToTheCore) {
  CoreKernels a(0, 2);
  CoreKernels b(0, 3);
  a.load(libraries().modes);
  b.load(libraries().modes);
  const Function in_a = a.find("count", kGivesInt);
  const Function in_b = b.find("count", kGivesInt);
  EXPECT_EQ(in_a.call({}).integer, 1);
  EXPECT_EQ(in_a.call({}).integer, 3);
  EXPECT_EQ(in_b.call({}).integer, 1);
  EXPECT_EQ(a.find("place", kGivesInt).call({}).integer, 2);
  EXPECT_EQ(b.find("place", kGivesInt).call({}).integer, 3);
}

TEST(CoreKernels, ModesBelongToTheCoreAndItsLibrariesShareThem) {
  CoreKernels a(1, 2);
  CoreKernels b(1, 3);
  for (CoreKernels* core : {&a, &b}) {
    core->load(libraries().modes);
    core->load(libraries().shift);
  }
  const auto narrow = [](const CoreKernels& core, int x, int s) {
    return core.find("narrow", kTwoInts).call(Values{integer(x), integer(s)}).integer;
  };
  EXPECT_EQ(narrow(a, 700, 1), static_cast<signed char>(350));  // floor, wrap
  a.find("choose", {.arguments = {Kind::kInt32, Kind::kInt32}})
      .call(Values{integer(9), integer(1)});
  EXPECT_EQ(a.rounding(), 9U);
  EXPECT_EQ(a.saturation(), 1U);
  EXPECT_EQ(narrow(a, 700, 1), 127);
  EXPECT_EQ(narrow(a, 3, 1), 2);
  EXPECT_EQ(narrow(b, 3, 1), 1);
  a.reset_modes();
  EXPECT_EQ(narrow(a, 3, 1), 1);
}

TEST(CoreKernels, EventsReachTheListener) {
  CoreKernels core(0, 2);
  core.load(libraries().modes);
  std::vector<int> seen;
  core.on_event([&](int event) { seen.push_back(event); });
  core.find("mark", kNothing).call({});
  core.on_event({});
  core.find("mark", kNothing).call({});
  EXPECT_EQ(seen, (std::vector<int>{0, 1}));
}

TEST(CoreKernels, ManyCoresAreLoadedAndGoneAgain) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<CoreKernels>> cores;
    for (int i = 0; i < 20; ++i) {
      cores.push_back(std::make_unique<CoreKernels>(i, 2));
      cores.back()->load(libraries().modes);
      cores.back()->load(libraries().modes);  // once is enough
    }
    for (const auto& core : cores) {
      EXPECT_EQ(core->find("count", kGivesInt).call({}).integer, 1);
    }
  }
}

TEST(CoreKernels, ArgumentsOfEveryKindArriveAsTheyAre) {
  const Scratch scratch;
  CoreKernels core(0, 2);
  core.load(open_library(scratch.build_kernel("many", R"(
#include <stdint.h>
extern "C" int64_t many(int8_t* p, int8_t a, int16_t b, int32_t c, int64_t d, float e, double f,
                        int32_t g, int32_t h, int32_t i, int32_t j, float* q) {
  *q = e + (float)f;
  return p[0] + a * 10 + b * 100 + c * 1000 + d * 10000 + g + h + i + j;
}
extern "C" float half(float x) { return x / 2; }
)")));
  std::int8_t byte = -3;
  float sum = 0;
  const Function many =
      core.find("many", {.arguments = {Kind::kPointer, Kind::kInt8, Kind::kInt16, Kind::kInt32,
                                       Kind::kInt64, Kind::kFloat, Kind::kDouble, Kind::kInt32,
                                       Kind::kInt32, Kind::kInt32, Kind::kInt32, Kind::kPointer},
                         .result = Kind::kInt64});
  const Values values = {pointer(&byte), integer(-1),  integer(2),     integer(-3),
                         integer(4),     single(1.5f), {.real = 0.25}, integer(1),
                         integer(2),     integer(3),   integer(4),     pointer(&sum)};
  EXPECT_EQ(many.call(values).integer, -3 - 10 + 200 - 3000 + 40000 + 10);
  EXPECT_EQ(sum, 1.75f);
  const Function half = core.find("half", {.arguments = {Kind::kFloat}, .result = Kind::kFloat});
  EXPECT_EQ(half.call(Values{single(3)}).single, 1.5f);
  EXPECT_EQ(half.symbol(), "half");
}

TEST(CoreKernels, AMissingFunctionIsRefusedWithTheNearest) {
  CoreKernels core(0, 2);
  const auto nothing = refusal([&] { core.find("narow", kNothing); });
  EXPECT_EQ(nothing.what, "there is no kernel function 'narow'");
  EXPECT_EQ(nothing.why, "no kernel library is loaded for this core (link_with names one)");
  core.load(libraries().shift);
  const auto near = refusal([&] { core.find("narow", kNothing); });
  EXPECT_EQ(near.where, "looked in " + libraries().shift.file.string());
  EXPECT_EQ(near.hint, "did you mean 'narrow'?");
}

TEST(CoreKernels, AFunctionOfTheHostsLibrariesIsNoKernel) {
  CoreKernels core(0, 2);
  core.load(libraries().shift);
  EXPECT_EQ(refusal([&] { core.find("malloc", kNothing); }).what,
            "there is no kernel function 'malloc'");
}

TEST(CoreKernels, ACppFunctionIsRefusedWithItsCure) {
  const Scratch scratch;
  CoreKernels core(0, 2);
  core.load(open_library(scratch.build_kernel("plain", "void conv(int* p) { *p = 1; }\n")));
  EXPECT_EQ(refusal([&] { core.find("conv", kNothing); }).hint,
            "'conv(int*)' is a C++ function there: put it into extern \"C\"");
}

TEST(CoreKernels, LinkWithDecidesBetweenTwoLibraries) {
  const Scratch scratch;
  const auto one = scratch.build_kernel("one", "extern \"C\" int which() { return 1; }\n");
  const auto two = scratch.build_kernel("two", "extern \"C\" int which() { return 2; }\n");
  CoreKernels core(0, 2);
  core.load(open_library(one, "one.o"));
  core.load(open_library(two, "two.o"));
  EXPECT_EQ(core.find("which", kGivesInt, "one.o").call({}).integer, 1);
  EXPECT_EQ(core.find("which", kGivesInt, "two.a").call({}).integer, 2);
  const auto open = refusal([&] { core.find("which", kGivesInt); });
  EXPECT_EQ(open.what, "the kernel function 'which' is in 2 libraries");
  EXPECT_EQ(open.where, one.string() + ", " + two.string());
  EXPECT_EQ(open.why, "neither the function nor the core has a link_with");
  EXPECT_EQ(open.hint, "give the func.func declaration a link_with");
  EXPECT_EQ(refusal([&] { core.find("which", kGivesInt, "three.o"); }).why,
            "link_with \"three.o\" is none of them");
}

TEST(CoreKernels, ALibraryOfAnotherVersionIsRefused) {
  const Scratch scratch;
  // The hook of headers that do not exist yet, under the name that the loader asks for.
  const auto file = scratch.build_kernel("later", R"(
extern "C" int32_t later(ShiftwiseCoreState*) __asm__("shiftwise_kernel_bind");
extern "C" int32_t later(ShiftwiseCoreState*) { return 99; }
)",
                                         {.arguments = {"-Dshiftwise_kernel_bind=renamed"}});
  CoreKernels core(0, 2);
  const auto why = refusal([&] { core.load(open_library(file)); });
  EXPECT_EQ(why.what, "the kernel library was built for another version of shiftwise");
  EXPECT_EQ(why.why, "its interface is 99, this program's is 2");
}

TEST(CoreKernels, HandWideValuesToTheCascadeInParts) {
  const Scratch scratch;
  CoreKernels core(0, 2);
  core.load(open_library(scratch.build_kernel("pass", R"(
extern "C" void pass(int32_t* out) {
  v32int32 wide = get_scd_v32int32();
  out[0] = ext_elem(wide, 0) + ext_elem(wide, 16);
  put_mcd(upd_elem(wide, 31, 7));
}
)")));
  const Function pass = core.find("pass", {.arguments = {Kind::kPointer}});
  std::int32_t out = -1;
  pass.call(Values{pointer(&out)});
  EXPECT_EQ(out, 0) << "nobody is there";
  std::vector<std::int32_t> heard;
  std::int32_t next = 20;
  core.on_cascade(
      [&](const std::byte* value) {
        std::int32_t last = 0;
        std::memcpy(&last, value + 60, 4);
        heard.push_back(last);
      },
      [&](std::byte* value) {
        std::fill_n(value, SHIFTWISE_CASCADE_BYTES, std::byte{});
        std::memcpy(value, &++next, 4);
      });
  pass.call(Values{pointer(&out)});
  EXPECT_EQ(out, 21 + 22);
  EXPECT_EQ(heard, (std::vector<std::int32_t>{0, 7}));
}

constexpr const char* kReaches = R"(
#include <aie_api/aie.hpp>
static int8 table[64];
extern "C" void copy(int8_t* in, int8_t* out, int n, int from) {
  for (int i = 0; i < n; i += 32) {
    aie::vector<int8, 32> v = aie::load_v<32>(in + i + from);
    table[i % 64] = v[0];
    aie::store_v(out + i, v);
  }
}
)";

TEST(CheckedKernels, AnAccessOutsideOfWhatWasGivenIsReported) {
  const Scratch scratch;
  CoreKernels core(0, 2);
  core.load(open_library(scratch.build_kernel("copy", kReaches, {.check_accesses = true})));
  alignas(64) std::array<std::int8_t, 512> arena{};
  const auto at = [&](int offset) {
    return reinterpret_cast<std::uintptr_t>(arena.data() + offset);
  };
  const std::array<ShiftwiseRegion, 2> regions = {{{at(64), at(128)}, {at(256), at(320)}}};
  core.allow(at(0), at(0) + arena.size(), regions);
  const Function copy = core.find(
      "copy", {.arguments = {Kind::kPointer, Kind::kPointer, Kind::kInt32, Kind::kInt32}});
  const auto call = [&](int n, int from) {
    copy.call(
        Values{pointer(arena.data() + 64), pointer(arena.data() + 256), integer(n), integer(from)});
  };
  call(64, 0);
  EXPECT_FALSE(core.take_violation());
  call(64, 16);  // reads 16 bytes too far
  auto violation = core.take_violation();
  ASSERT_TRUE(violation);
  EXPECT_FALSE(violation->is_store);
  EXPECT_EQ(violation->address, at(64 + 32 + 16));
  EXPECT_EQ(violation->bytes, 32U);
  EXPECT_EQ(violation->count, 1);
  EXPECT_FALSE(core.take_violation());
  call(96, -32);  // reads and writes too far
  violation = core.take_violation();
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->count, 2);
}

TEST(CheckedKernels, MemoryThatIsNotSimulatedIsTheKernelsOwn) {
  const Scratch scratch;
  CoreKernels core(0, 2);
  core.load(open_library(scratch.build_kernel("copy", kReaches, {.check_accesses = true})));
  std::array<std::int8_t, 128> elsewhere{};
  core.find("copy", {.arguments = {Kind::kPointer, Kind::kPointer, Kind::kInt32, Kind::kInt32}})
      .call(Values{pointer(elsewhere.data()), pointer(elsewhere.data() + 64), integer(64),
                   integer(0)});
  EXPECT_FALSE(core.take_violation());
}

}  // namespace
}  // namespace shiftwise::kernel
