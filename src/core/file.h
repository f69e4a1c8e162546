// SPDX-License-Identifier: Apache-2.0
// Reading files whole, and writing them so that no half-written one is ever seen.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::core {

/// A file mapped read-only. Throws Error (what, path, the system's reason) where it is
/// missing, is not a regular file or cannot be read.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes `bytes` to a temporary beside `path`, flushes it to the disk and renames it. On
/// any failure (a full disk, say) the temporary is removed, `path` is untouched, and Error
/// is thrown.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A folder that appears under its final name only when everything in it has been written.
class OutputFolder {
 public:
  /// Makes a temporary folder beside `path`. Throws Error where `path` exists and
  /// `overwrite` is false, where it is something that shiftwise did not write (`marker`,
  /// a file that must be inside a folder to be replaced), or where nothing can be made.
  OutputFolder(std::filesystem::path path, bool overwrite, std::string marker);
  /// Removes the temporary, and folders made above it, if commit() was not reached.
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write now.
  const std::filesystem::path& folder() const { return temporary_; }
  /// Renames the temporary to its final name.
  void commit();

 private:
  void abandon() const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::vector<std::filesystem::path> made_above_;  ///< the deepest first
  bool committed_ = false;
};

}  // namespace shiftwise::core
