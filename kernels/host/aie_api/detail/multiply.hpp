// SPDX-License-Identifier: Apache-2.0
// Lane-wise products into accumulators, sums with accumulators, and products of several
// vectors with several coefficients.
#pragma once

#include "arithmetic.hpp"

namespace aie {

namespace detail {

/// acc + sign * a * b per lane; `acc` has the right size already.
template <int Sign, typename Tag, unsigned N, typename A, typename B>
__aie_inline accum<Tag, N> accumulate_product(const accum<Tag, N>& acc, const A& a, const B& b) {
  using L = accum_lane_t<Tag>;
  const auto x = plain(a);
  const auto y = plain(b);
  accum<Tag, N> out{Unfilled{}};
  for (unsigned i = 0; i < N; ++i) {
    const L p = product<L>(lane_of<element_t<A>>(x, i), lane_of<element_t<B>>(y, i));
    out.lane[i] = Sign > 0 ? sum(acc.lane[i], p) : difference(acc.lane[i], p);
  }
  return out;
}

/// What a sum with an accumulator takes as its other operand.
template <typename X>
concept Addend = VectorLike<X> || AccumLike<X> || Scalar<X>;

template <bool Subtract, typename Tag, unsigned N, typename B>
__aie_inline accum<Tag, N> add_to(const accum<Tag, N>& acc, const B& b) {
  using L = accum_lane_t<Tag>;
  const auto y = plain(b);
  accum<Tag, N> out{Unfilled{}};
  for (unsigned i = 0; i < N; ++i) {
    const L other = lane_of<L>(y, i);
    out.lane[i] = Subtract ? difference(acc.lane[i], other) : sum(acc.lane[i], other);
  }
  return out;
}

}  // namespace detail

template <typename Tag = accauto, typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto mul(const A& a, const B& b) {
  using Chosen = detail::tag_or_default<Tag, detail::element_t<A>, detail::element_t<B>>;
  return detail::accumulate_product<1>(accum<Chosen, detail::pair_vector<A, B>::size()>(), a, b);
}
template <typename Tag = accauto, typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto negmul(const A& a, const B& b) {
  using Chosen = detail::tag_or_default<Tag, detail::element_t<A>, detail::element_t<B>>;
  return detail::accumulate_product<-1>(accum<Chosen, detail::pair_vector<A, B>::size()>(), a, b);
}
template <typename Tag, unsigned N, typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto mac(const accum<Tag, N>& acc, const A& a, const B& b) {
  return detail::accumulate_product<1>(acc, a, b);
}
template <typename Tag, unsigned N, typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline auto msc(const accum<Tag, N>& acc, const A& a, const B& b) {
  return detail::accumulate_product<-1>(acc, a, b);
}
template <typename Tag = accauto, detail::VectorLike A>
__aie_inline auto mul_square(const A& a) {
  return mul<Tag>(a, a);
}
template <typename Tag, unsigned N, detail::VectorLike A>
__aie_inline auto mac_square(const accum<Tag, N>& acc, const A& a) {
  return mac(acc, a, a);
}
template <typename Tag, unsigned N, detail::VectorLike A>
__aie_inline auto msc_square(const accum<Tag, N>& acc, const A& a) {
  return msc(acc, a, a);
}
template <typename Tag = accauto, detail::VectorLike A>
__aie_inline auto abs_square(const A& a) {
  return mul_square<Tag>(a);
}

template <typename Tag, unsigned N, detail::Addend B>
__aie_inline auto add(const accum<Tag, N>& acc, const B& b) {
  return detail::add_to<false>(acc, b);
}
template <typename A, typename Tag, unsigned N>
  requires(detail::VectorLike<A> || detail::Scalar<A>)
__aie_inline auto add(const A& a, const accum<Tag, N>& acc) {
  return detail::add_to<false>(acc, a);
}
template <typename Tag, unsigned N, detail::Addend B>
__aie_inline auto sub(const accum<Tag, N>& acc, const B& b) {
  return detail::add_to<true>(acc, b);
}
template <typename Tag, unsigned N>
__aie_inline auto neg(const accum<Tag, N>& acc) {
  return detail::add_to<true>(accum<Tag, N>(), acc);
}
template <typename Tag, unsigned N, typename T>
  requires detail::is_element<T>
__aie_inline accum<Tag, N> to_accum(const vector<T, N>& v) {
  return accum<Tag, N>(v);
}

/// acc + coeff[start] * first + coeff[start + 1] * second + ...; places in `coeff` wrap.
template <unsigned Lanes, typename Tag, detail::VectorLike C, detail::VectorLike... Data>
__aie_inline auto accumulate(const accum<Tag, Lanes>& acc, const C& coeff, unsigned start,
                             const Data&... data) {
  const auto c = detail::plain(coeff);
  accum<Tag, Lanes> out = acc;
  unsigned i = start;
  ((out = mac(out, detail::plain(data).template extract<Lanes>(0), c.lane[i++ % c.size()])), ...);
  return out;
}
template <unsigned Lanes, typename Tag = accauto, detail::VectorLike C, detail::VectorLike D,
          detail::VectorLike... Data>
__aie_inline auto accumulate(const C& coeff, unsigned start, const D& first, const Data&... data) {
  using Chosen = detail::tag_or_default<Tag, detail::element_t<C>, detail::element_t<D>>;
  return accumulate<Lanes>(accum<Chosen, Lanes>(), coeff, start, first, data...);
}

}  // namespace aie
