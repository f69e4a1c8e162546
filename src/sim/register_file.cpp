// SPDX-License-Identifier: Apache-2.0
#include "sim/register_file.h"

#include <fmt/format.h>

#include <limits>

#include "sim/fail.h"
#include "target/device.h"

namespace shiftwise::sim {
namespace {

constexpr std::int64_t kWordBytes = 4;

/// Descriptors count words; here they are bytes, so that any patched offset can be told.
dialect::BufferDescriptor translate(const target::ShimDescriptor& words, dialect::Index argument,
                                    std::int64_t plus_bytes) {
  dialect::BufferDescriptor result{
      .memory = {.host_argument = argument},
      .element_bytes = 1,
      .offset = plus_bytes + static_cast<std::int64_t>(words.address_bytes),
      .length = words.length_words * kWordBytes};
  // A dimension of size 0 goes on to the end of the transfer.
  constexpr std::int64_t kOpen = std::numeric_limits<std::int32_t>::max();
  std::vector<dialect::Dimension> inner_first;
  for (std::size_t i = 0; i < words.sizes.size(); ++i) {
    const std::int64_t size = words.sizes[i];
    inner_first.push_back({size == 0 ? kOpen : size, words.strides[i] * kWordBytes});
    if (size == 0) break;
  }
  if (inner_first.size() > 1) {
    result.dimensions.assign(inner_first.rbegin(), inner_first.rend());
    result.dimensions.push_back({kWordBytes, 1});
  }
  if (words.iteration_size > 1) {
    result.iteration = {words.iteration_size, words.iteration_stride * kWordBytes};
  }
  result.packet_id = words.packet_id;
  return result;
}

}  // namespace

void RegisterFile::write(core::TileId tile, int descriptor, int word, std::uint32_t value,
                         std::uint32_t mask) {
  std::uint32_t& old = entries_[{tile, descriptor}].words[static_cast<std::size_t>(word)];
  old = (old & ~mask) | (value & mask);
}

void RegisterFile::patch(core::TileId tile, int descriptor, dialect::Index argument,
                         std::int64_t plus_bytes) {
  Entry& entry = entries_[{tile, descriptor}];
  entry.argument = argument;
  entry.plus_bytes = plus_bytes;
}

bool RegisterFile::is_patched(core::TileId tile, int descriptor) const {
  const auto found = entries_.find({tile, descriptor});
  return found != entries_.end() && found->second.argument != dialect::kNone;
}

std::shared_ptr<Chain> RegisterFile::chain(core::TileId tile, int descriptor,
                                           const dialect::Location& where) const {
  auto result = std::make_shared<Chain>();
  std::map<int, dialect::Index> made;
  for (int at = descriptor;;) {
    const auto found = entries_.find({tile, at});
    if (found == entries_.end() || found->second.argument == dialect::kNone) {
      fail(fmt::format("descriptor {} of tile {} is started before it is whole", at,
                       target::to_string(tile)),
           where,
           found == entries_.end() ? "its registers were never written"
                                   : "no address of a host buffer was patched in");
    }
    const Entry& entry = found->second;
    const target::ShimDescriptor words = target::decode_shim_descriptor(entry.words);
    made[at] = static_cast<dialect::Index>(result->descriptors.size());
    result->descriptors.push_back(translate(words, entry.argument, entry.plus_bytes));
    result->descriptors.back().location = where;
    if (!words.use_next) break;
    at = words.next;
    const auto known = made.find(at);
    result->descriptors.back().next =
        known != made.end() ? known->second : static_cast<dialect::Index>(made.size());
    if (known != made.end()) break;
  }
  result->executions.resize(result->descriptors.size());
  return result;
}

}  // namespace shiftwise::sim
