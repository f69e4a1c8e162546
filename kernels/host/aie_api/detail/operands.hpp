// SPDX-License-Identifier: Apache-2.0
// Operands of lane-wise functions: vectors, references to vectors in memory, accumulators and
// single values mix as in the published API.
#pragma once

#include "memory.hpp"

namespace aie::detail {

template <typename T>
inline constexpr bool is_vector_ref = false;
template <typename T, unsigned N>
inline constexpr bool is_vector_ref<vector_ref<T, N>> = true;

/// A reference to a vector in memory as the vector; everything else as it is.
template <typename X>
__aie_inline auto plain(const X& x) {
  if constexpr (is_vector_ref<X>) {
    return x.value();
  } else {
    return x;
  }
}
template <typename X>
using plain_t = decltype(plain(std::declval<const X&>()));

template <typename X>
concept VectorLike = is_vector<X> || is_vector_ref<X>;
template <typename X>
concept AccumLike = is_accum<X>;
template <typename X>
concept Scalar = is_element<X>;
/// Two vectors, or a vector and one value.
template <typename A, typename B>
concept VectorPair =
    (VectorLike<A> && (VectorLike<B> || Scalar<B>)) || (Scalar<A> && VectorLike<B>);

/// The vector type of a pair.
template <typename A, typename B>
using pair_vector = std::conditional_t<VectorLike<A>, plain_t<A>, plain_t<B>>;

/// Lane i of an operand; a single value is every lane, converted to T.
template <typename T, typename X>
__aie_inline T lane_of(const X& x, unsigned i) {
  if constexpr (is_element<X>) {
    return static_cast<T>(x);
  } else {
    return static_cast<T>(x.lane[i]);
  }
}

template <typename F, typename A>
__aie_inline auto map_lanes(const A& a, F f) {
  const auto v = plain(a);
  plain_t<A> out{Unfilled{}};
  for (unsigned i = 0; i < out.size(); ++i) out.lane[i] = f(v.lane[i]);
  return out;
}

template <typename F, typename A, typename B>
__aie_inline auto zip_lanes(const A& a, const B& b, F f) {
  using V = pair_vector<A, B>;
  using T = typename V::value_type;
  const auto x = plain(a);
  const auto y = plain(b);
  V out{Unfilled{}};
  for (unsigned i = 0; i < V::size(); ++i) out.lane[i] = f(lane_of<T>(x, i), lane_of<T>(y, i));
  return out;
}

/// The element type of an operand of a product.
template <typename X>
struct Element {
  using type = X;
};
template <VectorLike X>
struct Element<X> {
  using type = typename plain_t<X>::value_type;
};
template <typename X>
using element_t = typename Element<X>::type;

}  // namespace aie::detail
