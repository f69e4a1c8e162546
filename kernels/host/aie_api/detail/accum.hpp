// SPDX-License-Identifier: Apache-2.0
// aie::accum: N lanes of an accumulator. Integers wrap at the size that holds them.
#pragma once

#include <tuple>

#include "vector.hpp"

namespace aie {

template <typename Tag, unsigned N>
class accum {
 public:
  using value_type = Tag;
  using lane_type = detail::accum_lane_t<Tag>;
  using native_type = accum;
  using storage_t = accum;

  lane_type lane[N];

  accum() : lane{} {}
  explicit accum(detail::Unfilled) {}
  template <typename T>
    requires detail::is_element<T>
  __aie_inline explicit accum(const vector<T, N>& v, int shift = 0) {
    from_vector(v, shift);
  }
  /// From another tag with the same lanes (acc48 and acc64, say).
  template <typename Tag2>
    requires(!std::is_same_v<Tag, Tag2> && std::is_same_v<detail::accum_lane_t<Tag2>, lane_type>)
  __aie_inline accum(const accum<Tag2, N>& other) {
    detail::copy_bytes<sizeof lane>(lane, other.lane);
  }
  template <typename T>
    requires detail::is_element<T>
  __aie_inline accum& operator=(const vector<T, N>& v) {
    from_vector(v);
    return *this;
  }

  static constexpr unsigned size() { return N; }
  static constexpr unsigned bits() { return N * 8 * sizeof(lane_type); }
  static constexpr unsigned accum_bits() { return 8 * sizeof(lane_type); }
  static constexpr unsigned value_bits() { return 8 * sizeof(lane_type); }
  static constexpr unsigned memory_bits() { return 8 * sizeof(lane_type); }
  static constexpr bool is_complex() { return false; }
  static constexpr bool is_real() { return true; }
  static constexpr bool is_floating_point() { return std::is_same_v<lane_type, float>; }
  __aie_inline accum to_native() const { return *this; }

  /// value * 2^shift, wrapped where it does not fit.
  template <typename T>
  __aie_inline void from_vector(const vector<T, N>& v, int shift = 0) {
    for (unsigned i = 0; i < N; ++i) {
      if constexpr (is_floating_point()) {
        lane[i] = static_cast<float>(v.lane[i]);
      } else {
        using U = std::make_unsigned_t<lane_type>;
        lane[i] = static_cast<lane_type>(static_cast<U>(static_cast<lane_type>(v.lane[i]))
                                         << static_cast<unsigned>(shift));
      }
    }
  }
  template <typename T>
  __aie_inline void from_vector_sign(const vector<T, N>& v, bool is_signed, int shift = 0) {
    if (is_signed) {
      from_vector(v.template cast_to<std::make_signed_t<T>>(), shift);
    } else {
      from_vector(v.template cast_to<std::make_unsigned_t<T>>(), shift);
    }
  }

  /// Shift, round, saturate, after the core's modes. Float accumulators ignore the shift.
  template <typename T>
  __aie_inline vector<T, N> to_vector(int shift = 0) const {
    vector<T, N> out{detail::Unfilled{}};
    if constexpr (!is_floating_point()) {
      detail::srs<T, N>(lane, out.lane, shift);
    } else if constexpr (std::is_same_v<T, bfloat16>) {
      for (unsigned i = 0; i < N; ++i) out.lane[i] = detail::round_to_bfloat16(lane[i]);
    } else {
      for (unsigned i = 0; i < N; ++i) out.lane[i] = static_cast<T>(lane[i]);
    }
    return out;
  }
  template <typename T>
  __aie_inline vector<T, N> to_vector_sign(bool is_signed, int shift = 0) const {
    if constexpr (detail::is_floating<T>) {
      return to_vector<T>(shift);
    } else {
      if (is_signed) return to_vector<std::make_signed_t<T>>(shift).template cast_to<T>();
      return to_vector<std::make_unsigned_t<T>>(shift).template cast_to<T>();
    }
  }
  /// Float accumulators turn into vectors of floats by themselves.
  template <typename T>
    requires(std::is_same_v<lane_type, float> && detail::is_floating<T>)
  __aie_inline operator vector<T, N>() const {
    return to_vector<T>();
  }

  template <unsigned M>
  __aie_inline accum<Tag, M> extract(unsigned idx) const {
    static_assert(M <= N && N % M == 0);
    accum<Tag, M> out{detail::Unfilled{}};
    detail::copy_bytes<sizeof out>(&out, lane + (idx % (N / M)) * M);
    return out;
  }
  template <unsigned M, typename Tag2>
  __aie_inline accum& insert(unsigned idx, const accum<Tag2, M>& part) {
    static_assert(M <= N && N % M == 0 && std::is_same_v<detail::accum_lane_t<Tag2>, lane_type>);
    detail::copy_bytes<sizeof part>(lane + (idx % (N / M)) * M, &part);
    return *this;
  }
  template <unsigned M>
  __aie_inline accum<Tag, M> grow(unsigned idx = 0) const {
    accum<Tag, M> out;
    out.insert(idx, *this);
    return out;
  }
  template <unsigned M>
  __aie_inline accum<Tag, M> grow_replicate() const {
    accum<Tag, M> out;
    for (unsigned i = 0; i < M / N; ++i) out.insert(i, *this);
    return out;
  }
  template <unsigned M>
  __aie_inline accum<Tag, M> grow_extract(unsigned idx) const {
    if constexpr (M <= N) {
      return extract<M>(idx);
    } else {
      return grow<M>(idx);
    }
  }
  template <typename... Parts>
  __aie_inline accum& upd_all(const Parts&... parts) {
    unsigned i = 0;
    (insert(i++, parts), ...);
    return *this;
  }
  template <unsigned M>
  __aie_inline auto split() const {
    return [this]<size_t... I>(std::index_sequence<I...>) {
      return std::make_tuple(extract<M>(I)...);
    }(std::make_index_sequence<N / M>{});
  }
  /// The same lanes under another tag.
  template <typename Tag2>
  __aie_inline auto cast_to() const {
    accum<Tag2, N * sizeof(lane_type) / sizeof(detail::accum_lane_t<Tag2>)> out{detail::Unfilled{}};
    detail::copy_bytes<sizeof out>(&out, lane);
    return out;
  }
};

}  // namespace aie
