// SPDX-License-Identifier: Apache-2.0
// Collects the six batches of CIFAR-10 into a folder, from whatever form they arrive in.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "core/progress.h"
#include "data/cifar10_import.h"

namespace shiftwise::data {

/// Member files are told by name; the python version's have no ending.
inline constexpr std::string_view kBinaryMeta = "batches.meta.txt";
inline constexpr std::string_view kPythonMeta = "batches.meta";

class BatchSink {
 public:
  /// Prepares `request.output`. Throws Error where it exists and may not be replaced.
  BatchSink(const ImportRequest& request, core::Progress& progress);

  /// Whether a file of that name is one of CIFAR-10's, in either version.
  static bool wants(std::string_view name);
  /// The largest size that a wanted file can have.
  std::int64_t largest_bytes() const;

  /// Takes the contents of the file `name` (wanted). Throws Error (naming `where`) where they
  /// are malformed, hold another number of images, or came before.
  void take(std::string_view name, std::span<const std::byte> bytes, const std::string& where);

  /// Writes the class names and the note of where everything came from, and publishes the
  /// folder. Throws Error naming the batches that never came; `where` says where from.
  ImportResult finish(const std::string& where);

 private:
  const ImportRequest& request_;
  core::Progress& progress_;
  core::OutputFolder folder_;
  std::vector<std::string> class_names_;
  std::map<std::string, std::string> sums_;  ///< sha256 of each batch written
  bool python_ = false;
};

}  // namespace shiftwise::data
