// SPDX-License-Identifier: Apache-2.0
// Which of the known layouts a folder has.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/diagnostic.h"
#include "data/cifar_records.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "data/image_files.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void no_images(const fs::path& folder, Split split, std::string why,
                            std::string hint = {}) {
  throw core::Error({.what = split == Split::kTrain ? "the data has no training images"
                                                    : "the data has no test images",
                     .where = folder.string(),
                     .why = std::move(why),
                     .hint = std::move(hint)});
}

bool is_batch(const fs::path& file, Split split) {
  const std::string name = file.filename().string();
  if (split == Split::kTest) return name == "test_batch.bin";
  return name.starts_with("data_batch_") && name.ends_with(".bin");
}

bool holds_batches(const Listing& listing) {
  return std::ranges::any_of(listing.files, [](const fs::path& file) {
    return is_batch(file, Split::kTrain) || is_batch(file, Split::kTest);
  });
}

std::unique_ptr<Dataset> open_batches(const fs::path& folder, const Listing& listing, Split split) {
  std::vector<fs::path> batches;
  std::ranges::copy_if(listing.files, std::back_inserter(batches),
                       [&](const fs::path& file) { return is_batch(file, split); });
  if (batches.empty()) {
    no_images(
        folder, split,
        split == Split::kTrain ? "there is no data_batch_*.bin" : "there is no test_batch.bin");
  }
  // In numerical order: data_batch_2 before data_batch_10.
  std::ranges::sort(batches, {}, [](const fs::path& file) {
    return std::pair(file.string().size(), file.string());
  });
  return open_cifar_records(batches);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The folder below `folder` that holds the split, or `folder` itself where it has none.
fs::path split_folder(const fs::path& folder, Split split) {
  const auto has = [&](const char* name) { return is_folder(folder / name); };
  if (split == Split::kTrain && has("train")) return folder / "train";
  if (split == Split::kTest && has("test")) return folder / "test";
  if (split == Split::kTest && has("val")) return folder / "val";
  if (has("train")) no_images(folder, split, "there is a train/, but neither test/ nor val/");
  if (has("test") || has("val"))
    no_images(folder, split, "there is a test/ or val/, but no train/");
  return folder;
}

std::vector<LabelledFile> images_of(const Listing& listing, int label) {
  std::vector<LabelledFile> images;
  for (const fs::path& file : listing.files) {
    if (has_image_name(file)) images.push_back({.path = file, .label = label});
  }
  return images;
}

/// One image of each class, then the next of each: whoever takes the first few, calibration
/// above all, sees many classes.
std::vector<LabelledFile> in_turns(std::vector<std::vector<LabelledFile>> classes) {
  std::vector<LabelledFile> result;
  std::size_t longest = 0;
  for (const auto& files : classes) longest = std::max(longest, files.size());
  for (std::size_t i = 0; i < longest; ++i) {
    for (auto& files : classes) {
      if (i < files.size()) result.push_back(std::move(files[i]));
    }
  }
  return result;
}

std::unique_ptr<Dataset> open_images(const fs::path& folder, Split split) {
  const Listing listing = list_folder(folder);
  std::vector<LabelledFile> images = images_of(listing, -1);
  const std::size_t bare = images.size();
  std::vector<std::string> names;
  std::vector<std::vector<LabelledFile>> classes;
  for (const fs::path& below : listing.folders) {
    classes.push_back(images_of(list_folder(below), static_cast<int>(names.size())));
    names.push_back(below.filename().string());
  }
  std::ranges::move(in_turns(std::move(classes)), std::back_inserter(images));
  if (images.empty()) {
    no_images(folder, split,
              "it holds neither CIFAR-10's binary batches nor PNG or JPEG files, bare or in one "
              "folder per class",
              "`shiftwise data cifar10` makes such a folder from every form of CIFAR-10");
  }
  if (bare == images.size()) names.clear();
  if (bare != 0 && !names.empty()) {
    throw core::Error({.what = "cannot tell whether the images have labels",
                       .where = folder.string(),
                       .why = fmt::format("{} bare images lie beside folders with {} images", bare,
                                          images.size() - bare),
                       .hint = "keep either images, or one folder of images per class"});
  }
  std::string description = fmt::format("{} images in {}", images.size(), folder.string());
  return open_image_files(std::move(images), std::move(names), std::move(description));
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const fs::path& folder, Split split) {
  const fs::path below = folder / "cifar-10-batches-bin";
  for (const fs::path& place : {folder, below}) {
    if (place == below && !is_folder(below)) continue;
    const Listing listing = list_folder(place);
    if (holds_batches(listing)) return open_batches(place, listing, split);
  }
  return open_images(split_folder(folder, split), split);
}

}  // namespace shiftwise::data
