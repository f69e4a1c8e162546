// SPDX-License-Identifier: Apache-2.0
// aie::mmul on every path against the sum that defines it.
#include <gtest/gtest.h>

#include <aie_api/aie.hpp>
#include <random>

namespace {

/// Values of T: random, or all at one end, or alternating ends.
template <typename T>
void fill(T* values, unsigned n, int kind, std::mt19937& random) {
  for (unsigned i = 0; i < n; ++i) {
    const bool high = kind == 1 || (kind == 3 && i % 2 == 0);
    values[i] = kind == 0 ? static_cast<T>(random())
                : high    ? std::numeric_limits<T>::max()
                          : std::numeric_limits<T>::min();
  }
}

template <unsigned M, unsigned K, unsigned N, typename TA, typename TB, typename Tag>
void compare() {
  using MMUL = aie::mmul<M, K, N, TA, TB, Tag>;
  using L = typename MMUL::accum_type::lane_type;
  std::mt19937 random(M * 10000 + K * 100 + N);
  for (int kind_a = 0; kind_a < 4; ++kind_a) {
    for (int kind_b = 0; kind_b < 4; ++kind_b) {
      aie::vector<TA, MMUL::size_A> a[3];
      aie::vector<TB, MMUL::size_B> b[3];
      typename MMUL::accum_type start;
      for (unsigned i = 0; i < MMUL::size_C; ++i) start.lane[i] = static_cast<L>(random());
      MMUL c(start);
      using U = std::make_unsigned_t<L>;
      U wanted[MMUL::size_C];
      for (unsigned i = 0; i < MMUL::size_C; ++i) wanted[i] = static_cast<U>(start.lane[i]);
      for (int step = 0; step < 3; ++step) {
        fill(a[step].lane, MMUL::size_A, kind_a, random);
        fill(b[step].lane, MMUL::size_B, kind_b, random);
        c.mac(a[step], b[step]);
        for (unsigned m = 0; m < M; ++m) {
          for (unsigned n = 0; n < N; ++n) {
            for (unsigned k = 0; k < K; ++k) {
              wanted[m * N + n] += static_cast<U>(static_cast<L>(a[step][m * K + k])) *
                                   static_cast<U>(static_cast<L>(b[step][k * N + n]));
            }
          }
        }
      }
      const auto got = c.to_accum();
      for (unsigned i = 0; i < MMUL::size_C; ++i) {
        ASSERT_EQ(static_cast<U>(got.lane[i]), wanted[i])
            << M << "x" << K << "x" << N << " lane " << i << " kinds " << kind_a << kind_b;
      }
      // mul() forgets what was there.
      c.mul(a[0], b[0]);
      MMUL fresh;
      fresh.mac(a[0], b[0]);
      for (unsigned i = 0; i < MMUL::size_C; ++i) {
        ASSERT_EQ(c.to_accum().lane[i], fresh.to_accum().lane[i]);
      }
    }
  }
}

template <unsigned M, unsigned K, unsigned N>
void compare_8x8() {
  compare<M, K, N, int8, int8, accauto>();
  compare<M, K, N, uint8, int8, acc32>();
  compare<M, K, N, int8, uint8, acc32>();
  compare<M, K, N, uint8, uint8, accauto>();
}

TEST(HostMmul, EqualsItsDefinitionInTheNativeShapes) {
  compare_8x8<4, 8, 8>();
  compare_8x8<8, 8, 8>();
}
TEST(HostMmul, EqualsItsDefinitionInFewRows) {
  compare_8x8<1, 16, 8>();
  compare_8x8<2, 8, 8>();
  compare_8x8<2, 16, 8>();
}
TEST(HostMmul, EqualsItsDefinitionInDeepShapes) {
  compare_8x8<4, 16, 8>();
  compare_8x8<8, 16, 8>();
  compare_8x8<4, 16, 16>();
}
TEST(HostMmul, EqualsItsDefinitionInNarrowShapes) {
  compare_8x8<4, 8, 4>();
  compare_8x8<4, 16, 4>();
  compare_8x8<8, 8, 4>();
}
TEST(HostMmul, EqualsItsDefinitionFor16Bits) {
  compare<4, 4, 4, int16, int16, acc32>();
  compare<4, 4, 4, int16, int16, acc64>();
  compare<4, 4, 8, int16, int8, acc32>();
  compare<4, 4, 8, uint16, int8, acc32>();
  compare<2, 4, 8, int16, int16, accauto>();
  compare<8, 8, 8, uint16, int16, acc32>();
  compare<4, 8, 4, int8, int16, acc32>();
}
TEST(HostMmul, EqualsItsDefinitionFor32Bits) {
  compare<4, 2, 4, int32, int16, acc64>();
  compare<4, 2, 4, int32, int32, accauto>();
  compare<2, 4, 8, int16, int32, acc48>();
}

TEST(HostMmul, FloatsAreSummedInOrder) {
  aie::mmul<4, 8, 4, bfloat16, bfloat16, accfloat> c;
  aie::vector<bfloat16, 32> a;
  aie::vector<bfloat16, 32> b;
  for (unsigned i = 0; i < 32; ++i) {
    a[i] = bfloat16(float(i) / 4);
    b[i] = bfloat16(float(i) - 9);
  }
  c.mac(a, b);
  float wanted = 0;
  for (unsigned k = 0; k < 8; ++k) wanted += float(a[8 + k]) * float(b[k * 4 + 2]);
  EXPECT_EQ(c.to_vector<float>()[6], wanted);
}

TEST(HostMmul, TakesItsStartFromAVectorAndItsShapeIsKnown) {
  using MMUL = aie::mmul<4, 8, 8, uint8, int8>;
  static_assert(MMUL::size_A == 32 && MMUL::size_B == 64 && MMUL::size_C == 32);
  static_assert(std::is_same_v<MMUL::accum_type, aie::accum<acc32, 32>>);
  MMUL c(aie::broadcast<int32, 32>(-7));
  EXPECT_EQ(c.to_vector<int32>()[31], -7);
  c = aie::zeros<acc32, 32>();
  EXPECT_EQ(c.to_vector<int32>()[31], 0);
}

}  // namespace
