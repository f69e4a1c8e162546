// SPDX-License-Identifier: Apache-2.0
// Checkpoint files made byte by byte, right and wrong ones.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shiftwise::tests {

/// `value` as its bytes in memory, little-endian.
template <typename T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}
std::string raw(const std::vector<float>& values);

// Pieces of a pickle of protocol 2; each leaves one value on the stack.
std::string text(const std::string& value);
std::string integer(std::int64_t value);
std::string tuple(const std::vector<std::string>& items);
std::string integers(const std::vector<std::int64_t>& values);
/// `name` is "module.name".
std::string global(const std::string& name);
std::string call(const std::string& name, const std::vector<std::string>& arguments);
/// Keys are texts, values pieces.
std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries);
/// A whole pickle of that value.
std::string pickle(const std::string& value);

/// A reference to a storage, as torch.save writes it.
struct Storage {
  std::string type = "torch.FloatStorage";
  std::string key = "0";
  std::int64_t elements = 6;
  std::string part = "N";  ///< a piece: the storage that this one is a part of

  std::string piece() const;
};

/// A view of a storage, as torch.save writes it.
struct View {
  Storage storage = {};
  std::int64_t offset = 0;
  std::vector<std::int64_t> sizes = {2, 3};
  std::vector<std::int64_t> strides = {3, 1};

  std::string piece() const;
};

struct ZipEntry {
  std::string name;
  std::string content;
};

/// A zip archive of these entries, also where no sane one has them.
std::string zip(const std::vector<ZipEntry>& entries, bool deflated = false);

/// torch.save's zip format: `object` is a piece, `storages` are keys and bytes.
std::string torch_zip(const std::string& object,
                      const std::vector<std::pair<std::string, std::string>>& storages);

/// Its stream from before 1.6. A storage's bytes begin with the number of its elements.
std::string torch_legacy(const std::string& object,
                         const std::vector<std::pair<std::string, std::string>>& storages);

/// A safetensors file of this header.
std::string safetensors(const std::string& header, const std::string& data);

}  // namespace shiftwise::tests
