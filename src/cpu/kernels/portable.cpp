// SPDX-License-Identifier: Apache-2.0
// Lanes in plain C++: for machines that no other file serves, and to be read.
#include "cpu/kernels/convolve.h"

namespace shiftwise::cpu {
namespace {

struct Lanes {
  struct Sums {
    std::int32_t lane[kBlock];
  };
  using Weights = const std::int8_t*;
  using Pixel = const std::uint8_t*;
  using Count = int;
  static constexpr int kPixels = 2;
  static constexpr int kBlocks = 1;
  static constexpr bool kInterleaves = false;

  template <class Function>
  static Sums each(Function function) {
    Sums result;
    for (int i = 0; i < kBlock; ++i) {
      result.lane[i] = static_cast<std::int32_t>(function(i));
    }
    return result;
  }
  static std::uint32_t wrap(std::int32_t value) { return static_cast<std::uint32_t>(value); }

  static void hold(const Weights&) {}
  static Weights load_weights(const std::int8_t* weight) { return weight; }
  static Pixel broadcast(const std::uint8_t* codes) { return codes; }
  static void multiply_add(Sums& sums, Pixel code, Weights weight) {
    for (int i = 0; i < kBlock; ++i) {
      std::int32_t product = 0;
      for (int c = 0; c < kGroup; ++c) product += code[c] * weight[i * kGroup + c];
      sums.lane[i] = static_cast<std::int32_t>(wrap(sums.lane[i]) + wrap(product));
    }
  }

  static Sums all(std::int32_t value) {
    return each([&](int) { return value; });
  }
  static Sums load(const std::int32_t* from) {
    return each([&](int i) { return from[i]; });
  }
  static void store(std::int32_t* to, const Sums& v) {
    for (int i = 0; i < kBlock; ++i) to[i] = v.lane[i];
  }
  static Sums load_codes(const std::uint8_t* from) {
    return each([&](int i) { return from[i]; });
  }
  static void separate(Sums&) {}
  static Sums add(const Sums& a, const Sums& b) {
    return each([&](int i) { return wrap(a.lane[i]) + wrap(b.lane[i]); });
  }
  static Sums add_scaled(const Sums& v, const Sums& codes, const Sums& factor) {
    return each([&](int i) { return wrap(v.lane[i]) + wrap(codes.lane[i] * factor.lane[i]); });
  }
  static Count count(int by) { return by; }
  static Sums shift_left(const Sums& v, int by) {
    return each([&](int i) { return wrap(v.lane[i]) << by; });
  }
  static Sums shift_right(const Sums& v, int by) {
    return each([&](int i) { return v.lane[i] >> by; });
  }
  static Sums low_bit(const Sums& v) {
    return each([&](int i) { return v.lane[i] & 1; });
  }
  static std::int32_t clamp(std::int32_t v, std::int32_t low, std::int32_t high) {
    return v < low ? low : v > high ? high : v;
  }
  static Sums clamp(const Sums& v, const Sums& low, const Sums& high) {
    return each([&](int i) { return clamp(v.lane[i], low.lane[i], high.lane[i]); });
  }
  static void store_codes(std::uint8_t* to, const Sums (&v)[1]) {
    for (int i = 0; i < kBlock; ++i) {
      to[i] = static_cast<std::uint8_t>(clamp(v[0].lane[i], 0, 255));
    }
  }
};

std::int64_t peak(std::int64_t rounds) {
  const std::int8_t weight[kBlock * kGroup] = {1, -1, 2};
  const std::uint8_t code[kGroup] = {1, 2, 3, 4};
  Lanes::Sums sums = Lanes::all(0);
  for (std::int64_t i = 0; i < rounds; ++i) {
    Lanes::multiply_add(sums, code, weight);
    asm volatile("" : : "g"(&sums) : "memory");
  }
  return rounds * kBlock * kGroup;
}

constexpr Kernels kKernels = {"portable", "any CPU", convolve<Lanes>, true, false, peak};

}  // namespace

const Kernels* portable_kernels() { return &kKernels; }

}  // namespace shiftwise::cpu
