// SPDX-License-Identifier: Apache-2.0
// A shared library, loaded as a copy that nobody else has.
#pragma once

#include <filesystem>

namespace shiftwise::kernel {

/// The loader gives everybody who asks for the same file the same static data; each core needs
/// its own. So the file is copied into memory that has no other name, and loaded from there.
class PrivateCopy {
 public:
  /// Throws Error with the loader's reason.
  explicit PrivateCopy(const std::filesystem::path& file);
  ~PrivateCopy();
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;

  /// The address of a symbol, or nullptr.
  void* find(const char* symbol) const;

 private:
  int memory_ = -1;  ///< stays open: the loader knows the copy by this number
  void* handle_ = nullptr;
};

}  // namespace shiftwise::kernel
