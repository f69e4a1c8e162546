// SPDX-License-Identifier: Apache-2.0
#include "data/folder.h"

#include <algorithm>
#include <system_error>

#include "core/diagnostic.h"

namespace shiftwise::data {
namespace fs = std::filesystem;

Listing list_folder(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with('.')) continue;
    if (entry->is_directory(ignored)) listing.folders.push_back(entry->path());
    if (entry->is_regular_file(ignored)) listing.files.push_back(entry->path());
  }
  if (error) {
    throw core::Error(
        {.what = "cannot read a folder of data", .where = folder.string(), .why = error.message()});
  }
  std::ranges::sort(listing.folders);
  std::ranges::sort(listing.files);
  return listing;
}

}  // namespace shiftwise::data
