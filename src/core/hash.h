// SPDX-License-Identifier: Apache-2.0
// Digests of files, for saying which input a result came from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace shiftwise::core {

enum class HashKind { kMd5, kSha256 };

/// An incremental digest.
class Hasher {
 public:
  explicit Hasher(HashKind kind);
  ~Hasher();
  void update(std::span<const std::byte> bytes);
  /// Lower-case hexadecimal; the hasher is spent.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string hash_bytes(HashKind kind, std::span<const std::byte> bytes);
/// Throws Error where the file cannot be read.
std::string hash_file(HashKind kind, const std::filesystem::path& path);

}  // namespace shiftwise::core
