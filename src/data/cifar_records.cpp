// SPDX-License-Identifier: Apache-2.0
#include "data/cifar_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

class CifarRecords final : public Dataset {
 public:
  explicit CifarRecords(const std::vector<fs::path>& paths) : paths_(paths) {
    for (const fs::path& path : paths) {
      files_.push_back(std::make_unique<core::MappedFile>(path));
      const std::span bytes = files_.back()->bytes();
      check_records(bytes, path.string());
      ends_.push_back(size() + static_cast<std::int64_t>(bytes.size() / kCifarRecordBytes));
    }
    const fs::path meta = paths.front().parent_path() / kCifarMeta;
    std::error_code ignored;
    names_ = fs::exists(meta, ignored)
                 ? parse_class_names(core::MappedFile(meta).text(), meta.string())
                 : cifar_class_names();
  }

  std::string describe() const override {
    const fs::path& first = paths_.front();
    if (paths_.size() == 1) return fmt::format("CIFAR records in {}", first.string());
    return fmt::format("CIFAR records in {}, {} files", first.parent_path().string(),
                       paths_.size());
  }
  std::int64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  core::ImageShape shape() const override { return kCifarShape; }
  int label(std::int64_t i) const override { return static_cast<int>(record(i).front()); }
  const std::vector<std::string>& class_names() const override { return names_; }

  void read(std::int64_t i, std::span<std::uint8_t> pixels) const override {
    core::expects(pixels.size() == kCifarPixelBytes, "pixels holds one image", describe());
    std::memcpy(pixels.data(), record(i).data() + 1, kCifarPixelBytes);
  }
  std::vector<fs::path> files() const override { return paths_; }

 private:
  std::span<const std::byte> record(std::int64_t i) const {
    core::expects(i >= 0 && i < size(), "the image's index is within the data set", describe());
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), i);
    const std::int64_t before = end == ends_.begin() ? 0 : *(end - 1);
    const auto file = static_cast<std::size_t>(end - ends_.begin());
    const std::size_t offset = static_cast<std::size_t>(i - before) * kCifarRecordBytes;
    return files_[file]->bytes().subspan(offset, kCifarRecordBytes);
  }

  std::vector<fs::path> paths_;
  std::vector<std::unique_ptr<core::MappedFile>> files_;
  std::vector<std::int64_t> ends_;  ///< images in this file and those before it
  std::vector<std::string> names_;
};

}  // namespace

const std::vector<std::string>& cifar_class_names() {
  static const std::vector<std::string> names{"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

std::vector<std::string> parse_class_names(std::string_view text, const std::string& where) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
    line = line.substr(0, line.find_last_not_of(kSpace) + 1);
    if (!line.empty()) names.emplace_back(line);
  }
  if (names.size() != kCifarClasses) {
    throw core::Error({.what = "cannot read the class names",
                       .where = where,
                       .why = fmt::format("it has {} names, one a line; expected {}", names.size(),
                                          kCifarClasses)});
  }
  return names;
}

void check_records(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.empty() || bytes.size() % kCifarRecordBytes != 0) {
    throw core::Error(
        {.what = "not a file of CIFAR-10 records",
         .where = where,
         .why = fmt::format("its size, {} bytes, is no multiple of {} (one label byte and 3x32x32 "
                            "pixels)",
                            bytes.size(), kCifarRecordBytes),
         .hint = "it may be cut short: copy or download it again"});
  }
  for (std::size_t at = 0; at < bytes.size(); at += kCifarRecordBytes) {
    const int label = static_cast<int>(bytes[at]);
    if (label < kCifarClasses) continue;
    throw core::Error(
        {.what = "not a file of CIFAR-10 records",
         .where = fmt::format("{}, record {}, byte {}", where, at / kCifarRecordBytes, at),
         .why = fmt::format("the label is {}; expected 0 .. {}", label, kCifarClasses - 1)});
  }
}

std::unique_ptr<Dataset> open_cifar_records(const std::vector<fs::path>& files) {
  core::expects(!files.empty(), "at least one file of CIFAR records");
  return std::make_unique<CifarRecords>(files);
}

}  // namespace shiftwise::data
