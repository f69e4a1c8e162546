// SPDX-License-Identifier: Apache-2.0
// Properties of element and accumulator types, and copying memory in registers.
#pragma once

#include <shiftwise_kernel.hpp>

namespace aie {

template <typename T, unsigned N>
class vector;
template <typename Tag, unsigned N>
class accum;
template <unsigned N>
class mask;
template <typename T, unsigned N>
class vector_ref;

namespace detail {

/// A constructor that leaves the lanes for the caller to fill.
struct Unfilled {};

template <typename T>
inline constexpr bool is_element =
    std::is_arithmetic_v<T> || std::is_same_v<T, bfloat16> || std::is_enum_v<T>;
template <typename T>
inline constexpr bool is_floating = std::is_floating_point_v<T> || std::is_same_v<T, bfloat16>;

template <typename T>
inline constexpr bool is_vector = false;
template <typename T, unsigned N>
inline constexpr bool is_vector<vector<T, N>> = true;
template <typename T>
inline constexpr bool is_accum = false;
template <typename Tag, unsigned N>
inline constexpr bool is_accum<accum<Tag, N>> = true;

/// What an accumulator of that tag is held in: 32-bit ones in 32 bits (they wrap), longer
/// ones in 64, float ones in float.
template <typename Tag>
struct AccumLane {
  using type = int64_t;
};
template <>
struct AccumLane<acc16> {
  using type = int32_t;
};
template <>
struct AccumLane<acc24> {
  using type = int32_t;
};
template <>
struct AccumLane<acc32> {
  using type = int32_t;
};
template <>
struct AccumLane<accfloat> {
  using type = float;
};
template <typename Tag>
using accum_lane_t = typename AccumLane<Tag>::type;

/// The accumulator of a product of two types where the source leaves it open.
template <typename A, typename B>
constexpr auto default_tag() {
  if constexpr (is_floating<A> || is_floating<B>) {
    return accfloat{};
  } else if constexpr (sizeof(A) + sizeof(B) <= 4) {
    return acc32{};
  } else if constexpr (sizeof(A) + sizeof(B) <= 6) {
    return acc48{};
  } else {
    return acc64{};
  }
}
template <typename Tag, typename A, typename B>
using tag_or_default =
    std::conditional_t<std::is_same_v<Tag, accauto>, decltype(default_tag<A, B>()), Tag>;

template <typename T>
using next_integer = std::conditional_t<
    sizeof(T) == 1, std::conditional_t<std::is_signed_v<T>, int16_t, uint16_t>,
    std::conditional_t<sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>,
                       std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>>;
template <typename T>
using previous_integer = std::conditional_t<
    sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, int8_t, uint8_t>,
    std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<T>, int16_t, uint16_t>,
                       std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>>>;

/// a * b, a + b, a - b as the hardware keeps them: integers wrap, floats are floats.
template <typename L, typename A, typename B>
__aie_inline L product(A a, B b) {
  if constexpr (std::is_same_v<L, float>) {
    return static_cast<float>(a) * static_cast<float>(b);
  } else {
    using U = std::make_unsigned_t<L>;
    return static_cast<L>(static_cast<U>(static_cast<L>(a)) * static_cast<U>(static_cast<L>(b)));
  }
}
template <typename L>
__aie_inline L sum(L a, L b) {
  if constexpr (is_floating<L>) {
    return L(float(a) + float(b));
  } else {
    using U = std::make_unsigned_t<L>;
    return static_cast<L>(static_cast<U>(a) + static_cast<U>(b));
  }
}
template <typename L>
__aie_inline L difference(L a, L b) {
  if constexpr (is_floating<L>) {
    return L(float(a) - float(b));
  } else {
    using U = std::make_unsigned_t<L>;
    return static_cast<L>(static_cast<U>(a) - static_cast<U>(b));
  }
}

// Memory is copied as the widest registers that the machine has, at any alignment.
template <unsigned Bytes>
struct Piece {
  typedef uint8_t type __attribute__((vector_size(Bytes), aligned(1), may_alias));
};
#if defined(__AVX512F__)
inline constexpr unsigned kWidestPiece = 64;
#elif defined(__AVX__)
inline constexpr unsigned kWidestPiece = 32;
#else
inline constexpr unsigned kWidestPiece = 16;
#endif

template <unsigned Bytes, unsigned Width = kWidestPiece>
__aie_inline void copy_bytes(void* to, const void* from) {
  using P = typename Piece<Width>::type;
  constexpr unsigned kWhole = Bytes / Width;
  for (unsigned i = 0; i < kWhole; ++i) {
    static_cast<P*>(to)[i] = static_cast<const P*>(from)[i];
  }
  if constexpr (Bytes % Width != 0) {
    copy_bytes<Bytes % Width, Width / 2>(static_cast<char*>(to) + kWhole * Width,
                                         static_cast<const char*>(from) + kWhole * Width);
  }
}

}  // namespace detail

template <typename T>
inline constexpr unsigned native_vector_length_v = 64 / sizeof(T);

/// What arrays of vectors are aligned to.
inline constexpr unsigned vector_decl_align = 32;

}  // namespace aie
