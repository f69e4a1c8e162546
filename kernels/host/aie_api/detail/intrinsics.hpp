// SPDX-License-Identifier: Apache-2.0
// Names of the array's compilers, outside of aie_api, that published kernels of this kind
// use. A native vector type is the aie::vector of its lanes; the shape of an aie::vector does
// not depend on alignment, so casts of buffers to pointers to them are legal.
#pragma once

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
