// SPDX-License-Identifier: Apache-2.0
// PyTorch's format since 1.6: a zip archive of a pickle (NAME/data.pkl) and one entry per
// storage (NAME/data/KEY).
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/diagnostic.h"
#include "model/formats.h"
#include "model/quoted.h"
#include "model/torch_state.h"
#include "model/zip.h"

namespace shiftwise::model {
namespace {

constexpr std::string_view kPickle = "data.pkl";

/// The pickle of a ResNet-152 has 200 kB.
std::uint64_t largest_pickle(std::uint64_t file_bytes) {
  constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 20;
  return std::min(kLargest, kSmall + 16 * file_bytes);
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw core::Error({.what = "cannot read a PyTorch checkpoint",
                     .where = path,
                     .why = why,
                     .hint = "save the weights with torch.save(model.state_dict(), path)"});
}

struct Contents {
  std::string folder;  ///< "NAME/"
  std::vector<std::byte> pickle;
};

bool is_pickle(std::string_view entry) {
  return entry.ends_with(kPickle) &&
         (entry.size() == kPickle.size() || entry[entry.size() - kPickle.size() - 1] == '/');
}

Contents read_contents(std::span<const std::byte> file, const std::string& path) {
  std::optional<Contents> found;
  visit_zip(file, path, [&](std::string_view entry, const ReadEntry& read) {
    if (entry.ends_with("/byteorder")) {
      constexpr std::uint64_t kLongest = 16;
      const std::vector<std::byte> order = read(kLongest);
      if (std::string_view(reinterpret_cast<const char*>(order.data()), order.size()) != "little") {
        refuse(path, "its numbers are big endian; only little endian is read");
      }
    }
    if (!is_pickle(entry)) return;
    if (found) refuse(path, "it holds several data.pkl");
    entry.remove_suffix(kPickle.size());
    found = {std::string(entry), read(largest_pickle(file.size()))};
  });
  if (!found) refuse(path, "it is a zip archive without data.pkl, which torch.save always writes");
  return *std::move(found);
}

}  // namespace

bool looks_like_torch_zip(std::span<const std::byte> file) {
  constexpr std::string_view kMagic = "PK\x03\x04";
  return std::string_view(reinterpret_cast<const char*>(file.data()), file.size())
      .starts_with(kMagic);
}

Checkpoint read_torch_zip(std::span<const std::byte> file, const std::string& path) {
  const Contents contents = read_contents(file, path);
  const pickle::Document document = read_torch_pickle(contents.pickle, path + ", data.pkl");
  TorchState state = read_torch_state(document, file.size(), path);

  Checkpoint checkpoint;
  checkpoint.format = "PyTorch zip";
  checkpoint.skipped = std::move(state.skipped);
  const std::string storages = contents.folder + "data/";
  std::set<std::string> read_keys;
  visit_zip(file, path, [&](std::string_view entry, const ReadEntry& read) {
    if (!entry.starts_with(storages)) return;
    const std::string key(entry.substr(storages.size()));
    const auto storage = state.storages.find(key);
    if (storage == state.storages.end() || storage->second.tensors.empty()) return;
    read_keys.insert(key);
    const std::vector<std::byte> bytes = read(storage->second.bytes());
    widen_storage(storage->second, bytes, path, checkpoint.tensors);
  });
  for (const auto& [key, storage] : state.storages) {
    if (storage.tensors.empty() || read_keys.contains(key)) continue;
    if (storage.elements == 0) {
      widen_storage(storage, {}, path, checkpoint.tensors);
      continue;
    }
    refuse(path, fmt::format("the values of {} should be in the entry {}, which is missing",
                             in_quotes(storage.tensors.front().name), in_quotes(storages + key)));
  }
  return checkpoint;
}

}  // namespace shiftwise::model
