// SPDX-License-Identifier: Apache-2.0
#include "core/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/diagnostic.h"
#include "core/json_guard.h"

namespace shiftwise::core {
namespace {

using Json = nlohmann::json;  // not ordered_json: its look-up is linear, a hostile header long

static_assert(std::endian::native == std::endian::little, "the format's numbers are used as is");

constexpr std::size_t kLengthBytes = 8;
/// A thousand times what the largest ResNet needs; the format's own limit is 100 MB.
constexpr std::uint64_t kLargestHeader = std::uint64_t{16} << 20;
constexpr std::size_t kMostTensors = 100'000;
constexpr std::string_view kMetadata = "__metadata__";

constexpr std::array<std::pair<std::string_view, std::size_t>, 15> kDtypes{{{"F64", 8},
                                                                            {"I64", 8},
                                                                            {"U64", 8},
                                                                            {"F32", 4},
                                                                            {"I32", 4},
                                                                            {"U32", 4},
                                                                            {"F16", 2},
                                                                            {"BF16", 2},
                                                                            {"I16", 2},
                                                                            {"U16", 2},
                                                                            {"I8", 1},
                                                                            {"U8", 1},
                                                                            {"BOOL", 1},
                                                                            {"F8_E4M3", 1},
                                                                            {"F8_E5M2", 1}}};

class Parser {
 public:
  Parser(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {}

  Safetensors parse() {
    const Json header = read_header();
    Safetensors result;
    for (const auto& [name, entry] : header.items()) {
      if (name == kMetadata) {
        read_metadata(entry, result.metadata);
      } else {
        result.tensors.push_back(read_tensor(name, entry));
      }
    }
    std::stable_sort(
        result.tensors.begin(), result.tensors.end(), [](const auto& a, const auto& b) {
          return std::pair(a.offset, a.bytes.size()) < std::pair(b.offset, b.bytes.size());
        });
    check_coverage(result.tensors);
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& place, const std::string& why) const {
    throw Error({.what = "cannot read a safetensors file",
                 .where = place.empty() ? where_ : fmt::format("{}, {}", where_, place),
                 .why = why,
                 .hint = "the file is damaged or incomplete; fetch it again"});
  }

  Json read_header() {
    if (file_.size() < kLengthBytes) {
      refuse("byte 0", fmt::format("{} bytes are too few for a header", file_.size()));
    }
    std::uint64_t length = 0;
    std::memcpy(&length, file_.data(), kLengthBytes);
    if (length > file_.size() - kLengthBytes) {
      refuse("byte 0", fmt::format("the header should have {} bytes, the file has {} in all",
                                   length, file_.size()));
    }
    if (length > kLargestHeader) {
      refuse("byte 0",
             fmt::format("its header has {} bytes; at most {} are read", length, kLargestHeader));
    }
    data_offset_ = kLengthBytes + length;
    const std::string_view text(reinterpret_cast<const char*>(file_.data()) + kLengthBytes,
                                static_cast<std::size_t>(length));
    constexpr int kDeepest = 3;
    Json header = parse_json<Json>(
        text, {.deepest = kDeepest, .most_names = kMostTensors, .refuse = [this](const auto& why) {
                 refuse("header", why);
               }});
    if (!header.is_object()) refuse("header", "it is not a JSON object");
    return header;
  }

  void read_metadata(const Json& entry, std::map<std::string, std::string>& metadata) const {
    if (!entry.is_object()) refuse("metadata", "it is not a JSON object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) refuse(fmt::format("metadata \"{}\"", key), "it is not a text");
      metadata[key] = value.get<std::string>();
    }
  }

  StoredTensor read_tensor(const std::string& name, const Json& entry) const {
    const std::string place = fmt::format("tensor \"{}\"", name);
    const auto unsigned_list = [&](const char* key) {
      if (!entry.contains(key) || !entry[key].is_array()) {
        refuse(place, fmt::format("it has no list \"{}\"", key));
      }
      std::vector<std::uint64_t> list;
      for (const Json& value : entry[key]) {
        if (!value.is_number_unsigned()) {
          refuse(place, fmt::format("\"{}\" holds something that is no whole number", key));
        }
        list.push_back(value.get<std::uint64_t>());
      }
      return list;
    };
    if (!entry.is_object()) refuse(place, "its header entry is not a JSON object");
    if (!entry.contains("dtype") || !entry["dtype"].is_string()) refuse(place, "it has no dtype");

    StoredTensor tensor;
    tensor.name = name;
    tensor.dtype = entry["dtype"].get<std::string>();
    const std::size_t width = bytes_per_element(tensor.dtype);
    if (width == 0) refuse(place, fmt::format("its dtype \"{}\" is unknown", tensor.dtype));

    const std::uint64_t data_bytes = file_.size() - data_offset_;
    std::uint64_t needed = width;
    for (const std::uint64_t extent : unsigned_list("shape")) {
      if (extent > std::uint64_t{1} << 62) refuse(place, "its shape is impossible");
      tensor.shape.push_back(static_cast<std::int64_t>(extent));
    }
    if (std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end()) needed = 0;
    for (const std::int64_t extent : tensor.shape) {
      if (needed == 0) break;
      if (static_cast<std::uint64_t>(extent) > data_bytes / needed) {
        refuse(place,
               fmt::format("its shape {} asks for more than the {} bytes of data in the file",
                           to_string(tensor.shape), data_bytes));
      }
      needed *= static_cast<std::uint64_t>(extent);
    }

    const std::vector<std::uint64_t> span = unsigned_list("data_offsets");
    if (span.size() != 2 || span[0] > span[1] || span[1] > data_bytes) {
      refuse(place, fmt::format("its data_offsets [{}] do not lie inside the {} bytes of data",
                                fmt::join(span, ", "), data_bytes));
    }
    tensor.offset = data_offset_ + span[0];
    tensor.bytes = file_.subspan(static_cast<std::size_t>(tensor.offset),
                                 static_cast<std::size_t>(span[1] - span[0]));
    if (tensor.bytes.size() != needed) {
      refuse(fmt::format("{} at byte {}", place, tensor.offset),
             fmt::format("{} of dtype {} needs {} bytes, but {} are given", to_string(tensor.shape),
                         tensor.dtype, needed, tensor.bytes.size()));
    }
    return tensor;
  }

  void check_coverage(const std::vector<StoredTensor>& tensors) const {
    std::uint64_t end = data_offset_;
    for (const StoredTensor& tensor : tensors) {
      if (tensor.offset != end) {
        refuse(fmt::format("tensor \"{}\" at byte {}", tensor.name, tensor.offset),
               tensor.offset < end
                   ? fmt::format("it overlaps another tensor, which ends at byte {}", end)
                   : fmt::format("nothing owns the bytes from {} to here", end));
      }
      end += tensor.bytes.size();
    }
    if (end != file_.size()) {
      refuse(fmt::format("byte {}", end),
             fmt::format("{} bytes follow the last tensor", file_.size() - end));
    }
  }

  std::span<const std::byte> file_;
  const std::string& where_;
  std::uint64_t data_offset_ = 0;
};

}  // namespace

const StoredTensor* Safetensors::find(std::string_view name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const StoredTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

std::size_t bytes_per_element(std::string_view dtype) {
  const auto* const found = std::find_if(kDtypes.begin(), kDtypes.end(),
                                         [&](const auto& known) { return known.first == dtype; });
  return found == kDtypes.end() ? 0 : found->second;
}

bool looks_like_safetensors(std::span<const std::byte> file) {
  if (file.size() <= kLengthBytes) return false;
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  constexpr int kFormatBits = 32;  // any eight letters are a larger number
  return length >> kFormatBits == 0 && file[kLengthBytes] == std::byte{'{'};
}

Safetensors parse_safetensors(std::span<const std::byte> file, const std::string& where) {
  return Parser(file, where).parse();
}

std::vector<std::byte> format_safetensors(const Safetensors& content) {
  std::vector<const StoredTensor*> order;
  for (const StoredTensor& tensor : content.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return bytes_per_element(a->dtype) > bytes_per_element(b->dtype);
  });

  Json header = Json::object();
  if (!content.metadata.empty()) header[kMetadata] = content.metadata;
  std::uint64_t end = 0;
  for (const StoredTensor* tensor : order) {
    const std::uint64_t begin = std::exchange(end, end + tensor->bytes.size());
    expects(tensor->bytes.size() == static_cast<std::uint64_t>(elements(tensor->shape)) *
                                        bytes_per_element(tensor->dtype),
            "a tensor to be written has the bytes of its shape", tensor->name);
    expects(!header.contains(tensor->name), "tensors to be written have different names",
            tensor->name);
    header[tensor->name] = {
        {"dtype", tensor->dtype}, {"shape", tensor->shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');

  std::vector<std::byte> file(kLengthBytes + text.size() + end);
  const std::uint64_t length = text.size();
  std::memcpy(file.data(), &length, kLengthBytes);
  std::byte* write = std::copy_n(reinterpret_cast<const std::byte*>(text.data()), text.size(),
                                 file.data() + kLengthBytes);
  for (const StoredTensor* tensor : order) {
    write = std::copy(tensor->bytes.begin(), tensor->bytes.end(), write);
  }
  return file;
}

}  // namespace shiftwise::core
