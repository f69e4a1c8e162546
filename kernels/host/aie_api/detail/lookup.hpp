// SPDX-License-Identifier: Apache-2.0
// Look-up tables as the array's banks hold them: runs of 16 bytes (32 on AIE2P), each twice over.
#pragma once

#include "operands.hpp"

namespace aie {

enum class lut_oor_policy { saturate, truncate };

/// A table of `elements` values; the second pointer names the copy for other load units, which
/// holds the same.
template <unsigned Parallel, typename OffsetType, typename SlopeType = OffsetType>
struct lut {
  lut(unsigned elements, const void* ab, const void* /*cd*/ = nullptr)
      : values(static_cast<const OffsetType*>(ab)), size(elements) {}

  OffsetType at(unsigned i) const {
    constexpr unsigned kRun = (__AIE_ARCH__ == 21 ? 32 : 16) / sizeof(OffsetType);
    return values[i / kRun * 2 * kRun + i % kRun];
  }

  const OffsetType* values;
  unsigned size;
};

/// out[i] = table[(in[i] >> step_bits) + bias]; indices beyond the table wrap or stop at its
/// ends, after the policy.
template <typename T, typename Table, lut_oor_policy Policy = lut_oor_policy::saturate>
class parallel_lookup {
  using Value = decltype(std::declval<const Table&>().at(0));

 public:
  explicit parallel_lookup(const Table& table, unsigned step_bits = 0, unsigned bias = 0)
      : table_(table), step_bits_(step_bits), bias_(bias) {}

  template <unsigned N, detail::VectorLike V>
  vector<Value, N> fetch(const V& input) const {
    const auto in = detail::plain(input);
    vector<Value, N> out;
    const int64_t size = table_.size;
    for (unsigned i = 0; i < N; ++i) {
      int64_t index = (static_cast<int64_t>(in.lane[i]) >> step_bits_) + bias_;
      if (Policy == lut_oor_policy::truncate) {
        index = (index % size + size) % size;
      } else {
        index = index < 0 ? 0 : index >= size ? size - 1 : index;
      }
      out.lane[i] = table_.at(static_cast<unsigned>(index));
    }
    return out;
  }
  template <detail::VectorLike V>
  auto fetch(const V& input) const {
    return fetch<V::size()>(input);
  }

 private:
  Table table_;
  unsigned step_bits_;
  unsigned bias_;
};

}  // namespace aie
