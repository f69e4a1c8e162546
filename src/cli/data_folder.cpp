// SPDX-License-Identifier: Apache-2.0
#include "cli/data_folder.h"

#include <algorithm>
#include <cstdlib>

#include "core/diagnostic.h"

namespace shiftwise::cli {
namespace fs = std::filesystem;

DataFolder find_data(const std::string& option) {
  if (!option.empty()) return {option, "--data"};
  if (const char* folder = std::getenv("SHIFTWISE_DATA"); folder != nullptr && *folder != '\0') {
    return {folder, "SHIFTWISE_DATA"};
  }
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  for (fs::path above = program.parent_path(); above.has_relative_path();
       above = above.parent_path()) {
    for (const char* place : {"assets/cifar10", "share/shiftwise/cifar10"}) {
      if (fs::is_directory(above / place, ignored)) {
        return {above / place, "the sample that comes with shiftwise"};
      }
    }
  }
  throw core::Error({.what = "there are no images to work on",
                     .why = "--data was not given, SHIFTWISE_DATA is not set, and the sample that "
                            "comes with shiftwise is not near the program",
                     .hint = "--data FOLDER; shiftwise data cifar10 brings one"});
}

std::int64_t images_to_use(const data::Dataset& dataset, std::int64_t wanted) {
  if (dataset.size() == 0) {
    throw core::Error({.what = "there are no images in the data", .where = dataset.describe()});
  }
  return wanted == 0 ? dataset.size() : std::min(wanted, dataset.size());
}

}  // namespace shiftwise::cli
