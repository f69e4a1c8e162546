// SPDX-License-Identifier: Apache-2.0
// Functions of bfloat16 by the names of the header that lies in mlir-aie's run-time library, for
// sources that came without it. Exponentials and reciprocals are those of its tables, which
// follow formulas; tanh is rounded exactly, where the tables have 32 straight lines. Compile the
// published lut_based_ops.cpp along with its header for those.
#pragma once

#include <aie_api/aie.hpp>
#include <array>
#include <cmath>

#ifndef __LUT_BASED_OPS_H__
#define __LUT_BASED_OPS_H__

namespace shiftwise::lut {

/// e^i of an integer part that wraps at 8 bits, and e^(i/256) of a fraction. What bfloat16
/// cannot hold stops at e^88.
inline bfloat16 whole(unsigned i) {
  static const auto table = [] {
    std::array<bfloat16, 256> values;
    for (int k = 0; k < 256; ++k) {
      const int power = k < 128 ? k : k - 256;
      values[static_cast<unsigned>(k)] = static_cast<float>(std::exp(power < 88 ? power : 88.0));
    }
    return values;
  }();
  return table[i];
}
inline bfloat16 fraction(unsigned i) {
  static const auto table = [] {
    std::array<bfloat16, 256> values;
    for (unsigned k = 0; k < 256; ++k) values[k] = static_cast<float>(std::exp(k / 256.0));
    return values;
  }();
  return table[i];
}

}  // namespace shiftwise::lut

inline v16accfloat getExpBf16(v16bfloat16 x) {
  const v16int32 fixed = bfloat16_to_int(x, 8);
  v16accfloat out;
  for (unsigned i = 0; i < 16; ++i) {
    const auto bits = static_cast<unsigned>(fixed.lane[i]);
    out.lane[i] = static_cast<float>(shiftwise::lut::whole(bits >> 8 & 0xff)) *
                  static_cast<float>(shiftwise::lut::fraction(bits & 0xff));
  }
  return out;
}

/// 1 / x with 7 bits behind the point; the sign is lost.
inline bfloat16 getInvBf16(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits += 0x8000;
  const uint32_t exponent = bits >> 23 & 0xff;
  const uint32_t mantissa = bits >> 16 & 0x7f;
  const uint32_t inverse = mantissa == 0 ? 0 : (2 * 128 * 128 / (128.0 + mantissa) - 128 + 0.5);
  return bfloat16::from_bits(static_cast<uint16_t>(((mantissa == 0) + 253 - exponent) << 7) +
                             inverse);
}

inline v16bfloat16 getTanhBf16(v16bfloat16 x) { return aie::tanh<bfloat16>(x); }

/// f of n elements, sixteen at a time.
template <int K = 4, bool Prefetch = true, typename F>
inline void lut_map_bf16(const bfloat16* in, bfloat16* out, int n, F f) {
  for (int i = 0; i < n; i += 16) aie::store_v(out + i, v16bfloat16(f(aie::load_v<16>(in + i))));
}

#endif
