// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/descriptor_words.h"

#include <array>
#include <span>

namespace shiftwise::dialect {
namespace {

struct Field {
  const char* name;
  int word;
  int bits;
  int at;
};

constexpr std::array<Field, 22> kShim{{
    {"buffer_length", 0, 32, 0},   {"buffer_offset", 1, 32, 0},    {"enable_packet", 2, 1, 30},
    {"out_of_order_id", 2, 6, 24}, {"packet_id", 2, 5, 19},        {"packet_type", 2, 3, 16},
    {"d0_size", 3, 10, 20},        {"d0_stride", 3, 20, 0},        {"d1_size", 4, 10, 20},
    {"d1_stride", 4, 20, 0},       {"d2_stride", 5, 20, 0},        {"iteration_current", 6, 6, 26},
    {"iteration_size", 6, 6, 20},  {"iteration_stride", 6, 20, 0}, {"next_bd", 7, 4, 27},
    {"use_next_bd", 7, 1, 26},     {"valid_bd", 7, 1, 25},         {"lock_rel_val", 7, 7, 18},
    {"lock_rel_id", 7, 4, 13},     {"lock_acq_enable", 7, 1, 12},  {"lock_acq_val", 7, 7, 5},
    {"lock_acq_id", 7, 4, 0},
}};

constexpr std::array<Field, 28> kMem{{
    {"enable_packet", 0, 1, 31},    {"packet_type", 0, 3, 28},     {"packet_id", 0, 5, 23},
    {"out_of_order_id", 0, 6, 17},  {"buffer_length", 0, 17, 0},   {"d0_zero_before", 1, 6, 26},
    {"next_bd", 1, 6, 20},          {"use_next_bd", 1, 1, 19},     {"buffer_offset", 1, 19, 0},
    {"d0_size", 2, 10, 17},         {"d0_stride", 2, 17, 0},       {"d1_zero_before", 3, 5, 27},
    {"d1_size", 3, 10, 17},         {"d1_stride", 3, 17, 0},       {"d2_zero_before", 4, 4, 27},
    {"d2_size", 4, 10, 17},         {"d2_stride", 4, 17, 0},       {"d2_zero_after", 5, 4, 28},
    {"d1_zero_after", 5, 5, 23},    {"d0_zero_after", 5, 6, 17},   {"iteration_size", 6, 6, 17},
    {"iteration_stride", 6, 17, 0}, {"valid_bd", 7, 1, 31},        {"lock_rel_val", 7, 7, 24},
    {"lock_rel_id", 7, 8, 16},      {"lock_acq_enable", 7, 1, 15}, {"lock_acq_val", 7, 7, 8},
    {"lock_acq_id", 7, 8, 0},
}};

constexpr std::array<Field, 22> kCompute{{
    {"buffer_offset", 0, 14, 14},  {"buffer_length", 0, 14, 0},    {"enable_packet", 1, 1, 30},
    {"out_of_order_id", 1, 6, 24}, {"packet_id", 1, 5, 19},        {"packet_type", 1, 3, 16},
    {"d1_stride", 2, 13, 13},      {"d0_stride", 2, 13, 0},        {"d1_size", 3, 8, 21},
    {"d0_size", 3, 8, 13},         {"d2_stride", 3, 13, 0},        {"iteration_current", 4, 6, 19},
    {"iteration_size", 4, 6, 13},  {"iteration_stride", 4, 13, 0}, {"next_bd", 5, 4, 27},
    {"use_next_bd", 5, 1, 26},     {"valid_bd", 5, 1, 25},         {"lock_rel_val", 5, 7, 18},
    {"lock_rel_id", 5, 4, 13},     {"lock_acq_enable", 5, 1, 12},  {"lock_acq_val", 5, 7, 5},
    {"lock_acq_id", 5, 4, 0},
}};

std::span<const Field> fields_of(target::TileKind kind) {
  switch (kind) {
    case target::TileKind::kShim:
      return kShim;
    case target::TileKind::kMem:
      return kMem;
    case target::TileKind::kCompute:
      break;
  }
  return kCompute;
}

}  // namespace

std::vector<std::uint32_t> descriptor_words(
    target::TileKind kind, const std::function<std::int64_t(const std::string&)>& field) {
  constexpr std::size_t kComputeWords = 6;
  std::vector<std::uint32_t> words(kind == target::TileKind::kCompute ? kComputeWords : 8, 0);
  for (const Field& each : fields_of(kind)) {
    const std::uint64_t mask = (std::uint64_t{1} << each.bits) - 1;
    const auto value = static_cast<std::uint64_t>(field(each.name)) & mask;
    words[static_cast<std::size_t>(each.word)] |= static_cast<std::uint32_t>(value << each.at);
  }
  return words;
}

}  // namespace shiftwise::dialect
