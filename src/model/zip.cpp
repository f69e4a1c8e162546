// SPDX-License-Identifier: Apache-2.0
#include "model/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "model/quoted.h"

namespace shiftwise::model {
namespace {

struct Close {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw core::Error({.what = "cannot read a PyTorch checkpoint",
                     .where = where,
                     .why = why,
                     .hint = "the file is damaged or incomplete; fetch it again"});
}

std::string reason(archive* reader) {
  const char* text = archive_error_string(reader);
  return fmt::format("its zip archive is damaged: {}",
                     text == nullptr ? "unknown" : printable(text));
}

/// Whether something may be asked of a name: torch.save writes FOLDER/... only.
bool leads_outside(const std::filesystem::path& name) {
  return name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end();
}

/// Deflate keeps 32 KiB; other methods may ask for gigabytes before the first byte.
bool is_plain_method(archive* reader) {
  const std::string_view format = archive_format_name(reader);
  return format.ends_with("(uncompressed)") || format.ends_with("(deflation)");
}

std::vector<std::byte> read_data(archive* reader, std::uint64_t announced, std::uint64_t most_bytes,
                                 const std::string& where) {
  if (!is_plain_method(reader)) {
    refuse(where, fmt::format("it is packed as {}; only stored and deflated entries are read",
                              archive_format_name(reader)));
  }
  std::vector<std::byte> content;
  content.reserve(static_cast<std::size_t>(std::min(announced, most_bytes)));
  while (true) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(reader, &block, &size, &offset);
    if (result == ARCHIVE_EOF) return content;
    if (result != ARCHIVE_OK) refuse(where, reason(reader));
    if (static_cast<std::uint64_t>(offset) != content.size()) refuse(where, "the entry has holes");
    if (size > most_bytes - content.size()) {
      refuse(where,
             fmt::format("it unpacks to more than the {} bytes that it should have", most_bytes));
    }
    const auto* first = static_cast<const std::byte*>(block);
    content.insert(content.end(), first, first + size);
  }
}

}  // namespace

void visit_zip(std::span<const std::byte> file, const std::string& where,
               const std::function<void(std::string_view name, const ReadEntry& read)>& visit) {
  const std::unique_ptr<archive, Close> reader(archive_read_new());
  core::expects(reader != nullptr, "libarchive gives a reader", where);
  if (archive_read_support_format_zip_seekable(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), file.data(), file.size()) != ARCHIVE_OK) {
    refuse(where, reason(reader.get()));
  }
  std::set<std::string, std::less<>> names;
  while (true) {
    core::check_interrupted();
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader.get(), &entry);
    if (result == ARCHIVE_EOF) return;
    if (result < ARCHIVE_WARN) refuse(where, reason(reader.get()));
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) refuse(where, "the name of an entry of its zip archive is not ASCII");
    const std::string place = fmt::format("{}, entry {}", where, in_quotes(name));
    if (leads_outside(name)) refuse(place, "the entry's name leads out of the archive");
    if (!names.emplace(name).second) refuse(place, "the archive holds this entry twice");
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    const auto announced = static_cast<std::uint64_t>(archive_entry_size(entry));
    visit(name, [&](std::uint64_t most_bytes) {
      return read_data(reader.get(), announced, most_bytes, place);
    });
  }
}

}  // namespace shiftwise::model
