// SPDX-License-Identifier: Apache-2.0
#include "data/batch_sink.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/diagnostic.h"
#include "core/hash.h"
#include "data/cifar_records.h"
#include "data/python_batch.h"

namespace shiftwise::data {
namespace {

/// Only a folder that an earlier import made holds this file, so only such a one is replaced.
constexpr const char* kNote = "shiftwise-import.txt";

constexpr std::array<std::string_view, 6> kBatches{"data_batch_1", "data_batch_2", "data_batch_3",
                                                   "data_batch_4", "data_batch_5", "test_batch"};

/// The batch that a file of either version holds, or nothing.
std::string_view batch_of(std::string_view name) {
  if (name.ends_with(".bin")) name.remove_suffix(4);
  return std::ranges::find(kBatches, name) == kBatches.end() ? std::string_view{} : name;
}

}  // namespace

BatchSink::BatchSink(const ImportRequest& request, core::Progress& progress)
    : request_(request),
      progress_(progress),
      folder_(request.output, request.overwrite, kNote),
      class_names_(cifar_class_names()) {}

bool BatchSink::wants(std::string_view name) {
  return !batch_of(name).empty() || name == kBinaryMeta || name == kPythonMeta;
}

std::int64_t BatchSink::largest_bytes() const {
  constexpr std::int64_t kNameBytes = 256;  // the python version names each image's file
  constexpr std::int64_t kFrame = 1 << 20;
  return request_.images_per_batch * (std::int64_t{kCifarRecordBytes} + kNameBytes) + kFrame;
}

void BatchSink::take(std::string_view name, std::span<const std::byte> bytes,
                     const std::string& where) {
  core::check_interrupted();
  if (std::ssize(bytes) > largest_bytes()) {
    throw core::Error({.what = "a file of CIFAR-10 is too large",
                       .where = where,
                       .why = fmt::format("it has {} bytes; at most {} are expected", bytes.size(),
                                          largest_bytes())});
  }
  if (name == kBinaryMeta) {
    const char* text = reinterpret_cast<const char*>(bytes.data());
    class_names_ = parse_class_names({text, bytes.size()}, where);
    return;
  }
  if (name == kPythonMeta) {
    class_names_ = python_class_names(bytes, where);
    return;
  }
  std::vector<std::byte> converted;
  if (!name.ends_with(".bin")) {
    python_ = true;
    converted = records_of_python_batch(bytes, where);
    bytes = converted;
  }
  check_records(bytes, where);
  const auto images = static_cast<std::int64_t>(bytes.size() / kCifarRecordBytes);
  if (images != request_.images_per_batch) {
    throw core::Error(
        {.what = "a batch of CIFAR-10 is not complete",
         .where = where,
         .why = fmt::format("it holds {} images; expected {}", images, request_.images_per_batch)});
  }
  const std::string file = fmt::format("{}.bin", batch_of(name));
  if (sums_.contains(file)) {
    throw core::Error({.what = "a batch of CIFAR-10 is there twice", .where = where});
  }
  if (sums_.empty()) progress_.begin("import", std::ssize(kBatches), "batches");
  core::write_file(folder_.folder() / file, bytes);
  sums_[file] = core::hash_bytes(core::HashKind::kSha256, bytes);
  progress_.advance(1);
}

ImportResult BatchSink::finish(const std::string& where) {
  std::vector<std::string_view> absent;
  for (const std::string_view batch : kBatches) {
    if (!sums_.contains(fmt::format("{}.bin", batch))) absent.push_back(batch);
  }
  if (!absent.empty()) {
    throw core::Error({.what = "this is not the whole of CIFAR-10",
                       .where = where,
                       .why = fmt::format("it lacks {}", fmt::join(absent, ", ")),
                       .hint = "give the folder or archive of the binary or the python version, or "
                               "nothing to download it"});
  }
  core::write_file(folder_.folder() / kCifarMeta,
                   fmt::format("{}\n", fmt::join(class_names_, "\n")));
  const std::string origin =
      fmt::format("the {} version in {}", python_ ? "python" : "binary", where);
  std::string note =
      fmt::format("CIFAR-10, imported by shiftwise from {}\nsha256 of each file:\n", origin);
  for (const auto& [file, sum] : sums_) note += fmt::format("{}  {}\n", sum, file);
  core::write_file(folder_.folder() / kNote, note);
  folder_.commit();
  progress_.end();
  return {.origin = origin,
          .train_images = 5 * request_.images_per_batch,
          .test_images = request_.images_per_batch};
}

}  // namespace shiftwise::data
