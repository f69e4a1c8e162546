// SPDX-License-Identifier: Apache-2.0
#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/file.h"

namespace shiftwise::data {
namespace fs = std::filesystem;
namespace {

struct Free {
  void operator()(struct archive* reader) const { archive_read_free(reader); }
};

[[noreturn]] void refuse(const std::string& where, std::string why, std::string hint = {}) {
  throw core::Error({.what = "cannot unpack an archive",
                     .where = where,
                     .why = std::move(why),
                     .hint = std::move(hint)});
}

[[noreturn]] void damaged(struct archive* reader, const fs::path& path) {
  const char* why = archive_error_string(reader);
  refuse(path.string(), why != nullptr ? why : "it is damaged",
         "it must be a whole .tar.gz or .tar; download it again if it was cut short");
}

/// Whether the member lies where CIFAR-10's archives have theirs: at the top or in one of the
/// two known folders.
bool in_known_folder(const fs::path& member) {
  const fs::path folder = member.parent_path().lexically_normal();
  return folder.empty() || folder == "." || folder == "cifar-10-batches-bin" ||
         folder == "cifar-10-batches-py";
}

std::vector<std::byte> read_member(struct archive* reader, std::int64_t size,
                                   const fs::path& path) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const la_ssize_t got = archive_read_data(reader, bytes.data() + filled, bytes.size() - filled);
    if (got < 0) damaged(reader, path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

void unpack_batches(const fs::path& path, BatchSink& sink) {
  const core::MappedFile file(path);
  const std::unique_ptr<struct archive, Free> owner(archive_read_new());
  struct archive* reader = owner.get();
  core::expects(reader != nullptr, "libarchive can be set up");
  archive_read_support_filter_gzip(reader);
  archive_read_support_format_tar(reader);
  if (archive_read_open_memory(reader, file.bytes().data(), file.bytes().size()) != ARCHIVE_OK) {
    damaged(reader, path);
  }
  std::int64_t claimed = 0;
  while (true) {
    core::check_interrupted();
    struct archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return;
    if (code != ARCHIVE_OK) damaged(reader, path);
    const char* raw_name = archive_entry_pathname(entry);
    const fs::path member = raw_name != nullptr ? raw_name : "";
    const std::string where = fmt::format("{}, member {}", path.string(), member.string());
    const std::int64_t size = archive_entry_size(entry);
    claimed += size;
    if (claimed > 10 * sink.largest_bytes()) {
      refuse(where, fmt::format("up to this member it unpacks to {} bytes, far more than CIFAR-10",
                                claimed));
    }
    const std::string name = member.filename().string();
    const bool regular =
        archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
    if (!regular || !BatchSink::wants(name) || !in_known_folder(member)) continue;
    if (size > sink.largest_bytes()) {
      refuse(where,
             fmt::format("it has {} bytes; at most {} are expected", size, sink.largest_bytes()));
    }
    sink.take(name, read_member(reader, size, path), where);
  }
}

}  // namespace shiftwise::data
