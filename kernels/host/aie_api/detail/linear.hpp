// SPDX-License-Identifier: Apache-2.0
// Piecewise linear functions: tables of slopes and offsets, laid out as look-up tables are.
#pragma once

#include "lookup.hpp"
#include "multiply.hpp"

namespace aie {

namespace detail {

/// floor(value * 2^shift) as 32 bits, which saturate; no number is 0.
inline int32_t floor_to_int(float value, int shift) {
  const double scaled = std::floor(std::ldexp(static_cast<double>(value), shift));
  if (scaled != scaled) return 0;
  if (scaled <= -2147483648.0) return std::numeric_limits<int32_t>::min();
  return scaled >= 2147483647.0 ? std::numeric_limits<int32_t>::max()
                                : static_cast<int32_t>(scaled);
}

}  // namespace detail

/// out = slope * x + offset; the segment is (x >> step_bits) + bias and stops at the table's ends.
/// Integers multiply what the shift cut off, and their offset moves up by shift_offset; floats
/// multiply all of x, and step_bits may be negative.
template <typename T, typename Table>
class linear_approx;

template <typename T, unsigned Parallel, typename Offset, typename Slope>
class linear_approx<T, lut<Parallel, Offset, Slope>> {
  static constexpr bool kFloat = detail::is_floating<T>;
  using Tag =
      std::conditional_t<kFloat, accfloat, std::conditional_t<sizeof(T) == 1, acc32, acc64>>;

 public:
  explicit linear_approx(const lut<Parallel, Offset, Slope>& table, int step_bits, int bias = 0,
                         int shift_offset = 0)
      : table_(table), step_bits_(step_bits), bias_(bias), shift_offset_(shift_offset) {}

  template <detail::VectorLike V>
  accum<Tag, V::size()> compute(const V& input) const {
    const auto x = detail::plain(input);
    accum<Tag, V::size()> out{detail::Unfilled{}};
    for (unsigned i = 0; i < V::size(); ++i) out.lane[i] = one(x.lane[i]);
    return out;
  }

 private:
  detail::accum_lane_t<Tag> one(T x) const {
    using L = detail::accum_lane_t<Tag>;
    if constexpr (kFloat) {
      const auto [slope, offset] = segment(detail::floor_to_int(float(x), -step_bits_));
      return static_cast<float>(bfloat16(slope)) * static_cast<float>(x) +
             static_cast<float>(offset);
    } else {
      const auto [slope, offset] = segment(static_cast<int64_t>(x) >> step_bits_);
      const int64_t rest = static_cast<int64_t>(x) & ((int64_t{1} << step_bits_) - 1);
      return detail::sum(detail::product<L>(slope, rest),
                         static_cast<L>(static_cast<int64_t>(offset) << shift_offset_));
    }
  }

  std::pair<Offset, Offset> segment(int64_t index) const {
    index += bias_;
    const int64_t last = static_cast<int64_t>(table_.size) - 1;
    const auto at = static_cast<unsigned>(index < 0 ? 0 : index > last ? last : index);
    return {table_.at(2 * at), table_.at(2 * at + 1)};
  }

  lut<Parallel, Offset, Slope> table_;
  int step_bits_;
  int bias_;
  int shift_offset_;
};

}  // namespace aie

inline aie::vector<int32, 16> bfloat16_to_int(const aie::vector<bfloat16, 16>& v, int shift) {
  aie::vector<int32, 16> out{aie::detail::Unfilled{}};
  for (unsigned i = 0; i < 16; ++i) out.lane[i] = aie::detail::floor_to_int(v.lane[i], shift);
  return out;
}

/// Sixteen pairs of floats, slope and offset, from a table: each index is a place in bytes, of
/// which a pair takes 16, its copies included. The second table is a copy of the first.
inline void load_lut_2x_float(const void* table, const void* /*copy*/,
                              const aie::vector<int32, 16>& places,
                              aie::vector<bfloat16, 32>& first, aie::vector<bfloat16, 32>& second) {
  constexpr int kRun = (__AIE_ARCH__ == 21 ? 32 : 16) / 8;  // pairs
  for (int i = 0; i < 16; ++i) {
    const int pair = places.lane[i] >> 4;
    const int run = pair >= 0 ? pair / kRun : (pair - kRun + 1) / kRun;
    const char* from = static_cast<const char*>(table) + (run * 2 * kRun + pair - run * kRun) * 8;
    __builtin_memcpy((i < 8 ? first : second).lane + i % 8 * 4, from, 8);
  }
}
