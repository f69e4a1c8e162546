// SPDX-License-Identifier: Apache-2.0
// The part of a download that has arrived.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace shiftwise::data {

/// A file that only grows, kept (unless empty) whatever happens, and locked so that two processes
/// never write to it at once. Every member throws Error naming the file where the system refuses.
class PartFile {
 public:
  /// Opens `path` with what an earlier download left in it, or makes it.
  explicit PartFile(std::filesystem::path path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::int64_t size() const { return size_; }
  void append(std::string_view bytes);
  void clear();
  /// Flushes it to the disk and gives it its final name.
  void publish(const std::filesystem::path& name);
  void remove();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace shiftwise::data
