// SPDX-License-Identifier: Apache-2.0
// The whole CIFAR-10 set, from wherever a person has it, as one folder of binary batches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/progress.h"

namespace shiftwise::data {

/// The archive's canonical address and md5.
inline constexpr const char* kCifar10Url =
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
inline constexpr const char* kCifar10Md5 = "c32a1d4ab5d03f1284b67883e8d87530";

struct ImportRequest {
  /// A folder (binary or python version, in it or in the cifar-10-batches-* below it), an
  /// archive of either version (.tar.gz, .tar), or empty: download.
  std::filesystem::path source;
  /// The folder to make: data_batch_1..5.bin, test_batch.bin, batches.meta.txt and a note
  /// of where they came from. It appears complete or not at all.
  std::filesystem::path output;
  bool overwrite = false;  ///< replace an `output` that an earlier import made

  // Of a download only; the archive is kept beside `output` until it has been unpacked.
  std::string url = kCifar10Url;
  std::string md5 = kCifar10Md5;
  int connect_timeout_s = 30;
  int stall_timeout_s = 60;

  std::int64_t images_per_batch = 10000;  ///< what each of the six batches must hold
};

struct ImportResult {
  std::string origin;  ///< "downloaded from ...", "the python version in ...", ...
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
};

/// Throws Error (fault kUsage where `output` exists, else kData) with everything that a
/// person needs to go on; never leaves a half-written output.
ImportResult import_cifar10(const ImportRequest& request, core::Progress& progress);

}  // namespace shiftwise::data
