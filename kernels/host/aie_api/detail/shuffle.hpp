// SPDX-License-Identifier: Apache-2.0
// Moving lanes: shifts, filters, interleaving, transposition, concatenation, conversion.
#pragma once

#include "operands.hpp"

namespace aie {

namespace detail {
/// out[i] = source(i), where source says a lane of `v`.
template <unsigned M, typename T, unsigned N, typename F>
__aie_inline vector<T, M> pick_lanes(const vector<T, N>& v, F source) {
  vector<T, M> out{Unfilled{}};
  for (unsigned i = 0; i < M; ++i) out.lane[i] = v.lane[source(i)];
  return out;
}

/// N lanes from lane n on of the two vectors in a row: what every shift is made of. Goes
/// through memory, where any n costs the same.
template <typename T, unsigned N>
__aie_inline vector<T, N> window(const vector<T, N>& low, const vector<T, N>& high, unsigned n) {
  vector<T, 2 * N> both{Unfilled{}};
  copy_bytes<sizeof low>(both.lane, &low);
  copy_bytes<sizeof high>(both.lane + N, &high);
  vector<T, N> out{Unfilled{}};
  copy_bytes<sizeof out>(&out, both.lane + n);
  return out;
}

template <typename T, unsigned N>
__aie_inline vector<T, N> splat(T value) {
  vector<T, N> out{Unfilled{}};
  for (unsigned i = 0; i < N; ++i) out.lane[i] = value;
  return out;
}
}  // namespace detail

/// out[i + n] = v[i]. New lanes are zero; on the array they are undefined.
template <detail::VectorLike V>
__aie_inline auto shuffle_up(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(decltype(v)(), v, v.size() - (n > v.size() ? v.size() : n));
}
template <detail::VectorLike V>
__aie_inline auto shuffle_down(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(v, decltype(v)(), n > v.size() ? v.size() : n);
}
/// New lanes are the last ones of `fill`.
template <detail::VectorLike V, detail::VectorLike W>
__aie_inline auto shuffle_up_fill(const V& a, const W& fill, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(detail::plain(fill), v, v.size() - (n > v.size() ? v.size() : n));
}
/// New lanes are the first ones of `fill`.
template <detail::VectorLike V, detail::VectorLike W>
__aie_inline auto shuffle_down_fill(const V& a, const W& fill, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(v, detail::plain(fill), n > v.size() ? v.size() : n);
}
template <detail::VectorLike V>
__aie_inline auto shuffle_up_rotate(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(v, v, v.size() - n % v.size());
}
template <detail::VectorLike V>
__aie_inline auto shuffle_down_rotate(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  return detail::window(v, v, n % v.size());
}
/// New lanes are copies of the first, or last, lane.
template <detail::VectorLike V>
__aie_inline auto shuffle_up_replicate(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  using T = typename decltype(v)::value_type;
  return detail::window(detail::splat<T, v.size()>(v.lane[0]), v,
                        v.size() - (n > v.size() ? v.size() : n));
}
template <detail::VectorLike V>
__aie_inline auto shuffle_down_replicate(const V& a, unsigned n) {
  const auto v = detail::plain(a);
  using T = typename decltype(v)::value_type;
  return detail::window(v, detail::splat<T, v.size()>(v.lane[v.size() - 1]),
                        n > v.size() ? v.size() : n);
}

template <detail::VectorLike V>
__aie_inline auto reverse(const V& a) {
  const auto v = detail::plain(a);
  constexpr unsigned kN = decltype(v)::size();
  return detail::pick_lanes<kN>(v, [](unsigned i) { return kN - 1 - i; });
}
/// A row-major matrix of Row x Col, transposed.
template <detail::VectorLike V>
__aie_inline auto transpose(const V& a, unsigned rows, unsigned columns) {
  const auto v = detail::plain(a);
  constexpr unsigned kN = decltype(v)::size();
  return detail::pick_lanes<kN>(v, [=](unsigned i) { return i % rows * columns + i / rows; });
}

/// Every second chunk of `chunk` lanes.
template <detail::VectorLike V>
__aie_inline auto filter_even(const V& a, unsigned chunk = 1) {
  const auto v = detail::plain(a);
  return detail::pick_lanes<decltype(v)::size() / 2>(
      v, [=](unsigned i) { return i / chunk * 2 * chunk + i % chunk; });
}
template <detail::VectorLike V>
__aie_inline auto filter_odd(const V& a, unsigned chunk = 1) {
  const auto v = detail::plain(a);
  return detail::pick_lanes<decltype(v)::size() / 2>(
      v, [=](unsigned i) { return (i / chunk * 2 + 1) * chunk + i % chunk; });
}

/// Vectors, or accumulators, in a row.
template <detail::VectorLike V, detail::VectorLike... Vs>
__aie_inline auto concat(const V& first, const Vs&... others) {
  using T = typename detail::plain_t<V>::value_type;
  constexpr unsigned kN = V::size();
  static_assert(((Vs::size() == kN) && ...));
  vector<T, kN * (1 + sizeof...(Vs))> out{detail::Unfilled{}};
  unsigned at = 0;
  const auto append = [&](const vector<T, kN>& part) {
    detail::copy_bytes<sizeof part>(out.lane + at, &part);
    at += kN;
  };
  append(detail::plain(first));
  (append(detail::plain(others)), ...);
  return out;
}
template <typename Tag, unsigned N, typename... Accs>
  requires(detail::is_accum<Accs> && ...)
__aie_inline auto concat(const accum<Tag, N>& first, const Accs&... others) {
  accum<Tag, N * (1 + sizeof...(Accs))> out{detail::Unfilled{}};
  unsigned i = 0;
  out.insert(i++, first);
  (out.insert(i++, others), ...);
  return out;
}

namespace detail {
template <typename V>
__aie_inline auto halves(const V& both) {
  constexpr unsigned kN = V::size() / 2;
  return std::make_pair(both.template extract<kN>(0), both.template extract<kN>(1));
}
}  // namespace detail

/// Chunks of both vectors by turns: the lower and the upper half of the result.
template <detail::VectorLike V, detail::VectorLike W>
__aie_inline auto interleave_zip(const V& a, const W& b, unsigned chunk) {
  const auto both = concat(a, b);
  constexpr unsigned kN = V::size();
  return detail::halves(detail::pick_lanes<2 * kN>(both, [=](unsigned i) {
    const unsigned turn = i / chunk;
    return turn % 2 * kN + turn / 2 * chunk + i % chunk;
  }));
}
/// The inverse: even chunks of both vectors in a row, and odd ones.
template <detail::VectorLike V, detail::VectorLike W>
__aie_inline auto interleave_unzip(const V& a, const W& b, unsigned chunk) {
  const auto both = concat(a, b);
  return std::make_pair(filter_even(both, chunk), filter_odd(both, chunk));
}

template <detail::VectorLike V>
__aie_inline auto unpack(const V& v) {
  return detail::plain(v).unpack();
}
template <detail::VectorLike V>
__aie_inline auto pack(const V& v) {
  return detail::plain(v).pack();
}
template <typename To, detail::VectorLike V>
__aie_inline auto pack(const V& v) {
  return detail::plain(v).template pack<To>();
}

/// The same bits as another type.
template <typename To, detail::VectorLike V>
__aie_inline auto vector_cast(const V& v) {
  return detail::plain(v).template cast_to<To>();
}
template <typename To, typename Tag, unsigned N>
__aie_inline auto vector_cast(const accum<Tag, N>& acc) {
  vector<To, sizeof(acc) / sizeof(To)> out{detail::Unfilled{}};
  detail::copy_bytes<sizeof out>(&out, acc.lane);
  return out;
}

}  // namespace aie
