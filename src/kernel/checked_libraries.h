// SPDX-License-Identifier: Apache-2.0
// Libraries built once more, with access checks, for `--check full`.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/progress.h"
#include "kernel/library.h"

namespace shiftwise::kernel {

/// Builds each library again at its first use, into a folder that goes with this object. Any
/// thread may ask. Compiles only sources of libraries in the given folders and of those that
/// come with shiftwise, by build(), with the -I and -D of the library's recipe.
class CheckedLibraries {
 public:
  explicit CheckedLibraries(std::vector<std::filesystem::path> folders,
                            core::Progress& progress = core::silent_progress());
  ~CheckedLibraries();
  CheckedLibraries(const CheckedLibraries&) = delete;
  CheckedLibraries& operator=(const CheckedLibraries&) = delete;

  /// The library with checks, or the given one where it cannot be built again.
  Library checked(const Library& library);

  /// A sentence for each library that stayed without checks, and why.
  std::vector<std::string> notes() const;

 private:
  std::filesystem::path rebuild(const std::filesystem::path& file);
  bool may_rebuild(const std::filesystem::path& file) const;

  std::vector<std::filesystem::path> folders_;
  core::Progress& progress_;
  std::filesystem::path scratch_;  ///< empty until something is built
  mutable std::mutex mutex_;
  std::map<std::filesystem::path, std::filesystem::path> built_;
  std::vector<std::string> notes_;
};

}  // namespace shiftwise::kernel
