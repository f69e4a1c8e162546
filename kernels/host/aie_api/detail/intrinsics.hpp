// SPDX-License-Identifier: Apache-2.0
// Names of the array's compilers, outside of aie_api, that published kernels of this kind
// use. A native vector type is the aie::vector of its lanes; the shape of an aie::vector does
// not depend on alignment, so casts of buffers to pointers to them are legal.
#pragma once

#include "arithmetic.hpp"
#include "mmul.hpp"
#include "shuffle.hpp"

#define SHIFTWISE_NATIVE(type, name, n128) using v##n128##name = aie::vector<type, n128>;
#define SHIFTWISE_NATIVE_4(type, name, a, b, c, d) \
  SHIFTWISE_NATIVE(type, name, a)                  \
  SHIFTWISE_NATIVE(type, name, b)                  \
  SHIFTWISE_NATIVE(type, name, c)                  \
  SHIFTWISE_NATIVE(type, name, d)
SHIFTWISE_NATIVE_4(int8, int8, 16, 32, 64, 128)
SHIFTWISE_NATIVE_4(uint8, uint8, 16, 32, 64, 128)
SHIFTWISE_NATIVE_4(int16, int16, 8, 16, 32, 64)
SHIFTWISE_NATIVE_4(uint16, uint16, 8, 16, 32, 64)
SHIFTWISE_NATIVE_4(int32, int32, 4, 8, 16, 32)
SHIFTWISE_NATIVE_4(uint32, uint32, 4, 8, 16, 32)
SHIFTWISE_NATIVE_4(bfloat16, bfloat16, 8, 16, 32, 64)
SHIFTWISE_NATIVE_4(float, float, 4, 8, 16, 32)
#undef SHIFTWISE_NATIVE_4
#undef SHIFTWISE_NATIVE
using v8acc32 = aie::accum<acc32, 8>;
using v16acc32 = aie::accum<acc32, 16>;
using v32acc32 = aie::accum<acc32, 32>;
using v64acc32 = aie::accum<acc32, 64>;
using v4acc64 = aie::accum<acc64, 4>;
using v8acc64 = aie::accum<acc64, 8>;
using v16acc64 = aie::accum<acc64, 16>;
using v32acc64 = aie::accum<acc64, 32>;
using v8accfloat = aie::accum<accfloat, 8>;
using v16accfloat = aie::accum<accfloat, 16>;
using v32accfloat = aie::accum<accfloat, 32>;

inline v16int32 undef_v16int32() { return {}; }
inline v32int32 undef_v32int32() { return {}; }
inline v64int8 undef_v64int8() { return {}; }
inline v32int16 undef_v32int16() { return {}; }
inline v16float undef_v16float() { return {}; }
inline v32bfloat16 undef_v32bfloat16() { return {}; }
inline v16int32 broadcast_to_v16int32(int32 value) { return aie::detail::splat<int32, 16>(value); }
inline v32bfloat16 broadcast_to_v32bfloat16(bfloat16 value) {
  return aie::detail::splat<bfloat16, 32>(value);
}
inline v32bfloat16 broadcast_zero_bfloat16() { return {}; }
inline v32bfloat16 broadcast_zero_to_v32bfloat16() { return {}; }
inline v32bfloat16 broadcast_one_to_v32bfloat16() {
  return broadcast_to_v32bfloat16(bfloat16(1.0f));
}

template <typename T, unsigned N>
inline T ext_elem(const aie::vector<T, N>& v, unsigned i) {
  return v.lane[i % N];
}
template <typename T, unsigned N>
inline T extract_elem(const aie::vector<T, N>& v, unsigned i) {
  return v.lane[i % N];
}
template <typename T, unsigned N>
inline aie::vector<T, N> upd_elem(aie::vector<T, N> v, unsigned i, std::type_identity_t<T> value) {
  v.lane[i % N] = value;
  return v;
}

/// The bytes of both vectors in a row, from byte n on.
template <typename T, unsigned N>
inline aie::vector<T, N> shift_bytes(const aie::vector<T, N>& low, const aie::vector<T, N>& high,
                                     unsigned n) {
  return aie::detail::window(low.template cast_to<uint8>(), high.template cast_to<uint8>(),
                             n % (N * sizeof(T) + 1))
      .template cast_to<T>();
}

template <typename T, unsigned N>
inline aie::vector<T, N> shift(const aie::vector<T, N>& low, const aie::vector<T, N>& high,
                               unsigned n) {
  return shift_bytes(low, high, n);
}

// Parts of native vectors.
#define SHIFTWISE_PART(type, n, whole)                                                       \
  inline aie::vector<type, n> extract_v##n##type(const aie::vector<type, whole>& v, int i) { \
    return v.extract<n>(static_cast<unsigned>(i));                                           \
  }                                                                                          \
  inline aie::vector<type, whole> set_v##whole##type(int i, const aie::vector<type, n>& v) { \
    return v.grow<whole>(static_cast<unsigned>(i));                                          \
  }                                                                                          \
  inline aie::vector<type, whole> insert(aie::vector<type, whole> v, int i,                  \
                                         const aie::vector<type, n>& part) {                 \
    return v.insert(static_cast<unsigned>(i), part);                                         \
  }
SHIFTWISE_PART(int8, 32, 64)
SHIFTWISE_PART(uint8, 32, 64)
SHIFTWISE_PART(int16, 16, 32)
SHIFTWISE_PART(uint16, 16, 32)
SHIFTWISE_PART(int32, 8, 16)
SHIFTWISE_PART(bfloat16, 16, 32)
SHIFTWISE_PART(float, 8, 16)
#undef SHIFTWISE_PART

template <typename T, unsigned N>
inline aie::vector<T, N> bor(const aie::vector<T, N>& a, const aie::vector<T, N>& b) {
  return aie::bit_or(a, b);
}
template <typename T, unsigned N>
inline aie::vector<T, N> band(const aie::vector<T, N>& a, const aie::vector<T, N>& b) {
  return aie::bit_and(a, b);
}
template <typename T, unsigned N>
inline aie::vector<T, N> bxor(const aie::vector<T, N>& a, const aie::vector<T, N>& b) {
  return aie::bit_xor(a, b);
}

/// A mode of shuffle(): the 128 bytes of both operands are a matrix of rows x columns elements
/// of so many bytes; of its transpose the lower or the upper 64 bytes are the result. Where the
/// matrix has 64 bytes, it is the first operand.
struct ShuffleMode {
  unsigned bytes;
  unsigned rows;
  unsigned columns;
  bool high;
};
#define SHIFTWISE_SHUFFLE(bits, rows, columns)                                                    \
  inline constexpr ShuffleMode T##bits##_##rows##x##columns##_lo{bits / 8, rows, columns, false}; \
  inline constexpr ShuffleMode T##bits##_##rows##x##columns##_hi{bits / 8, rows, columns, true};
SHIFTWISE_SHUFFLE(8, 64, 2)
SHIFTWISE_SHUFFLE(8, 2, 64)
SHIFTWISE_SHUFFLE(8, 16, 8)
SHIFTWISE_SHUFFLE(8, 8, 16)
SHIFTWISE_SHUFFLE(16, 32, 2)
SHIFTWISE_SHUFFLE(16, 2, 32)
SHIFTWISE_SHUFFLE(16, 16, 4)
SHIFTWISE_SHUFFLE(16, 4, 16)
SHIFTWISE_SHUFFLE(32, 16, 2)
SHIFTWISE_SHUFFLE(32, 2, 16)
SHIFTWISE_SHUFFLE(32, 8, 4)
SHIFTWISE_SHUFFLE(32, 4, 8)
SHIFTWISE_SHUFFLE(64, 8, 2)
SHIFTWISE_SHUFFLE(64, 2, 8)
SHIFTWISE_SHUFFLE(128, 4, 2)
SHIFTWISE_SHUFFLE(128, 2, 4)
SHIFTWISE_SHUFFLE(256, 2, 2)
#undef SHIFTWISE_SHUFFLE
inline constexpr ShuffleMode T8_8x8{1, 8, 8, false};
inline constexpr ShuffleMode T8_16x4{1, 16, 4, false};
inline constexpr ShuffleMode T8_4x16{1, 4, 16, false};
inline constexpr ShuffleMode T16_8x4{2, 8, 4, false};
inline constexpr ShuffleMode T16_4x8{2, 4, 8, false};
inline constexpr ShuffleMode T32_4x4{4, 4, 4, false};

template <typename T, unsigned N>
inline aie::vector<T, N> shuffle(const aie::vector<T, N>& a, const aie::vector<T, N>& b,
                                 ShuffleMode mode) {
  static_assert(N * sizeof(T) == 64);
  const auto bytes = aie::concat(a, b).template cast_to<uint8>();
  v64uint8 out;
  for (unsigned i = 0; i < 64; ++i) {
    const unsigned at = i + (mode.high ? 64 : 0);
    const unsigned element = at / mode.bytes;
    const unsigned from = element % mode.rows * mode.columns + element / mode.rows;
    out.lane[i] = bytes.lane[from * mode.bytes + at % mode.bytes];
  }
  return out.template cast_to<T>();
}
template <typename T, unsigned N>
inline aie::vector<T, N> shuffle(const aie::vector<T, N>& a, ShuffleMode mode) {
  return shuffle(a, a, mode);
}

// Cascades carry 512 bits at once; wider values go in parts, lowest first. Outside of a simulator
// nobody listens, and what comes is zero.
template <typename V>
  requires(aie::detail::is_vector<V> || aie::detail::is_accum<V>)
inline void put_mcd(const V& value, int /*enable*/ = 1) {
  static_assert(sizeof value.lane % SHIFTWISE_CASCADE_BYTES == 0);
  const ShiftwiseCoreState& core = *aie::detail::core;
  if (core.cascade_put == nullptr) return;
  const char* const bytes = reinterpret_cast<const char*>(value.lane);
  for (size_t at = 0; at < sizeof value.lane; at += SHIFTWISE_CASCADE_BYTES) {
    core.cascade_put(core.cascade_context, bytes + at);
  }
}
namespace aie::detail {
template <typename V>
inline V from_cascade() {
  V value;
  static_assert(sizeof value.lane % SHIFTWISE_CASCADE_BYTES == 0);
  if (core->cascade_get == nullptr) return value;
  char* const bytes = reinterpret_cast<char*>(value.lane);
  for (size_t at = 0; at < sizeof value.lane; at += SHIFTWISE_CASCADE_BYTES) {
    core->cascade_get(core->cascade_context, bytes + at);
  }
  return value;
}
}  // namespace aie::detail
#define SHIFTWISE_GET_CASCADE(type) \
  inline type get_scd_##type(int /*enable*/ = 1) { return aie::detail::from_cascade<type>(); }
SHIFTWISE_GET_CASCADE(v64int8)
SHIFTWISE_GET_CASCADE(v64uint8)
SHIFTWISE_GET_CASCADE(v32int16)
SHIFTWISE_GET_CASCADE(v32uint16)
SHIFTWISE_GET_CASCADE(v16int32)
SHIFTWISE_GET_CASCADE(v16uint32)
SHIFTWISE_GET_CASCADE(v32int32)
SHIFTWISE_GET_CASCADE(v32bfloat16)
SHIFTWISE_GET_CASCADE(v16float)
SHIFTWISE_GET_CASCADE(v16acc32)
SHIFTWISE_GET_CASCADE(v32acc32)
SHIFTWISE_GET_CASCADE(v8acc64)
SHIFTWISE_GET_CASCADE(v16acc64)
SHIFTWISE_GET_CASCADE(v16accfloat)
SHIFTWISE_GET_CASCADE(v32accfloat)
#undef SHIFTWISE_GET_CASCADE
inline v16acc64 lups(const v16int32& v, int shift) { return v16acc64(v, shift); }
inline v16int32 lsrs(const v16acc64& acc, int shift, int is_signed = 1) {
  return acc.to_vector_sign<int32>(is_signed != 0, shift);
}

// Matrix products by the names of the instructions, for any pair of 8-bit types.
#define SHIFTWISE_MATRIX(M, K, N)                                                             \
  template <typename A, typename B>                                                           \
  inline aie::accum<acc32, M * N> mac_##M##x##K##_##K##x##N(const aie::vector<A, M * K>& a,   \
                                                            const aie::vector<B, K * N>& b,   \
                                                            aie::accum<acc32, M * N> acc) {   \
    aie::detail::multiply<M, K, N>(acc.lane, a.lane, b.lane);                                 \
    return acc;                                                                               \
  }                                                                                           \
  template <typename A, typename B>                                                           \
  inline aie::accum<acc32, M * N> mul_##M##x##K##_##K##x##N(const aie::vector<A, M * K>& a,   \
                                                            const aie::vector<B, K * N>& b) { \
    return mac_##M##x##K##_##K##x##N(a, b, aie::accum<acc32, M * N>());                       \
  }
SHIFTWISE_MATRIX(4, 8, 8)
SHIFTWISE_MATRIX(8, 8, 8)
#undef SHIFTWISE_MATRIX

// Lane-wise products: N sums, each of P products that lie N lanes apart.
namespace aie::detail {
template <unsigned N, unsigned P, int Sign, typename Tag, typename A, typename B>
inline accum<Tag, N> products(accum<Tag, N> acc, const vector<A, N * P>& a,
                              const vector<B, N * P>& b) {
  using L = accum_lane_t<Tag>;
  for (unsigned i = 0; i < N * P; ++i) {
    L& lane = acc.lane[i % N];
    const L p = product<L>(a.lane[i], b.lane[i]);
    lane = Sign > 0 ? sum(lane, p) : difference(lane, p);
  }
  return acc;
}
}  // namespace aie::detail
#define SHIFTWISE_PRODUCTS(name, N, P, A, B, Tag)                        \
  inline aie::accum<Tag, N> mul_##name(const aie::vector<A, N * P>& a,   \
                                       const aie::vector<B, N * P>& b) { \
    return aie::detail::products<N, P, 1>(aie::accum<Tag, N>(), a, b);   \
  }                                                                      \
  inline aie::accum<Tag, N> mac_##name(const aie::vector<A, N * P>& a,   \
                                       const aie::vector<B, N * P>& b,   \
                                       const aie::accum<Tag, N>& acc) {  \
    return aie::detail::products<N, P, 1>(acc, a, b);                    \
  }                                                                      \
  inline aie::accum<Tag, N> msc_##name(const aie::vector<A, N * P>& a,   \
                                       const aie::vector<B, N * P>& b,   \
                                       const aie::accum<Tag, N>& acc) {  \
    return aie::detail::products<N, P, -1>(acc, a, b);                   \
  }
SHIFTWISE_PRODUCTS(elem_16_2, 16, 2, bfloat16, bfloat16, accfloat)
SHIFTWISE_PRODUCTS(elem_16_2, 16, 2, int16, int16, acc64)
SHIFTWISE_PRODUCTS(elem_16, 16, 1, bfloat16, bfloat16, accfloat)
SHIFTWISE_PRODUCTS(elem_16, 16, 1, int32, int32, acc64)
SHIFTWISE_PRODUCTS(elem_32, 32, 1, int16, int16, acc32)
SHIFTWISE_PRODUCTS(elem_32_2, 32, 2, int8, int8, acc32)
#undef SHIFTWISE_PRODUCTS

inline v16bfloat16 to_v16bfloat16(const v16accfloat& acc) { return acc.to_vector<bfloat16>(); }
inline v16bfloat16 to_v16bfloat16(const v16float& v) { return to_v16bfloat16(v16accfloat(v)); }
inline v32bfloat16 to_v32bfloat16(const v32accfloat& acc) { return acc.to_vector<bfloat16>(); }
