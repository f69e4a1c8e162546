// SPDX-License-Identifier: Apache-2.0
// Labelled images, one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace shiftwise::data {

/// Images of one shape with their labels. read() may be called from several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// What it was read from, for messages and records.
  virtual std::string describe() const = 0;
  virtual std::int64_t size() const = 0;
  virtual core::ImageShape shape() const = 0;
  /// The class index of image `i`, or -1 where it is not known.
  virtual int label(std::int64_t i) const = 0;
  /// Class names in index order; empty where they are not known.
  virtual const std::vector<std::string>& class_names() const = 0;
  /// pixels: [C][H][W] bytes, written whole. Throws Error naming the file where image `i`
  /// cannot be read or has another shape.
  virtual void read(std::int64_t i, std::span<std::uint8_t> pixels) const = 0;
  /// The files that back it, for records of which inputs a result came from.
  virtual std::vector<std::filesystem::path> files() const = 0;
};

enum class Split { kTrain, kTest };

/// A folder of data. CIFAR's binary files (data_batch_*.bin or test_batch.bin, in the folder
/// or in cifar-10-batches-bin below it; batches may hold any number of records) or images:
/// train/ and test/ (or val/) below it where they exist, else the folder itself for both
/// splits, each with one folder per class (sorted names are the class indices; the classes take
/// turns, so that the first N images are of many) or with bare PNG and JPEG files without
/// labels. Only files of the split are opened. Throws Error where there is nothing of the kind.
std::unique_ptr<Dataset> open_dataset(const std::filesystem::path& folder, Split split);

/// Single files given on the command line: PNG, JPEG, or CIFAR records (.bin, any number).
std::unique_ptr<Dataset> open_files(const std::vector<std::filesystem::path>& files);

/// Throws Error where the images have another shape than the input of a network.
void expect_images_fit(const Dataset& images, const core::ImageShape& input);

/// Mean and standard deviation per channel, of pixels in 0..1.
struct Normalization {
  std::array<float, 3> mean{0.5F, 0.5F, 0.5F};
  std::array<float, 3> std{0.5F, 0.5F, 0.5F};
  friend bool operator==(const Normalization&, const Normalization&) = default;
};

/// values[c] = (pixel / 255 - mean[c]) / std[c], each step rounded to float32 (numerics.md,
/// eq. 12). Images first .. first + count - 1; values: [count][C][H][W].
void read_normalized(const Dataset& dataset, std::int64_t first, int count,
                     const Normalization& normalization, std::span<float> values);

}  // namespace shiftwise::data
