// SPDX-License-Identifier: Apache-2.0
// Where images come from when nobody says.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "data/dataset.h"

namespace shiftwise::cli {

struct DataFolder {
  std::filesystem::path path;
  std::string origin;  ///< "--data", "SHIFTWISE_DATA", "the sample that comes with shiftwise"
};

/// `option` where it is not empty, else the folder in the environment variable
/// SHIFTWISE_DATA, else the CIFAR-10 sample that lies near the program (assets/cifar10 of the
/// source tree, or share/shiftwise/cifar10 of an installation). Throws Error where there is
/// none of these.
DataFolder find_data(const std::string& option);

/// How many of a dataset's images to use: `wanted`, or all for 0. Throws Error where it has
/// none.
std::int64_t images_to_use(const data::Dataset& dataset, std::int64_t wanted);

}  // namespace shiftwise::cli
