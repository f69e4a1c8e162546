// SPDX-License-Identifier: Apache-2.0
// aie::vector: N lanes of T. The lanes lie in an array with the alignment of T, so that a
// kernel's casts of buffers to native vector pointers stay legal; optimizing compilers keep
// them in registers.
#pragma once

#include <utility>

#include "srs.hpp"

namespace aie {

template <typename T, unsigned N = native_vector_length_v<T>>
class vector {
  static_assert(detail::is_element<T>, "not an element type that the host's aie_api knows");
  static_assert(N > 0);

 public:
  using value_type = T;
  using native_type = vector;
  using storage_t = vector;

  T lane[N];

  /// The array leaves new registers undefined; here they are zero, the same on every run.
  vector() : lane{} {}
  explicit vector(detail::Unfilled) {}
  /// The first lanes one by one; the others are zero.
  template <typename... Values>
    requires(sizeof...(Values) < N && (std::is_convertible_v<Values, T> && ...))
  explicit vector(T first, Values... values) : lane{first, static_cast<T>(values)...} {}

  /// Native types turn into one another with their bits.
  template <typename From, unsigned M>
    requires(M * sizeof(From) == N * sizeof(T) && !std::is_same_v<From, T>)
  __aie_inline explicit vector(const vector<From, M>& from) {
    detail::copy_bytes<sizeof lane>(lane, &from);
  }

  static constexpr unsigned size() { return N; }
  static constexpr unsigned bits() { return N * 8 * sizeof(T); }
  static constexpr unsigned bytes() { return N * sizeof(T); }
  static constexpr unsigned type_bits() { return 8 * sizeof(T); }
  static constexpr bool is_signed() { return std::is_signed_v<T> || detail::is_floating<T>; }
  static constexpr bool is_complex() { return false; }
  static constexpr bool is_real() { return true; }
  static constexpr bool is_integral() { return !detail::is_floating<T>; }
  static constexpr bool is_floating_point() { return detail::is_floating<T>; }

  __aie_inline T& operator[](unsigned i) { return lane[i]; }
  __aie_inline const T& operator[](unsigned i) const { return lane[i]; }
  __aie_inline T get(unsigned i) const { return lane[i]; }
  __aie_inline void set(T value, unsigned i) { lane[i] = value; }
  __aie_inline T& elem_ref(unsigned i) { return lane[i]; }
  __aie_inline const T& elem_ref(unsigned i) const { return lane[i]; }
  __aie_inline const T& elem_const_ref(unsigned i) const { return lane[i]; }
  __aie_inline vector to_native() const { return *this; }

  /// All lanes move up by one; `value` becomes the first.
  __aie_inline vector& push(T value) {
    for (unsigned i = N - 1; i > 0; --i) lane[i] = lane[i - 1];
    lane[0] = value;
    return *this;
  }

  /// The idx-th part of M lanes.
  template <unsigned M>
  __aie_inline vector<T, M> extract(unsigned idx) const {
    static_assert(M <= N && N % M == 0);
    vector<T, M> out{detail::Unfilled{}};
    detail::copy_bytes<sizeof out>(&out, lane + (idx % (N / M)) * M);
    return out;
  }
  template <unsigned M>
  __aie_inline vector& insert(unsigned idx, const vector<T, M>& part) {
    static_assert(M <= N && N % M == 0);
    detail::copy_bytes<sizeof part>(lane + (idx % (N / M)) * M, &part);
    return *this;
  }
  /// A wider vector with this one as its idx-th part.
  template <unsigned M>
  __aie_inline vector<T, M> grow(unsigned idx = 0) const {
    vector<T, M> out;
    out.template insert<N>(idx, *this);
    return out;
  }
  template <unsigned M>
  __aie_inline vector<T, M> grow_replicate() const {
    vector<T, M> out{detail::Unfilled{}};
    for (unsigned i = 0; i < M / N; ++i) out.template insert<N>(i, *this);
    return out;
  }
  template <unsigned M>
  __aie_inline vector<T, M> grow_extract(unsigned idx) const {
    if constexpr (M <= N) {
      return extract<M>(idx);
    } else {
      return grow<M>(idx);
    }
  }
  template <typename... Parts>
  __aie_inline vector& upd_all(const Parts&... parts) {
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

  /// The same bits as lanes of another type.
  template <typename To>
  __aie_inline vector<To, N * sizeof(T) / sizeof(To)> cast_to() const {
    vector<To, N * sizeof(T) / sizeof(To)> out{detail::Unfilled{}};
    detail::copy_bytes<sizeof *this>(&out, lane);
    return out;
  }

  /// Each lane in a wider integer.
  template <typename To = detail::next_integer<T>>
  __aie_inline vector<To, N> unpack() const {
    vector<To, N> out{detail::Unfilled{}};
    for (unsigned i = 0; i < N; ++i) out.lane[i] = static_cast<To>(lane[i]);
    return out;
  }
  template <typename To = detail::next_integer<T>>
  __aie_inline vector<To, N> unpack_sign(bool is_signed) const {
    vector<To, N> out{detail::Unfilled{}};
    for (unsigned i = 0; i < N; ++i) {
      out.lane[i] = is_signed ? static_cast<To>(static_cast<std::make_signed_t<T>>(lane[i]))
                              : static_cast<To>(static_cast<std::make_unsigned_t<T>>(lane[i]));
    }
    return out;
  }
  /// Each lane in a narrower integer; the core's saturation mode says what is lost.
  template <typename To = detail::previous_integer<T>>
  __aie_inline vector<To, N> pack() const {
    vector<To, N> out{detail::Unfilled{}};
    const detail::Range<To, int64_t> range(detail::core->saturation);
    for (unsigned i = 0; i < N; ++i) out.lane[i] = range.clamp(static_cast<int64_t>(lane[i]));
    return out;
  }
  template <typename To = detail::previous_integer<T>>
  __aie_inline vector<To, N> pack_sign(bool is_signed) const {
    if (is_signed) return pack<std::make_signed_t<To>>().template cast_to<To>();
    return pack<std::make_unsigned_t<To>>().template cast_to<To>();
  }

  template <typename P>
  __aie_inline void load(const P* from) {
    detail::copy_bytes<sizeof *this>(lane, from);
  }
  template <typename P>
  __aie_inline void store(P* to) const {
    detail::copy_bytes<sizeof *this>(to, lane);
  }
  template <typename P>
  __aie_inline void load_unaligned(const P* from, unsigned = 1) {
    load(from);
  }
  template <typename P>
  __aie_inline void store_unaligned(P* to, unsigned = 1) const {
    store(to);
  }
};

/// What a writable vector iterator points at.
template <typename T, unsigned N = native_vector_length_v<T>>
class vector_ref {
 public:
  using value_type = T;
  static constexpr unsigned size() { return N; }
  __aie_inline explicit vector_ref(T* at) : at_(at) {}
  __aie_inline vector<T, N> value() const {
    vector<T, N> out{detail::Unfilled{}};
    detail::copy_bytes<sizeof out>(&out, at_);
    return out;
  }
  __aie_inline operator vector<T, N>() const { return value(); }
  __aie_inline const vector_ref& operator=(const vector<T, N>& v) const {
    detail::copy_bytes<sizeof v>(at_, &v);
    return *this;
  }
  __aie_inline vector_ref& operator=(const vector_ref& other) {
    *this = other.value();
    return *this;
  }
  vector_ref(const vector_ref&) = default;

 private:
  T* at_;
};

}  // namespace aie
