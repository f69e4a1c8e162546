// SPDX-License-Identifier: Apache-2.0
#include "model/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>

#include "core/diagnostic.h"
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

std::vector<std::byte> read_data(archive* reader, std::uint64_t most_bytes,
                                 const std::string& where) {
  std::vector<std::byte> content;
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
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader.get(), &entry);
    if (result == ARCHIVE_EOF) return;
    if (result != ARCHIVE_OK) refuse(where, reason(reader.get()));
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) refuse(where, "an entry of its zip archive has no name");
    visit(name, [&](std::uint64_t most_bytes) {
      return read_data(reader.get(), most_bytes,
                       fmt::format("{}, entry {}", where, in_quotes(name)));
    });
  }
}

}  // namespace shiftwise::model
