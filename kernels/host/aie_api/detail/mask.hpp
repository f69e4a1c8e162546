// SPDX-License-Identifier: Apache-2.0
// Masks, comparisons, selection.
#pragma once

#include <initializer_list>

#include "operands.hpp"

namespace aie {

template <unsigned N>
class mask {
 public:
  static constexpr unsigned kWords = (N + 63) / 64;

  constexpr explicit mask(bool all = false) {
    if (all) *this = ~mask();
  }
  /// From words of 32 or 64 bits, lowest first.
  template <typename... Words>
  static constexpr mask from_uint32(Words... words) {
    mask out;
    unsigned i = 0;
    for (const uint32_t word : {static_cast<uint32_t>(words)...}) {
      if (i / 2 < kWords) out.words_[i / 2] |= static_cast<uint64_t>(word) << (i % 2 * 32);
      ++i;
    }
    return out.trimmed();
  }
  template <typename... Words>
  static constexpr mask from_uint64(Words... words) {
    mask out;
    unsigned i = 0;
    for (const uint64_t word : {static_cast<uint64_t>(words)...}) {
      if (i < kWords) out.words_[i] = word;
      ++i;
    }
    return out.trimmed();
  }
  template <typename... Masks>
  static constexpr mask from_masks(const Masks&... masks) {
    mask out;
    unsigned at = 0;
    const auto append = [&](const auto& part) {
      for (unsigned i = 0; i < part.size() && at < N; ++i, ++at) out.assign(at, part.test(i));
    };
    (append(masks), ...);
    return out;
  }

  static constexpr unsigned size() { return N; }
  constexpr bool test(unsigned i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  constexpr bool operator[](unsigned i) const { return test(i); }
  constexpr void set(unsigned i) { words_[i / 64] |= uint64_t{1} << (i % 64); }
  constexpr void set() { *this = ~mask(); }
  constexpr void clear(unsigned i) { words_[i / 64] &= ~(uint64_t{1} << (i % 64)); }
  constexpr void clear() { *this = mask(); }
  constexpr void toggle(unsigned i) { words_[i / 64] ^= uint64_t{1} << (i % 64); }
  constexpr void assign(unsigned i, bool value) { value ? set(i) : clear(i); }
  constexpr unsigned count() const {
    unsigned total = 0;
    for (const uint64_t word : words_) total += static_cast<unsigned>(__builtin_popcountll(word));
    return total;
  }
  constexpr bool empty() const { return count() == 0; }
  constexpr bool full() const { return count() == N; }
  /// Zero lanes above the highest, and below the lowest, that is set; N where none is.
  constexpr unsigned clz() const {
    unsigned zeros = 0;
    while (zeros < N && !test(N - 1 - zeros)) ++zeros;
    return zeros;
  }
  constexpr unsigned ctz() const {
    unsigned zeros = 0;
    while (zeros < N && !test(zeros)) ++zeros;
    return zeros;
  }
  constexpr uint32_t to_uint32(unsigned i = 0) const {
    return static_cast<uint32_t>(words_[i / 2] >> (i % 2 * 32));
  }
  constexpr uint64_t to_uint64(unsigned i = 0) const { return words_[i]; }

  template <unsigned M>
  constexpr mask<M> extract(unsigned idx) const {
    mask<M> out;
    for (unsigned i = 0; i < M; ++i) out.assign(i, test(idx * M + i));
    return out;
  }
  template <unsigned M>
  constexpr mask<M> grow(unsigned idx = 0) const {
    mask<M> out;
    for (unsigned i = 0; i < N; ++i) out.assign(idx * N + i, test(i));
    return out;
  }
  template <unsigned M>
  constexpr mask& insert(unsigned idx, const mask<M>& part) {
    for (unsigned i = 0; i < M; ++i) assign(idx * M + i, part.test(i));
    return *this;
  }

  constexpr mask operator~() const {
    mask out;
    for (unsigned i = 0; i < kWords; ++i) out.words_[i] = ~words_[i];
    return out.trimmed();
  }
  constexpr mask& operator&=(const mask& other) {
    for (unsigned i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
    return *this;
  }
  constexpr mask& operator|=(const mask& other) {
    for (unsigned i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  constexpr mask& operator^=(const mask& other) {
    for (unsigned i = 0; i < kWords; ++i) words_[i] ^= other.words_[i];
    return *this;
  }
  constexpr mask& operator<<=(unsigned n) {
    for (unsigned i = N; i-- > 0;) assign(i, i >= n && test(i - n));
    return *this;
  }
  constexpr mask& operator>>=(unsigned n) {
    for (unsigned i = 0; i < N; ++i) assign(i, i + n < N && test(i + n));
    return *this;
  }
  friend constexpr mask operator&(mask a, const mask& b) { return a &= b; }
  friend constexpr mask operator|(mask a, const mask& b) { return a |= b; }
  friend constexpr mask operator^(mask a, const mask& b) { return a ^= b; }
  friend constexpr mask operator<<(mask a, unsigned n) { return a <<= n; }
  friend constexpr mask operator>>(mask a, unsigned n) { return a >>= n; }
  friend constexpr bool operator==(const mask&, const mask&) = default;

 private:
  constexpr mask trimmed() const {
    mask out = *this;
    if constexpr (N % 64 != 0) out.words_[kWords - 1] &= (uint64_t{1} << (N % 64)) - 1;
    return out;
  }
  uint64_t words_[kWords] = {};
};

namespace detail {
template <typename F, typename A, typename B>
__aie_inline auto compare_lanes(const A& a, const B& b, F f) {
  using V = pair_vector<A, B>;
  using T = typename V::value_type;
  const auto x = plain(a);
  const auto y = plain(b);
  mask<V::size()> out;
  for (unsigned i = 0; i < V::size(); ++i) {
    if (f(lane_of<T>(x, i), lane_of<T>(y, i))) out.set(i);
  }
  return out;
}
}  // namespace detail

#define SHIFTWISE_COMPARE(name, op)                                            \
  template <typename A, typename B>                                            \
    requires detail::VectorPair<A, B>                                          \
  __aie_inline auto name(const A& a, const B& b) {                             \
    return detail::compare_lanes(a, b, [](auto x, auto y) { return x op y; }); \
  }
SHIFTWISE_COMPARE(lt, <)
SHIFTWISE_COMPARE(le, <=)
SHIFTWISE_COMPARE(gt, >)
SHIFTWISE_COMPARE(ge, >=)
SHIFTWISE_COMPARE(eq, ==)
SHIFTWISE_COMPARE(neq, !=)
#undef SHIFTWISE_COMPARE

/// Whether all lanes are equal.
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline bool equal(const A& a, const B& b) {
  return eq(a, b).full();
}
template <typename A, typename B>
  requires detail::VectorPair<A, B>
__aie_inline bool not_equal(const A& a, const B& b) {
  return !equal(a, b);
}
template <detail::Scalar E, detail::VectorLike V>
__aie_inline bool contains(E value, const V& v) {
  return !eq(v, value).empty();
}

/// Lanes of `b` where the mask is set, of `a` elsewhere.
template <typename A, typename B, unsigned N>
  requires detail::VectorPair<A, B>
__aie_inline auto select(const A& a, const B& b, const mask<N>& m) {
  using V = detail::pair_vector<A, B>;
  using T = typename V::value_type;
  static_assert(V::size() == N);
  const auto x = detail::plain(a);
  const auto y = detail::plain(b);
  V out{detail::Unfilled{}};
  for (unsigned i = 0; i < N; ++i) {
    out.lane[i] = m.test(i) ? detail::lane_of<T>(y, i) : detail::lane_of<T>(x, i);
  }
  return out;
}

template <detail::Scalar A, detail::Scalar B, unsigned N>
__aie_inline auto select(A a, B b, const mask<N>& m) {
  vector<A, N> out{detail::Unfilled{}};
  for (unsigned i = 0; i < N; ++i) out.lane[i] = m.test(i) ? static_cast<A>(b) : a;
  return out;
}

}  // namespace aie
