// SPDX-License-Identifier: Apache-2.0
// Lane-wise arithmetic on vectors. Integers wrap, as the array's vector units do, except where
// a name says saturating.
#pragma once

#include "mask.hpp"

namespace aie {

template <typename T, unsigned N>
__aie_inline vector<T, N> broadcast(std::type_identity_t<T> value) {
  vector<T, N> out{detail::Unfilled{}};
  for (unsigned i = 0; i < N; ++i) out.lane[i] = value;
  return out;
}
template <typename T>
__aie_inline auto broadcast(std::type_identity_t<T> value) {
  return broadcast<T, native_vector_length_v<T>>(value);
}
/// The type follows the value.
template <unsigned N, detail::Scalar T>
__aie_inline vector<T, N> broadcast(T value) {
  return broadcast<T, N>(value);
}

/// Zero vectors and zero accumulators.
template <typename T, unsigned N>
__aie_inline auto zeros() {
  if constexpr (detail::is_element<T>) {
    return vector<T, N>();
  } else {
    return accum<T, N>();
  }
}
template <typename T>
__aie_inline auto zeros() {
  return zeros<T, native_vector_length_v<T>>();
}

template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto add(const A& a, const B& b) {
  return detail::zip_lanes(a, b, [](auto x, auto y) { return detail::sum(x, y); });
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto sub(const A& a, const B& b) {
  return detail::zip_lanes(a, b, [](auto x, auto y) { return detail::difference(x, y); });
}
template <detail::VectorLike A>
__aie_inline auto neg(const A& a) {
  return detail::map_lanes(a, [](auto x) { return detail::difference(decltype(x)(0), x); });
}
/// The lowest integer stays as it is, for want of its opposite.
template <detail::VectorLike A>
__aie_inline auto abs(const A& a) {
  return detail::map_lanes(a, [](auto x) {
    using T = decltype(x);
    return x < T(0) ? detail::difference(T(0), x) : x;
  });
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto min(const A& a, const B& b) {
  return detail::zip_lanes(a, b, [](auto x, auto y) { return y < x ? y : x; });
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto max(const A& a, const B& b) {
  return detail::zip_lanes(a, b, [](auto x, auto y) { return x < y ? y : x; });
}
template <detail::Scalar A, detail::Scalar B>
__aie_inline auto min(const A& a, const B& b) {
  return b < a ? b : a;
}
template <detail::Scalar A, detail::Scalar B>
__aie_inline auto max(const A& a, const B& b) {
  return a < b ? b : a;
}
/// The smaller, or larger, lanes and the mask of those that came from `b`.
template <detail::VectorLike A, detail::VectorLike B>
__aie_inline auto min_cmp(const A& a, const B& b) {
  return std::make_tuple(min(a, b), ge(a, b));
}
template <detail::VectorLike A, detail::VectorLike B>
__aie_inline auto max_cmp(const A& a, const B& b) {
  return std::make_tuple(max(a, b), lt(a, b));
}
/// a - b where that is positive, else 0.
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto maxdiff(const A& a, const B& b) {
  return detail::zip_lanes(
      a, b, [](auto x, auto y) { return x > y ? detail::difference(x, y) : decltype(x)(0); });
}
template <detail::VectorLike V, typename L, typename H>
__aie_inline auto clamp(const V& v, const L& low, const H& high) {
  return min(max(v, low), high);
}

namespace detail {
template <typename T>
__aie_inline T clamp_to(int64_t value) {
  constexpr int64_t kLow = std::numeric_limits<T>::min();
  constexpr int64_t kHigh = std::numeric_limits<T>::max();
  return static_cast<T>(value < kLow ? kLow : value > kHigh ? kHigh : value);
}
}  // namespace detail

template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto saturating_add(const A& a, const B& b) {
  return detail::zip_lanes(
      a, b, [](auto x, auto y) { return detail::clamp_to<decltype(x)>(int64_t{x} + int64_t{y}); });
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto saturating_sub(const A& a, const B& b) {
  return detail::zip_lanes(
      a, b, [](auto x, auto y) { return detail::clamp_to<decltype(x)>(int64_t{x} - int64_t{y}); });
}

#define SHIFTWISE_BITWISE(name, op)                                                            \
  template <typename A, typename B>                                                            \
    requires detail::VectorPair<A, B>                                                          \
  __aie_inline auto name(const A& a, const B& b) {                                             \
    return detail::zip_lanes(a, b,                                                             \
                             [](auto x, auto y) { return static_cast<decltype(x)>(x op y); }); \
  }
SHIFTWISE_BITWISE(bit_and, &)
SHIFTWISE_BITWISE(bit_or, |)
SHIFTWISE_BITWISE(bit_xor, ^)
#undef SHIFTWISE_BITWISE
template <detail::VectorLike A>
__aie_inline auto bit_not(const A& a) {
  return detail::map_lanes(a, [](auto x) { return static_cast<decltype(x)>(~x); });
}

template <detail::VectorLike A>
__aie_inline auto upshift(const A& a, unsigned shift) {
  return detail::map_lanes(
      a, [shift](auto x) { return static_cast<decltype(x)>(static_cast<uint64_t>(x) << shift); });
}
template <detail::VectorLike A>
__aie_inline auto downshift(const A& a, unsigned shift) {
  return detail::map_lanes(
      a, [shift](auto x) { return static_cast<decltype(x)>(static_cast<int64_t>(x) >> shift); });
}
template <detail::VectorLike A>
__aie_inline auto logical_downshift(const A& a, unsigned shift) {
  return detail::map_lanes(a, [shift](auto x) {
    using U = std::make_unsigned_t<decltype(x)>;
    return static_cast<decltype(x)>(static_cast<uint64_t>(static_cast<U>(x)) >> shift);
  });
}

// Reductions to one lane. Integers wrap in T; float sums go from both halves inward, as a tree.
namespace detail {
template <typename T, unsigned N, typename F>
__aie_inline T reduce(const vector<T, N>& v, F f) {
  vector<T, N> work = v;
  for (unsigned half = N / 2; half > 0; half /= 2) {
    for (unsigned i = 0; i < half; ++i) work.lane[i] = f(work.lane[i], work.lane[i + half]);
  }
  return work.lane[0];
}
}  // namespace detail

template <detail::VectorLike V>
__aie_inline auto reduce_add(const V& v) {
  return detail::reduce(detail::plain(v), [](auto x, auto y) { return detail::sum(x, y); });
}
template <detail::VectorLike V>
__aie_inline auto reduce_mul(const V& v) {
  using T = typename detail::plain_t<V>::value_type;
  return detail::reduce(detail::plain(v), [](T x, T y) {
    if constexpr (detail::is_floating<T>) {
      return T(float(x) * float(y));
    } else {
      return detail::product<T>(x, y);
    }
  });
}
template <detail::VectorLike V>
__aie_inline auto reduce_min(const V& v) {
  return detail::reduce(detail::plain(v), [](auto x, auto y) { return y < x ? y : x; });
}
template <detail::VectorLike V>
__aie_inline auto reduce_max(const V& v) {
  return detail::reduce(detail::plain(v), [](auto x, auto y) { return x < y ? y : x; });
}
/// The sums of up to four vectors in the first lanes of one.
template <detail::VectorLike V, detail::VectorLike... Vs>
__aie_inline auto reduce_add_v(const V& v, const Vs&... others) {
  detail::plain_t<V> out;
  unsigned i = 0;
  out.lane[i++] = reduce_add(v);
  ((out.lane[i++] = reduce_add(others)), ...);
  return out;
}
template <detail::VectorLike V>
__aie_inline auto add_reduce(const V& v) {
  return reduce_add(v);
}
template <detail::VectorLike V>
__aie_inline auto mul_reduce(const V& v) {
  return reduce_mul(v);
}
template <detail::VectorLike V>
__aie_inline auto min_reduce(const V& v) {
  return reduce_min(v);
}
template <detail::VectorLike V>
__aie_inline auto max_reduce(const V& v) {
  return reduce_max(v);
}

}  // namespace aie
