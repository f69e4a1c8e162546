// SPDX-License-Identifier: Apache-2.0
// PNG and JPEG files of one size as a data set.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace shiftwise::data {

/// Whether the name ends in .png, .jpg or .jpeg (any case).
bool has_image_name(const std::filesystem::path& path);

struct LabelledFile {
  std::filesystem::path path;
  int label = -1;
};

/// `files` must not be empty; the first one decides the shape (3 channels). `description` is
/// what describe() says.
std::unique_ptr<Dataset> open_image_files(std::vector<LabelledFile> files,
                                          std::vector<std::string> class_names,
                                          std::string description);

}  // namespace shiftwise::data
