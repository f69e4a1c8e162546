// SPDX-License-Identifier: Apache-2.0
#include "kernel/library.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/suggest.h"
#include "kernel/elf.h"
#include "kernel/variants.h"

namespace shiftwise::kernel {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The best file for a stem within one folder, or empty.
fs::path best_in(const fs::path& folder, const fs::path& stem) {
  for (const std::string& variant : variant_suffixes()) {
    const fs::path file =
        folder / stem.parent_path() / (stem.filename().string() + variant + ".so");
    if (is_file(file)) return file;
  }
  const fs::path prefixed =
      folder / stem.parent_path() / ("lib" + stem.filename().string() + ".so");
  return is_file(prefixed) ? prefixed : fs::path();
}

/// Stems of all libraries in the folders, as designs would name them.
std::set<std::string> stems_in(std::span<const fs::path> folders) {
  std::set<std::string> stems;
  for (const fs::path& folder : folders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".so") stems.insert(plain_stem(entry.path()));
    }
  }
  return stems;
}

[[noreturn]] void refuse_missing(const std::string& link_with, const fs::path& stem,
                                 std::span<const fs::path> folders) {
  std::vector<std::string> where;
  std::string why = fmt::format("there is no {}.so", stem.filename().string());
  for (const fs::path& folder : folders) {
    where.push_back(folder.string());
    if (is_file(folder / link_with)) {
      why += fmt::format("; {} is there, but it is made for the array, not for this machine",
                         (folder / link_with).string());
    }
  }
  std::vector<std::string> known;
  for (const std::string& name : stems_in(folders)) known.push_back(name + ".o");
  const std::string near = core::suggest(fs::path(link_with).filename().string(), known);
  throw core::Error(
      {.what = fmt::format("no kernel library for link_with \"{}\"", link_with),
       .where = where.empty() ? "no folder with kernels was given"
                              : fmt::format("searched: {}", fmt::join(where, ", ")),
       .why = why,
       .hint = (near.empty() ? "" : near + ", or ") +
               fmt::format(
                   "shiftwise kernel build {}.cc -o {}.so", stem.filename().string(),
                   (folders.empty() ? stem.filename() : folders[0] / stem.filename()).string())});
}

/// Where a built-in kernel is that designs know by another object: compiled once more under a
/// tag (kernels/aie2/params.h), or one of mlir-aie's.
std::string builtin_stem(const std::string& stem) {
  if (stem.starts_with("conv2dk")) return "mlir_aie_abi";
  return untagged(stem);
}

}  // namespace

std::string plain_stem(const fs::path& file) {
  std::string stem = file.stem().string();
  for (const char* variant : {".avx512vnni", ".avx2"}) {
    if (stem.ends_with(variant)) stem.resize(stem.size() - std::string(variant).size());
  }
  return stem;
}

std::string untagged(const std::string& name) { return name.substr(0, name.find("__")); }

Library open_library(const fs::path& file, const std::string& link_with) {
  const core::MappedFile mapped(file);
  return {.link_with = link_with,
          .file = file,
          .symbols = exported_functions(mapped.bytes(), file.string())};
}

Library find_library(const std::string& link_with, std::span<const fs::path> folders) {
  const fs::path named(link_with);
  if (named.extension() == ".so" && is_file(named)) return open_library(named, link_with);
  fs::path stem = named;
  stem.replace_extension();
  for (const fs::path& folder : folders) {
    for (const fs::path& name :
         {stem, stem.filename(), fs::path(builtin_stem(stem.filename().string()))}) {
      const fs::path file = best_in(folder, name);
      if (!file.empty()) return open_library(file, link_with);
    }
  }
  refuse_missing(link_with, stem, folders);
}

std::vector<Library> all_libraries(std::span<const fs::path> folders) {
  std::vector<Library> libraries;
  for (const std::string& stem : stems_in(folders)) {
    for (const fs::path& folder : folders) {
      const fs::path file = best_in(folder, stem);
      if (file.empty()) continue;
      libraries.push_back(open_library(file));
      break;
    }
  }
  return libraries;
}

fs::path builtin_folder() {
  if (const char* folder = std::getenv("SHIFTWISE_KERNEL_FOLDER");
      folder != nullptr && *folder != 0) {
    return folder;
  }
  return SHIFTWISE_BUILTIN_KERNELS;
}

}  // namespace shiftwise::kernel
