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

constexpr std::array<Field, 27> kShim{{
    {"buffer_length", 0, 32, 0},   {"buffer_offset", 1, 32, 0},    {"enable_packet", 2, 1, 30},
    {"out_of_order_id", 2, 6, 24}, {"packet_id", 2, 5, 19},        {"packet_type", 2, 3, 16},
    {"d0_size", 3, 10, 20},        {"d0_stride", 3, 20, 0},        {"d1_size", 4, 10, 20},
    {"d1_stride", 4, 20, 0},       {"d2_stride", 5, 20, 0},        {"iteration_current", 6, 6, 26},
    {"iteration_size", 6, 6, 20},  {"iteration_stride", 6, 20, 0}, {"next_bd", 7, 4, 27},
    {"use_next_bd", 7, 1, 26},     {"valid_bd", 7, 1, 25},         {"lock_rel_val", 7, 7, 18},
    {"lock_rel_id", 7, 4, 13},     {"lock_acq_enable", 7, 1, 12},  {"lock_acq_val", 7, 7, 5},
    {"lock_acq_id", 7, 4, 0},
}};

constexpr std::array<Field, 27> kMem{{
    {"enable_packet", 0, 1, 31},   {"packet_type", 0, 3, 28},    {"packet_id", 0, 5, 23},
    {"out_of_order_id", 0, 6, 17}, {"buffer_length", 0, 17, 0},  {"d0_zero_before", 1, 6, 26},
    {"next_bd", 1, 6, 20},         {"use_next_bd", 1, 1, 19},    {"buffer_offset", 1, 19, 0},
    {"d0_size", 2, 10, 17},        {"d0_stride", 2, 17, 0},      {"d1_zero_before", 3, 5, 27},
    {"d1_size", 3, 10, 17},        {"d1_stride", 3, 17, 0},      {"d2_zero_before", 4, 4, 27},
    {"d2_stride", 4, 17, 0},       {"d2_zero_after", 5, 4, 28},  {"d1_zero_after", 5, 5, 23},
    {"d0_zero_after", 5, 6, 17},   {"iteration_size", 6, 6, 17}, {"iteration_stride", 6, 17, 0},
    {"valid_bd", 7, 1, 31},        {"lock_rel_val", 7, 7, 24},   {"lock_rel_id", 7, 8, 16},
    {"lock_acq_enable", 7, 1, 15}, {"lock_acq_val", 7, 7, 8},    {"lock_acq_id", 7, 8, 0},
}};

}  // namespace

std::vector<std::uint32_t> descriptor_words(
    target::TileKind kind, const std::function<std::int64_t(const std::string&)>& field) {
  std::vector<std::uint32_t> words(8, 0);
  for (const Field& each : std::span<const Field>(kind == target::TileKind::kShim ? kShim : kMem)) {
    if (each.name == nullptr) continue;  // the shim has fewer fields
    const std::uint64_t mask = (std::uint64_t{1} << each.bits) - 1;
    const auto value = static_cast<std::uint64_t>(field(each.name)) & mask;
    words[static_cast<std::size_t>(each.word)] |= static_cast<std::uint32_t>(value << each.at);
  }
  return words;
}

}  // namespace shiftwise::dialect
