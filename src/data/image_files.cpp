// SPDX-License-Identifier: Apache-2.0
#include "data/image_files.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/diagnostic.h"
#include "data/picture.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

class ImageFiles final : public Dataset {
 public:
  ImageFiles(std::vector<LabelledFile> files, std::vector<std::string> names, std::string text)
      : files_(std::move(files)), names_(std::move(names)), description_(std::move(text)) {
    const Picture first = read_picture_size(files_.front().path);
    shape_ = {3, first.height, first.width};
  }

  std::string describe() const override { return description_; }
  std::int64_t size() const override { return static_cast<std::int64_t>(files_.size()); }
  core::ImageShape shape() const override { return shape_; }
  int label(std::int64_t i) const override { return file(i).label; }
  const std::vector<std::string>& class_names() const override { return names_; }

  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    core::expects(std::ssize(pixels) == shape_.elements(), "pixels holds one image", description_);
    const fs::path& path = file(i).path;
    const Picture picture = read_picture(path);
    const core::ImageShape shape{3, picture.height, picture.width};
    if (shape != shape_) {
      throw core::Error({.what = "the images have different sizes",
                         .where = path.string(),
                         .why = "expected " + core::to_string(shape_) + " (as " +
                                files_.front().path.filename().string() + "), got " +
                                core::to_string(shape),
                         .hint = "bring all images to one size first"});
    }
    const std::size_t area = picture.rgb.size() / 3;
    for (std::size_t at = 0; at < area; ++at) {
      for (std::size_t c = 0; c < 3; ++c) pixels[c * area + at] = picture.rgb[at * 3 + c];
    }
  }

  std::vector<fs::path> files() const override {
    std::vector<fs::path> paths;
    for (const LabelledFile& file : files_) paths.push_back(file.path);
    return paths;
  }

 private:
  const LabelledFile& file(std::int64_t i) const {
    core::expects(i >= 0 && i < size(), "the image's index is within the data set", description_);
    return files_[static_cast<std::size_t>(i)];
  }

  std::vector<LabelledFile> files_;
  std::vector<std::string> names_;
  std::string description_;
  core::ImageShape shape_;
};

}  // namespace

bool has_image_name(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

std::unique_ptr<Dataset> open_image_files(std::vector<LabelledFile> files,
                                          std::vector<std::string> class_names,
                                          std::string description) {
  core::expects(!files.empty(), "at least one image file");
  return std::make_unique<ImageFiles>(std::move(files), std::move(class_names),
                                      std::move(description));
}

}  // namespace shiftwise::data
