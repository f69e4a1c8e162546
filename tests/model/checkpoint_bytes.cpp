// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint_bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

namespace shiftwise::tests {

std::string raw(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::string text(const std::string& value) {
  return 'X' + raw(static_cast<std::uint32_t>(value.size())) + value;
}

std::string integer(std::int64_t value) { return "\x8a\x08" + raw(value); }

std::string tuple(const std::vector<std::string>& items) {
  std::string result = "(";
  for (const std::string& item : items) result += item;
  return result + "t";
}

std::string integers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const std::int64_t value : values) items.push_back(integer(value));
  return tuple(items);
}

std::string global(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return 'c' + name.substr(0, dot) + "\n" + name.substr(dot + 1) + "\n";
}

std::string call(const std::string& name, const std::vector<std::string>& arguments) {
  return global(name) + tuple(arguments) + "R";
}

std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string result = "}(";
  for (const auto& [key, value] : entries) result += text(key) + value;
  return result + "u";
}

std::string pickle(const std::string& value) { return "\x80\x02" + value + "."; }

std::string Storage::piece() const {
  return tuple({text("storage"), global(type), text(key), text("cpu"), integer(elements), part}) +
         "Q";
}

std::string View::piece() const {
  return call("torch._utils._rebuild_tensor_v2",
              {storage.piece(), integer(offset), integers(sizes), integers(strides), "\x89",
               call("collections.OrderedDict", {})});
}

std::string zip(const std::vector<ZipEntry>& entries, bool deflated) {
  std::size_t room = 1 << 16;
  for (const ZipEntry& entry : entries) room += entry.content.size() + 2 * entry.name.size() + 512;
  std::string file(room, '\0');
  std::size_t used = 0;
  archive* const writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_bytes_in_last_block(writer, 1);
  EXPECT_EQ(archive_write_set_options(
                writer, deflated ? "zip:compression=deflate" : "zip:compression=store"),
            ARCHIVE_OK);
  EXPECT_EQ(archive_write_open_memory(writer, file.data(), file.size(), &used), ARCHIVE_OK);
  for (const ZipEntry& entry : entries) {
    archive_entry* const header = archive_entry_new();
    archive_entry_set_pathname(header, entry.name.c_str());
    archive_entry_set_filetype(header, AE_IFREG);
    archive_entry_set_perm(header, 0644);
    archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
    EXPECT_EQ(archive_write_header(writer, header), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(writer, entry.content.data(), entry.content.size()),
              static_cast<la_ssize_t>(entry.content.size()));
    archive_entry_free(header);
  }
  EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
  archive_write_free(writer);
  file.resize(used);
  return file;
}

std::string torch_zip(const std::string& object,
                      const std::vector<std::pair<std::string, std::string>>& storages) {
  std::vector<ZipEntry> entries{{"net/data.pkl", pickle(object)}, {"net/byteorder", "little"}};
  for (const auto& [key, bytes] : storages) entries.push_back({"net/data/" + key, bytes});
  entries.push_back({"net/version", "3\n"});
  return zip(entries);
}

std::string torch_legacy(const std::string& object,
                         const std::vector<std::pair<std::string, std::string>>& storages) {
  std::string file = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") +
                     pickle(integer(1001)) + pickle(dictionary({{"little_endian", "\x88"}})) +
                     pickle(object);
  std::string keys = "](";
  for (const auto& [key, bytes] : storages) keys += text(key);
  file += pickle(keys + "e");
  for (const auto& [key, bytes] : storages) file += bytes;
  return file;
}

std::string safetensors(const std::string& header, const std::string& data) {
  return raw(static_cast<std::uint64_t>(header.size())) + header + data;
}

}  // namespace shiftwise::tests
