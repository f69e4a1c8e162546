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
inline v64int8 undef_v64int8() { return {}; }
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

// Cascade streams are declared, so that sources that mention them compile; a kernel that uses
// them is refused when it is linked.
void put_mcd(const v16int32&);
void put_mcd(const v16acc64&);
v16int32 get_scd_v16int32();
v16acc64 get_scd_v16acc64();
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
