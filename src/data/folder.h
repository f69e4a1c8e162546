// SPDX-License-Identifier: Apache-2.0
// What a folder holds.
#pragma once

#include <filesystem>
#include <vector>

namespace shiftwise::data {

/// Sorted by name; hidden entries and everything that is no file or folder left out.
struct Listing {
  std::vector<std::filesystem::path> folders;
  std::vector<std::filesystem::path> files;
};

/// Throws Error where the folder cannot be read.
Listing list_folder(const std::filesystem::path& folder);

}  // namespace shiftwise::data
