// SPDX-License-Identifier: Apache-2.0
#ifdef SHIFTWISE_NPU
#include "cli/host_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/diagnostic.h"
#include "core/file.h"
#include "sim/validate.h"

namespace shiftwise::cli {
namespace {

/// More than a host would hand over; a design that asks for it is a mistake.
constexpr std::int64_t kLargest = std::int64_t{1} << 32;

[[noreturn]] void refuse(const std::string& what, const std::string& why = {}) {
  throw core::Error({.fault = core::Fault::kUsage, .what = what, .why = why});
}

/// "FILE:BYTES" taken apart; nothing where no number stands behind the last colon.
std::optional<std::size_t> take_size(std::string& file) {
  const auto colon = file.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::size_t bytes = 0;
  const char* end = file.data() + file.size();
  const auto parsed = std::from_chars(file.data() + colon + 1, end, bytes);
  if (parsed.ptr != end || parsed.ec != std::errc()) return std::nullopt;
  file.resize(colon);
  return bytes;
}

}  // namespace

HostFiles::HostFiles(const std::vector<dialect::MemrefType>& arguments,
                     const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs)
    : entries_(arguments.size()) {
  place(inputs, &Entry::input);
  place(outputs, &Entry::output);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Entry& entry = entries_[i];
    const std::int64_t bytes = sim::total_bytes(arguments[i]);
    if (bytes > kLargest) {
      refuse(fmt::format("host buffer {} is {}", i, arguments[i].text), "that is more than 4 GiB");
    }
    entry.bytes.resize(static_cast<std::size_t>(bytes));
    if (const auto size = take_size(entry.output)) {
      if (*size < entry.bytes.size() || *size > static_cast<std::size_t>(kLargest)) {
        refuse(fmt::format("host buffer {} cannot have {} bytes", i, *size),
               fmt::format("{} has {}; the most is 4 GiB", arguments[i].text, bytes));
      }
      entry.bytes.resize(*size);
    }
    if (entry.input.empty()) continue;
    const core::MappedFile file(entry.input);
    // Hosts may hand over more than the text declares; transfers are held to what there is.
    if (file.bytes().size() < static_cast<std::size_t>(bytes) ||
        file.bytes().size() > static_cast<std::size_t>(kLargest)) {
      throw core::Error({.what = fmt::format("the file for host buffer {} has the wrong size", i),
                         .where = entry.input,
                         .why = fmt::format("{} bytes; {} has {}", file.bytes().size(),
                                            arguments[i].text, bytes)});
    }
    entry.bytes.resize(std::max(entry.bytes.size(), file.bytes().size()));
    std::ranges::copy(file.bytes(), entry.bytes.begin());
  }
}

void HostFiles::place(const std::vector<std::string>& files, std::string Entry::* which) {
  std::size_t next = 0;
  for (const std::string& file : files) {
    std::size_t index = 0;
    const auto equals = file.find('=');
    const char* end = file.data() + (equals == std::string::npos ? 0 : equals);
    const auto parsed = std::from_chars(file.data(), end, index);
    const bool numbered = equals != std::string::npos && parsed.ptr == end && equals > 0;
    if (parsed.ec == std::errc::result_out_of_range) index = entries_.size();
    if (!numbered) {
      while (next < entries_.size() &&
             !(entries_[next].input.empty() && entries_[next].output.empty())) {
        ++next;
      }
      index = next;
    }
    if (index >= entries_.size()) {
      refuse(fmt::format("there is no host buffer for '{}'", file),
             fmt::format("the sequence has {}", entries_.size()));
    }
    std::string& place = entries_[index].*which;
    if (!place.empty()) {
      refuse(fmt::format("'{}' and '{}' are for one host buffer", place, file),
             fmt::format("that is buffer {}", index));
    }
    place = numbered ? file.substr(equals + 1) : file;
  }
}

std::vector<std::span<std::byte>> HostFiles::spans() {
  std::vector<std::span<std::byte>> result;
  for (Entry& entry : entries_) result.emplace_back(entry.bytes);
  return result;
}

void HostFiles::write() const {
  for (const Entry& entry : entries_) {
    if (!entry.output.empty()) core::write_file(entry.output, entry.bytes);
  }
}

}  // namespace shiftwise::cli
#endif
