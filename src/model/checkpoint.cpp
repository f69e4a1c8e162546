// SPDX-License-Identifier: Apache-2.0
// Which format a file has, and what all formats have in common.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "core/safetensors.h"
#include "model/formats.h"
#include "model/load.h"
#include "model/quoted.h"
#include "model/stored_tensor.h"

namespace shiftwise::model {
namespace {

/// What wraps a network as a whole: data parallelism, torch.compile, training frameworks.
constexpr std::array<std::string_view, 4> kPrefixes{"module.", "_orig_mod.", "model.", "net."};
constexpr int kMostPrefixes = 4;

template <typename Map>
bool all_start_with(const Map& map, std::string_view prefix) {
  return std::all_of(map.begin(), map.end(),
                     [&](const auto& entry) { return entry.first.starts_with(prefix); });
}

template <typename Map>
void remove_prefix(Map& map, std::string_view prefix) {
  Map renamed;
  while (!map.empty()) {
    auto node = map.extract(map.begin());
    if (node.key().starts_with(prefix)) node.key().erase(0, prefix.size());
    renamed.insert(std::move(node));
  }
  map = std::move(renamed);
}

void remove_common_prefixes(Checkpoint& checkpoint) {
  for (int round = 0; round < kMostPrefixes; ++round) {
    const auto* const prefix = std::find_if(
        kPrefixes.begin(), kPrefixes.end(),
        [&](std::string_view candidate) { return all_start_with(checkpoint.tensors, candidate); });
    if (prefix == kPrefixes.end()) return;
    remove_prefix(checkpoint.tensors, *prefix);
    remove_prefix(checkpoint.skipped, *prefix);
  }
}

bool looks_like_web_page(std::string_view text) {
  constexpr std::size_t kStart = 512;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  text = text.substr(0, kStart);
  return text.starts_with('<') && (text.find("html") != std::string_view::npos ||
                                   text.find("HTML") != std::string_view::npos);
}

[[noreturn]] void refuse_format(std::span<const std::byte> file, const std::string& path) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  constexpr std::size_t kTarMagicAt = 257;
  constexpr std::size_t kShown = 8;
  std::string why = fmt::format("it begins with {}, which is neither safetensors nor torch.save's",
                                in_quotes(text.substr(0, kShown)));
  std::string hint = "save the weights with torch.save(model.state_dict(), path)";
  if (file.empty()) {
    why = "the file is empty";
    hint.clear();
  } else if (looks_like_web_page(text)) {
    why = "it is a web page, not a checkpoint";
    hint = "the download failed, or the link leads to a page about the file; fetch the file itself";
  } else if (text.starts_with("version https://git-lfs")) {
    why = "it is a pointer to a file in Git LFS, not the file";
    hint = "git lfs pull";
  } else if (text.size() > kTarMagicAt && text.substr(kTarMagicAt).starts_with("ustar")) {
    why = "it is a tar archive";
    hint = "unpack it and name the checkpoint inside";
  } else if (text.starts_with("\x1f\x8b")) {
    why = "it is compressed with gzip";
    hint = "unpack it first";
  } else if (text.starts_with("\x80")) {
    why = "it is a Python pickle, but not one that torch.save wrote";
  }
  throw core::Error({.what = "cannot read a checkpoint", .where = path, .why = why, .hint = hint});
}

Checkpoint read_any(std::span<const std::byte> file, const std::string& path) {
  if (core::looks_like_safetensors(file)) return read_safetensors(file, path);
  if (looks_like_torch_zip(file)) return read_torch_zip(file, path);
  if (looks_like_torch_legacy(file)) return read_torch_legacy(file, path);
  refuse_format(file, path);
}

}  // namespace

Checkpoint read_safetensors(std::span<const std::byte> file, const std::string& path) {
  core::Safetensors content = core::parse_safetensors(file, path);
  Checkpoint checkpoint;
  checkpoint.format = "safetensors";
  checkpoint.metadata = std::move(content.metadata);
  const auto place = [&](const core::StoredTensor& stored) {
    return fmt::format("{}, tensor {} at byte {}", path, in_quotes(stored.name), stored.offset);
  };
  std::vector<const core::StoredTensor*> floats;
  for (const core::StoredTensor& stored : content.tensors) {
    if (is_float(stored.dtype)) {
      floats.push_back(&stored);
    } else if (stored.dtype.starts_with('F')) {
      throw core::Error({.what = "cannot read a checkpoint",
                         .where = place(stored),
                         .why = fmt::format("{} is not read", stored.dtype),
                         .hint = "save it as F32, F16 or BF16"});
    } else {
      checkpoint.skipped[stored.name] = stored.dtype;
    }
  }
  std::vector<core::Tensor<float>> widened(floats.size());
  core::parallel_for(static_cast<std::int64_t>(floats.size()), [&](std::int64_t i) {
    core::check_interrupted();
    const core::StoredTensor& stored = *floats[static_cast<std::size_t>(i)];
    const StridedView view{stored.dtype, stored.shape, dense_strides(stored.shape), 0};
    widened[static_cast<std::size_t>(i)] = widen(view, stored.bytes, place(stored));
  });
  for (std::size_t i = 0; i < floats.size(); ++i) {
    checkpoint.tensors[floats[i]->name] = std::move(widened[i]);
  }
  return checkpoint;
}

Checkpoint parse_checkpoint(std::span<const std::byte> file, const std::string& path) {
  Checkpoint checkpoint = read_any(file, path);
  checkpoint.path = path;
  if (checkpoint.tensors.empty()) {
    throw core::Error(
        {.what = "cannot read a checkpoint",
         .where = path,
         .why = fmt::format("none of its {} tensors holds floats", checkpoint.skipped.size())});
  }
  remove_common_prefixes(checkpoint);
  return checkpoint;
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const core::MappedFile file(path);
  return parse_checkpoint(file.bytes(), path.string());
}

}  // namespace shiftwise::model
