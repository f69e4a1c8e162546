// SPDX-License-Identifier: Apache-2.0
// Elementary functions on floats, correctly rounded by the host's mathematics library. The
// array approximates them, so that results here and there may differ in their last bits.
#pragma once

#include <cmath>

#include "multiply.hpp"

namespace aie {

#define SHIFTWISE_FUNCTION(name, expression)                                               \
  template <typename T>                                                                    \
    requires(detail::is_element<T>)                                                        \
  inline auto name(T x) {                                                                  \
    using R = std::conditional_t<detail::is_floating<T>, T, float>;                        \
    const float v = static_cast<float>(x);                                                 \
    return static_cast<R>(expression);                                                     \
  }                                                                                        \
  template <detail::VectorLike V>                                                          \
  inline auto name(const V& a) {                                                           \
    return detail::map_lanes(a, [](auto x) { return static_cast<decltype(x)>(name(x)); }); \
  }
SHIFTWISE_FUNCTION(inv, 1.0f / v)
SHIFTWISE_FUNCTION(sqrt, std::sqrt(v))
SHIFTWISE_FUNCTION(invsqrt, 1.0f / std::sqrt(v))
SHIFTWISE_FUNCTION(sin, std::sin(v))
SHIFTWISE_FUNCTION(cos, std::cos(v))
#undef SHIFTWISE_FUNCTION

template <detail::Scalar A, detail::Scalar B>
inline auto div(A a, B b) {
  return static_cast<A>(static_cast<float>(a) / static_cast<float>(b));
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
inline auto div(const A& a, const B& b) {
  return detail::zip_lanes(a, b, [](auto x, auto y) {
    return static_cast<decltype(x)>(static_cast<float>(x) / static_cast<float>(y));
  });
}
/// Of a vector or of a float accumulator, as T.
template <typename T, typename X>
  requires(detail::VectorLike<X> || detail::is_accum<X>)
inline auto exp2(const X& a) {
  const auto x = detail::plain(a);
  vector<T, X::size()> out{detail::Unfilled{}};
  for (unsigned i = 0; i < X::size(); ++i) {
    out.lane[i] = T(std::exp2(static_cast<float>(x.lane[i])));
  }
  return out;
}
template <typename T, typename X>
  requires(detail::VectorLike<X> || detail::is_accum<X>)
inline auto tanh(const X& a) {
  const auto x = detail::plain(a);
  vector<T, X::size()> out{detail::Unfilled{}};
  for (unsigned i = 0; i < X::size(); ++i) {
    out.lane[i] = T(std::tanh(static_cast<float>(x.lane[i])));
  }
  return out;
}

/// Integers as floats, divided by 2^shift; floats as integers, multiplied by 2^shift and
/// rounded to nearest even.
template <typename T = float, detail::VectorLike V>
inline auto to_float(const V& a, int shift = 0) {
  const auto v = detail::plain(a);
  vector<T, V::size()> out{detail::Unfilled{}};
  for (unsigned i = 0; i < V::size(); ++i) {
    out.lane[i] = T(std::ldexp(static_cast<float>(v.lane[i]), -shift));
  }
  return out;
}
template <typename T = float, detail::Scalar E>
inline T to_float(E value, int shift = 0) {
  return T(std::ldexp(static_cast<float>(value), -shift));
}
template <typename T = int32, detail::VectorLike V>
inline auto to_fixed(const V& a, int shift = 0) {
  const auto v = detail::plain(a);
  vector<T, V::size()> out{detail::Unfilled{}};
  for (unsigned i = 0; i < V::size(); ++i) {
    const double x = std::nearbyint(std::ldexp(double{static_cast<float>(v.lane[i])}, shift));
    const double low = static_cast<double>(std::numeric_limits<T>::min());
    const double high = static_cast<double>(std::numeric_limits<T>::max());
    out.lane[i] = x != x ? T(0) : static_cast<T>(x < low ? low : x > high ? high : x);
  }
  return out;
}

}  // namespace aie
