// SPDX-License-Identifier: Apache-2.0
#include "kernel/library.h"

#include <gtest/gtest.h>

#include <fstream>

#include "kernel/elf.h"
#include "scratch.h"

namespace shiftwise::kernel {
namespace {

using std::filesystem::path;

constexpr const char* kEmpty = "extern \"C\" void conv() {}\n";

TEST(KernelLibrary, IsFoundByTheNamesThatDesignsUse) {
  const Scratch scratch;
  const path library = scratch.build_kernel("conv2dk1", kEmpty);
  const std::vector<path> folders = {scratch / "none", scratch.folder()};
  for (const char* name : {"conv2dk1.o", "conv2dk1.a", "build/conv2dk1.o", "conv2dk1.so"}) {
    const Library found = find_library(name, folders);
    EXPECT_EQ(found.file, library) << name;
    EXPECT_EQ(found.link_with, name);
    EXPECT_EQ(found.symbols, std::vector<std::string>{"conv"});
  }
  EXPECT_EQ(find_library(library.string(), {}).file, library);
}

TEST(KernelLibrary, TheFirstFolderWins) {
  const Scratch one;
  const Scratch two;
  one.build_kernel("k", kEmpty);
  const path library = two.build_kernel("k", kEmpty);
  EXPECT_EQ(find_library("k.o", std::vector<path>{two.folder(), one.folder()}).file, library);
}

TEST(KernelLibrary, VariantsAreOneLibraryAndTheBaselineCanBeForced) {
  const Scratch scratch;
  const path baseline = scratch.build_kernel("k", kEmpty);
  std::filesystem::copy_file(baseline, scratch / "k.avx2.so");
  const std::vector<path> folders = {scratch.folder()};
  ::setenv("SHIFTWISE_KERNEL", "portable", 1);
  EXPECT_EQ(find_library("k.o", folders).file, baseline);
  ::unsetenv("SHIFTWISE_KERNEL");
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) {
    EXPECT_EQ(find_library("k.o", folders).file, scratch / "k.avx2.so");
  }
#endif
  EXPECT_EQ(all_libraries(folders).size(), 1U);
}

TEST(KernelLibrary, AMissingOneIsRefusedWithTheFoldersAndTheNearest) {
  const Scratch scratch;
  scratch.build_kernel("conv2dk1", kEmpty);
  const std::vector<path> folders = {scratch.folder()};
  const auto why = refusal([&] { find_library("conv2dk.o", folders); });
  EXPECT_EQ(why.what, "no kernel library for link_with \"conv2dk.o\"");
  EXPECT_EQ(why.where, "searched: " + scratch.folder().string());
  EXPECT_EQ(why.why, "there is no conv2dk.so");
  EXPECT_EQ(why.hint, "did you mean 'conv2dk1.o'?, or shiftwise kernel build conv2dk.cc -o " +
                          (scratch / "conv2dk").string() + ".so");
}

TEST(KernelLibrary, AnObjectOfTheArrayIsNotTakenForOneOfThisMachine) {
  const Scratch scratch;
  scratch.write("k.o", "an object of the array");
  const std::vector<path> folders = {scratch.folder()};
  const auto why = refusal([&] { find_library("k.o", folders); });
  EXPECT_EQ(why.why, "there is no k.so; " + (scratch / "k.o").string() +
                         " is there, but it is made for the array, not for this machine");
}

TEST(KernelLibrary, WhatIsNoLibraryIsRefusedWithTheReason) {
  const Scratch scratch;
  scratch.write("text.so", std::string(200, 'x'));
  EXPECT_EQ(refusal([&] { open_library(scratch / "text.so"); }).why, "it is no ELF file");
  scratch.write("short.so", "x");
  EXPECT_EQ(refusal([&] { open_library(scratch / "short.so"); }).why, "it is too short");
}

TEST(KernelLibrary, EveryTruncationOfALibraryIsRefusedOrRead) {
  const Scratch scratch;
  std::ifstream in(scratch.build_kernel("k", kEmpty), std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  int refused = 0;
  for (std::size_t n = 0; n < whole.size(); n += 37) {
    try {
      exported_functions(std::as_bytes(std::span(whole.data(), n)), "k.so");
    } catch (const core::Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
  // Every byte of the headers turned over: an answer or a refusal, never a crash.
  for (std::size_t at = 0; at < whole.size(); at += at < 1024 ? 1 : 61) {
    std::string broken = whole;
    broken[at] = static_cast<char>(~broken[at]);
    try {
      exported_functions(std::as_bytes(std::span(broken.data(), broken.size())), "k.so");
    } catch (const core::Error&) {
      ++refused;
    }
  }
}

}  // namespace
}  // namespace shiftwise::kernel
