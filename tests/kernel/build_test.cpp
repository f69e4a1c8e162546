// SPDX-License-Identifier: Apache-2.0
#include "kernel/build.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "scratch.h"

namespace shiftwise::kernel {
namespace {

/// Sets an environment variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) old_ = old;
    ::setenv(name, value, 1);
  }
  ~Variable() { old_.empty() ? ::unsetenv(name_) : ::setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

constexpr const char* kDouble = R"(
#define NOCPP
#include "../aie_kernel_utils.h"
#include <aie_api/aie.hpp>
extern "C" void twice(int8_t *restrict in, int8_t *restrict out, int32_t n) {
  event0();
  AIE_PREPARE_FOR_PIPELINING
  AIE_LOOP_MIN_ITERATION_COUNT(2)
  for (int i = 0; i < n; i += 32) {
    aie::vector<int8, 32> v = aie::load_v<32>(in + i);
    aie::store_v(out + i, aie::add(v, v));
  }
  event1();
}
)";

TEST(KernelBuild, MakesALibraryAndNamesItsFunctions) {
  const Scratch scratch;
  const auto source = scratch.write("twice.cc", kDouble);
  const Built built = build(source, {.output = scratch / "twice.so"});
  EXPECT_EQ(built.library, scratch / "twice.so");
  EXPECT_EQ(built.symbols, std::vector<std::string>{"twice"});
  EXPECT_EQ(built.warnings, "");
  EXPECT_TRUE(std::filesystem::exists(built.library));
}

TEST(KernelBuild, DefinesAndIncludeFoldersReachTheSource) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "inc");
  scratch.write("inc/width.h", "#define WIDTH 7\n");
  const auto source = scratch.write("k.cc", R"(
#include "width.h"
extern "C" int NAME(int x) { return x + WIDTH + EXTRA; }
)");
  const Built built = build(source, {.output = scratch / "k.so",
                                     .include_folders = {scratch / "inc"},
                                     .defines = {"NAME=plus"},
                                     .arguments = {"-DEXTRA=1"}});
  EXPECT_EQ(built.symbols, std::vector<std::string>{"plus"});
}

TEST(KernelBuild, ShowsTheCompilersOwnMessageAndLeavesNothing) {
  const Scratch scratch;
  const auto source = scratch.write("bad.cc", "extern \"C\" void f() { no_such_thing(); }\n");
  const auto why = refusal([&] { build(source, {.output = scratch / "bad.so"}); });
  EXPECT_EQ(why.fault, core::Fault::kData);
  EXPECT_NE(why.what.find("could not compile the kernel"), std::string::npos) << why.what;
  EXPECT_EQ(why.where, source.string());
  EXPECT_NE(why.why.find("no_such_thing"), std::string::npos) << why.why;
  EXPECT_FALSE(std::filesystem::exists(scratch / "bad.so"));
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(scratch.folder())) {
    ++files;
  }
  EXPECT_EQ(files, 1);
}

TEST(KernelBuild, AFunctionThatNobodyDefinesIsFoundHere) {
  const Scratch scratch;
  const auto source =
      scratch.write("open.cc", "extern \"C\" void other(); extern \"C\" void f() { other(); }\n");
  const auto why = refusal([&] { build(source, {.output = scratch / "open.so"}); });
  EXPECT_NE(why.why.find("other"), std::string::npos) << why.why;
}

TEST(KernelBuild, SaysWhichCompilerToInstallWhereThereIsNone) {
  const Scratch scratch;
  const auto source = scratch.write("k.cc", "");
  const Variable path("PATH", scratch.folder().c_str());
  const Variable none("CXX", "");
  const auto why = refusal([&] { build(source); });
  EXPECT_EQ(why.what, "there is no C++ compiler to build kernels with");
  EXPECT_EQ(why.why, "$CXX is not set, and $PATH has none of c++, g++, clang++");
  EXPECT_EQ(why.hint, "apt-get install g++, or set CXX to a C++20 compiler");
}

TEST(KernelBuild, AWrongCxxIsNamed) {
  const Scratch scratch;
  const auto source = scratch.write("k.cc", "");
  const Variable wrong("CXX", "no-such-compiler");
  EXPECT_EQ(refusal([&] { build(source); }).what, "cannot run 'no-such-compiler'");
}

TEST(KernelBuild, AMissingSourceIsNamed) {
  const auto why = refusal([] { build("nowhere/k.cc"); });
  EXPECT_EQ(why.what, "there is no such kernel source");
  EXPECT_EQ(why.where, "nowhere/k.cc");
}

TEST(KernelBuild, AnOutputThatCannotBeWrittenIsRefused) {
  const Scratch scratch;
  const auto source = scratch.write("k.cc", "extern \"C\" void f() {}\n");
  const auto why = refusal([&] { build(source, {.output = scratch / "no" / "k.so"}); });
  EXPECT_NE(why.what.find("cannot write a file"), std::string::npos);
}

}  // namespace
}  // namespace shiftwise::kernel
