// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "data/cifar_records.h"
#include "data/folder.h"
#include "data/image_files.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

/// Several data sets of one shape, one after the other.
class Concatenation final : public Dataset {
 public:
  explicit Concatenation(std::vector<std::unique_ptr<Dataset>> parts) : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      if (part->shape() != shape()) {
        throw core::Error({.what = "the images have different sizes",
                           .where = part->files().front().string(),
                           .why = "expected " + core::to_string(shape()) + " (as " +
                                  parts_.front()->files().front().filename().string() + "), got " +
                                  core::to_string(part->shape()),
                           .hint = "bring all images to one size first"});
      }
      if (names_.empty()) names_ = part->class_names();
      ends_.push_back(size() + part->size());
    }
  }

  std::string describe() const override {
    return std::to_string(parts_.size()) + " files: " + parts_.front()->describe() + ", ...";
  }
  std::int64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  core::ImageShape shape() const override { return parts_.front()->shape(); }
  const std::vector<std::string>& class_names() const override { return names_; }
  int label(std::int64_t i) const override {
    const auto [part, index] = find(i);
    return part->label(index);
  }
  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    const auto [part, index] = find(i);
    part->read(index, pixels);
  }
  std::vector<fs::path> files() const override {
    std::vector<fs::path> all;
    for (const auto& part : parts_) std::ranges::copy(part->files(), std::back_inserter(all));
    return all;
  }

 private:
  std::pair<const Dataset*, std::int64_t> find(std::int64_t i) const {
    core::expects(i >= 0 && i < size(), "the image's index is within the data set", describe());
    const auto end = std::ranges::upper_bound(ends_, i);
    const Dataset* part = parts_[static_cast<std::size_t>(end - ends_.begin())].get();
    return {part, i - (*end - part->size())};
  }

  std::vector<std::unique_ptr<Dataset>> parts_;
  std::vector<std::int64_t> ends_;  ///< images in this part and those before it
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Dataset> open_files(const std::vector<fs::path>& files) {
  if (files.empty()) {
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = "no image given",
                       .hint = "name PNG or JPEG files, or .bin files of CIFAR records"});
  }
  std::vector<std::unique_ptr<Dataset>> parts;
  for (const fs::path& file : files) {
    parts.push_back(file.extension() == ".bin"
                        ? open_cifar_records({file})
                        : open_image_files({{.path = file}}, {}, "the image " + file.string()));
  }
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<Concatenation>(std::move(parts));
}

void read_normalized(const Dataset& dataset, std::int64_t first, int count,
                     const Normalization& normalization, std::span<float> values) {
  const core::ImageShape shape = dataset.shape();
  const auto image_size = static_cast<std::size_t>(shape.elements());
  const std::size_t area = image_size / 3;
  core::expects(shape.channels == 3, "images have three channels", dataset.describe());
  core::expects(values.size() == image_size * static_cast<std::size_t>(count),
                "values holds `count` images", dataset.describe());
  std::array<std::array<float, 256>, 3> table;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t pixel = 0; pixel < 256; ++pixel) {
      const float in_unit = static_cast<float>(pixel) / 255.0F;
      const float centred = in_unit - normalization.mean[c];
      table[c][pixel] = centred / normalization.std[c];  // eq. 12: three roundings
    }
  }
  core::parallel_for(count, [&](std::int64_t i) {
    core::check_interrupted();
    std::vector<std::uint8_t> pixels(image_size);
    dataset.read(first + i, pixels);
    const std::span target = values.subspan(static_cast<std::size_t>(i) * image_size, image_size);
    for (std::size_t at = 0; at < image_size; ++at) target[at] = table[at / area][pixels[at]];
  });
}

void expect_images_fit(const Dataset& images, const core::ImageShape& input) {
  if (images.shape() == input) return;
  throw core::Error(
      {.what = "the images do not fit the network",
       .where = images.describe(),
       .why = fmt::format("they are {}, the network takes {}", core::to_string(images.shape()),
                          core::to_string(input)),
       .hint = "give images of that size with --data, or quantize with --input-size"});
}

}  // namespace shiftwise::data
