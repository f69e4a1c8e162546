// SPDX-License-Identifier: Apache-2.0
// How a library was built, kept in the library itself, so that it can be built once more.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernel/build.h"

namespace shiftwise::kernel {

struct Recipe {
  std::filesystem::path source;       ///< absolute
  std::string sha256;                 ///< of the source
  std::vector<std::string> options;   ///< -I and -D, with absolute folders
  std::vector<std::string> left_out;  ///< other options, which are never run again
  bool check_accesses = false;
};

/// What a build with these options says of itself.
Recipe recipe_of(const std::filesystem::path& source, const BuildOptions& options);

/// C++ that puts a recipe into the library that is compiled from it.
std::string recipe_text(const Recipe& recipe);

/// What a library says of itself; empty where it says nothing, or nothing that we wrote.
/// A library is data from somebody: of its options only -I and -D are taken.
std::optional<Recipe> read_recipe(const std::filesystem::path& library);

}  // namespace shiftwise::kernel
