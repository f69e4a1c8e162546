// SPDX-License-Identifier: Apache-2.0
// PyTorch's format before 1.6, one stream:
//
//   pickle   a magic number
//   pickle   the version of the protocol, 1001
//   pickle   facts of the machine that wrote it, among them its byte order
//   pickle   the object, which names storages by key
//   pickle   the list of keys
//   storages in the order of that list: the number of elements, 8 bytes, then the elements
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "core/diagnostic.h"
#include "model/formats.h"
#include "model/quoted.h"
#include "model/torch_state.h"

namespace shiftwise::model {
namespace {

using pickle::Kind;

/// 0x1950a86a20f9469cfc6c, lowest byte first, behind the instruction that makes it.
constexpr std::string_view kMagic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::size_t kMagicWithin = 32;
constexpr std::int64_t kVersion = 1001;

class Reader {
 public:
  Reader(std::span<const std::byte> file, const std::string& path) : file_(file), path_(path) {}

  Checkpoint read() {
    next();
    const pickle::Document version = next();
    if (version.root().kind != Kind::kInt || version.root().integer != kVersion) {
      refuse(fmt::format("its version is not {}, the only one there ever was", kVersion));
    }
    const pickle::Document machine = next();
    const pickle::Value* order = pickle::find(machine.root(), "little_endian");
    if (order != nullptr && order->kind == Kind::kBool && order->integer == 0) {
      refuse("its numbers are big endian; only little endian is read");
    }
    const pickle::Document object = next();
    TorchState state = read_torch_state(object, file_.size(), path_);
    const pickle::Document keys = next();

    Checkpoint checkpoint;
    checkpoint.format = "PyTorch legacy";
    read_storages(keys, state, checkpoint);
    checkpoint.skipped = std::move(state.skipped);
    return checkpoint;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw core::Error({.what = "cannot read a PyTorch checkpoint",
                       .where = fmt::format("{}, byte {}", path_, at_),
                       .why = why,
                       .hint = "the file is damaged or incomplete; fetch it again"});
  }

  pickle::Document next() {
    const std::size_t begin = at_;
    const auto where = fmt::format("{}, pickle at byte {}", path_, begin);
    pickle::Document read = read_torch_pickle(file_.subspan(begin), where);
    at_ += read.size();
    return read;
  }

  std::span<const std::byte> take(std::uint64_t count, std::string_view what) {
    if (count > file_.size() - at_) {
      refuse(fmt::format("{} needs {} bytes, but only {} follow", what, count, file_.size() - at_));
    }
    const auto result = file_.subspan(at_, static_cast<std::size_t>(count));
    at_ += result.size();
    return result;
  }

  void read_storages(const pickle::Document& keys, const TorchState& state,
                     Checkpoint& checkpoint) {
    if (keys.root().kind != Kind::kList) refuse("its list of storages is no list");
    std::set<std::string> read_keys;
    for (const pickle::Value* value : keys.root().items) {
      const std::string_view key = value->text;
      const auto found = state.storages.find(std::string(key));
      if (found == state.storages.end()) {
        refuse(fmt::format("nothing refers to the storage {}", in_quotes(key)));
      }
      const TorchStorage& storage = found->second;
      if (!read_keys.insert(found->first).second)
        refuse(fmt::format("storage {} comes twice", in_quotes(key)));
      std::uint64_t elements = 0;
      std::memcpy(&elements, take(sizeof(elements), "the size of a storage").data(),
                  sizeof(elements));
      if (elements != static_cast<std::uint64_t>(storage.elements)) {
        refuse(fmt::format("storage {} has {} elements where {} were announced", in_quotes(key),
                           elements, storage.elements));
      }
      const auto bytes = take(storage.bytes(), fmt::format("storage {}", in_quotes(key)));
      widen_storage(storage, bytes, path_, checkpoint.tensors);
    }
    for (const auto& [key, storage] : state.storages) {
      if (storage.tensors.empty() || read_keys.contains(key)) continue;
      refuse(fmt::format("the storage {} of {} is missing", in_quotes(key),
                         in_quotes(storage.tensors.front().name)));
    }
  }

  std::span<const std::byte> file_;
  const std::string& path_;
  std::size_t at_ = 0;
};

}  // namespace

bool looks_like_torch_legacy(std::span<const std::byte> file) {
  const std::string_view start(reinterpret_cast<const char*>(file.data()),
                               std::min(file.size(), kMagicWithin));
  return start.find(kMagic) != std::string_view::npos;
}

Checkpoint read_torch_legacy(std::span<const std::byte> file, const std::string& path) {
  return Reader(file, path).read();
}

}  // namespace shiftwise::model
