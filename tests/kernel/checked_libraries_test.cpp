// SPDX-License-Identifier: Apache-2.0
#include "kernel/checked_libraries.h"

#include <gtest/gtest.h>

#include "kernel/recipe.h"
#include "scratch.h"

namespace shiftwise::kernel {
namespace {

constexpr const char* kSource = "extern \"C\" int f(int x) { return x; }\n";

/// What a CheckedLibraries of these folders says of a library that it leaves as it is.
std::string note(const std::filesystem::path& file, std::vector<std::filesystem::path> folders) {
  CheckedLibraries libraries(std::move(folders));
  if (libraries.checked(open_library(file)).file != file) return "built again";
  const auto notes = libraries.notes();
  return notes.empty() ? "" : notes.front();
}

std::string unchecked(const std::filesystem::path& file, const std::string& why) {
  return "kernels of " + file.string() + " were not checked at each access: " + why;
}

TEST(Recipe, ALibrarySaysFromWhatAndHowItWasBuilt) {
  const Scratch scratch;
  const auto file = scratch.build_kernel(
      "f", kSource, {.defines = {"A=\"x y\""}, .arguments = {"-I", "/tmp/../inc", "-DB"}});
  const auto recipe = read_recipe(file);
  ASSERT_TRUE(recipe);
  EXPECT_EQ(recipe->source, scratch / "f.cc");
  EXPECT_EQ(recipe->options, (std::vector<std::string>{"-DA=\"x y\"", "-I/inc", "-DB"}));
  EXPECT_TRUE(recipe->left_out.empty());
  EXPECT_FALSE(recipe->check_accesses);
}

TEST(CheckedLibrary, IsBuiltOnceAndGoesWithItsOwner) {
  const Scratch scratch;
  const Library plain = open_library(scratch.build_kernel("f", kSource), "f.o");
  std::filesystem::path file;
  {
    CheckedLibraries libraries({scratch.folder()});
    const Library checked = libraries.checked(plain);
    file = checked.file;
    EXPECT_NE(file, plain.file);
    EXPECT_EQ(checked.link_with, "f.o");
    EXPECT_TRUE(read_recipe(file)->check_accesses);
    EXPECT_EQ(libraries.checked(plain).file, file);
    EXPECT_TRUE(libraries.notes().empty());
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(CheckedLibrary, ThatHasChecksStaysAsItIs) {
  const Scratch scratch;
  EXPECT_EQ(note(scratch.build_kernel("f", kSource, {.check_accesses = true}), {scratch.folder()}),
            "");
}

TEST(CheckedLibrary, IsNotBuiltFromAnotherSourceNorWithOtherOptions) {
  const Scratch scratch;
  auto file = scratch.build_kernel("f", kSource, {.arguments = {"-include", "stdio.h"}});
  EXPECT_EQ(note(file, {scratch.folder()}),
            unchecked(file,
                      "it was built with '-include stdio.h', and only -I and -D are "
                      "repeated"));
  file = scratch.build_kernel("f", kSource);
  scratch.write("f.cc", "extern \"C\" int f(int x) { return x + 1; }\n");
  EXPECT_EQ(note(file, {scratch.folder()}),
            unchecked(file, "its source " + (scratch / "f.cc").string() +
                                " is no longer what it was built from"));
}

TEST(CheckedLibrary, OutsideOfTheFoldersIsNotBuilt) {
  const Scratch scratch;
  const Scratch named;
  const auto file = scratch.build_kernel("f", kSource);
  EXPECT_EQ(note(file, {named.folder()}),
            unchecked(file, "it is in none of the folders with kernels"));
}

}  // namespace
}  // namespace shiftwise::kernel
