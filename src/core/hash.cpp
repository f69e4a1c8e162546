// SPDX-License-Identifier: Apache-2.0
#include "core/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <vector>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::core {

struct Hasher::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

Hasher::Hasher(HashKind kind) : state_(std::make_unique<State>()) {
  const EVP_MD* algorithm = kind == HashKind::kMd5 ? EVP_md5() : EVP_sha256();
  expects(EVP_DigestInit_ex(state_->context.get(), algorithm, nullptr) == 1,
          "the system's OpenSSL provides MD5 and SHA-256");
}

Hasher::~Hasher() = default;

void Hasher::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string hash_bytes(HashKind kind, std::span<const std::byte> bytes) {
  Hasher hasher(kind);
  hasher.update(bytes);
  return hasher.finish();
}

std::string hash_file(HashKind kind, const std::filesystem::path& path) {
  const MappedFile file(path);
  return hash_bytes(kind, file.bytes());
}

}  // namespace shiftwise::core
