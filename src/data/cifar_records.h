// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's binary files: records of one label byte and 3 x 32 x 32 pixels.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace shiftwise::data {

inline constexpr core::ImageShape kCifarShape{3, 32, 32};
inline constexpr int kCifarClasses = 10;
inline constexpr std::size_t kCifarPixelBytes = 3 * 32 * 32;
inline constexpr std::size_t kCifarRecordBytes = 1 + kCifarPixelBytes;
inline constexpr const char* kCifarMeta = "batches.meta.txt";

/// CIFAR-10's own names, in label order.
const std::vector<std::string>& cifar_class_names();

/// Names as batches.meta.txt holds them, one a line. Throws Error unless there are ten.
std::vector<std::string> parse_class_names(std::string_view text, const std::string& where);

/// Throws Error unless `bytes` are whole records (at least one) with labels 0 .. 9; `where`
/// names them, and the message names the first bad byte.
void check_records(std::span<const std::byte> bytes, const std::string& where);

/// The records of `files`, one after the other. Class names come from a batches.meta.txt
/// beside the first file, if there is one.
std::unique_ptr<Dataset> open_cifar_records(const std::vector<std::filesystem::path>& files);

}  // namespace shiftwise::data
