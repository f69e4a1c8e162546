// SPDX-License-Identifier: Apache-2.0
#include "kernel/checked_libraries.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "core/diagnostic.h"
#include "core/hash.h"
#include "kernel/build.h"
#include "kernel/recipe.h"

namespace shiftwise::kernel {
namespace {

namespace fs = std::filesystem;

/// Why a library stays as it is.
struct Unchecked {
  std::string why;
};

fs::path make_scratch() {
  std::string name = (fs::temp_directory_path() / "shiftwise-checked-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw core::Error({.what = "cannot make a folder for kernels with access checks",
                       .where = name,
                       .why = std::strerror(errno)});
  }
  return name;
}

bool same_folder(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

/// How to build a library that comes with shiftwise.
Recipe builtin_recipe(const fs::path& file) {
  const fs::path source = header_folder().parent_path() / "aie2" / (plain_stem(file) + ".cc");
  std::error_code ignored;
  if (!fs::is_regular_file(source, ignored)) {
    throw Unchecked{fmt::format("its source {} is not there", source.string())};
  }
  return {.source = source, .sha256 = {}, .options = {}, .left_out = {}, .check_accesses = false};
}

Recipe usable_recipe(const fs::path& file) {
  const auto recipe = read_recipe(file);
  if (!recipe) throw Unchecked{"it does not say from what it was built"};
  if (recipe->check_accesses) return *recipe;
  if (!recipe->left_out.empty()) {
    throw Unchecked{fmt::format("it was built with '{}', and only -I and -D are repeated",
                                fmt::join(recipe->left_out, " "))};
  }
  std::error_code ignored;
  if (!fs::is_regular_file(recipe->source, ignored)) {
    throw Unchecked{fmt::format("its source {} is not there", recipe->source.string())};
  }
  if (core::hash_file(core::HashKind::kSha256, recipe->source) != recipe->sha256) {
    throw Unchecked{
        fmt::format("its source {} is no longer what it was built from", recipe->source.string())};
  }
  return *recipe;
}

}  // namespace

CheckedLibraries::CheckedLibraries(std::vector<fs::path> folders, core::Progress& progress)
    : folders_(std::move(folders)), progress_(progress) {}

CheckedLibraries::~CheckedLibraries() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
}

/// A design can name a library anywhere by its path; that is nobody's leave to compile.
bool CheckedLibraries::may_rebuild(const fs::path& file) const {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(file, error);
  return !error && std::ranges::any_of(folders_, [&](const fs::path& folder) {
    const std::string inside =
        fs::weakly_canonical(folder, error).lexically_normal().string() + "/";
    return !error && real.string().starts_with(inside);
  });
}

fs::path CheckedLibraries::rebuild(const fs::path& file) {
  const bool builtin = same_folder(file.parent_path(), builtin_folder());
  if (!builtin && !may_rebuild(file)) throw Unchecked{"it is in none of the folders with kernels"};
  const Recipe recipe = builtin ? builtin_recipe(file) : usable_recipe(file);
  if (recipe.check_accesses) return file;
  if (scratch_.empty()) scratch_ = make_scratch();
  // A folder for each: two libraries may have one name.
  const fs::path folder = scratch_ / std::to_string(built_.size());
  fs::create_directory(folder);
  progress_.begin(fmt::format("build {} with access checks", plain_stem(file)), 1, "libraries");
  try {
    const Built built = build(recipe.source, {.output = folder / (plain_stem(file) + ".so"),
                                              .arguments = recipe.options,
                                              .check_accesses = true});
    progress_.advance(1);
    progress_.end();
    return built.library;
  } catch (const core::Error& error) {
    progress_.end();
    throw Unchecked{error.diagnostic().what};
  }
}

Library CheckedLibraries::checked(const Library& library) {
  const std::lock_guard lock(mutex_);
  auto found = built_.find(library.file);
  if (found == built_.end()) {
    fs::path file = library.file;
    try {
      file = rebuild(library.file);
    } catch (const Unchecked& unchecked) {
      notes_.push_back(fmt::format("kernels of {} were not checked at each access: {}",
                                   library.file.string(), unchecked.why));
    }
    found = built_.emplace(library.file, std::move(file)).first;
  }
  if (found->second == library.file) return library;
  return open_library(found->second, library.link_with);
}

std::vector<std::string> CheckedLibraries::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

}  // namespace shiftwise::kernel
