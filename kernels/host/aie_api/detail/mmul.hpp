// SPDX-License-Identifier: Apache-2.0
// aie::mmul: C[M][N] += A[M][K] * B[K][N], all row-major. Every shape and every pair of types
// works here; which of them the array has is written in the published tables.
#pragma once

#include "mmul_madd.hpp"
#include "mmul_vnni.hpp"
#include "multiply.hpp"

namespace aie {

namespace detail {

/// The definition; the paths below are proven equal to it.
template <unsigned M, unsigned K, unsigned N, typename L, typename TA, typename TB>
__aie_inline void multiply_plain(L* c, const TA* a, const TB* b) {
  for (unsigned m = 0; m < M; ++m) {
    for (unsigned k = 0; k < K; ++k) {
      for (unsigned n = 0; n < N; ++n) {
        c[m * N + n] = sum(c[m * N + n], product<L>(a[m * K + k], b[k * N + n]));
      }
    }
  }
}

template <unsigned M, unsigned K, unsigned N, typename L, typename TA, typename TB>
__aie_inline void multiply(L* c, const TA* a, const TB* b) {
#if defined(SHIFTWISE_MMUL_VNNI)
  if constexpr (std::is_same_v<L, int32_t> && sizeof(TA) == 1 && sizeof(TB) == 1 &&
                !(std::is_unsigned_v<TA> && std::is_unsigned_v<TB>) && N == 8 && K % 8 == 0 &&
                (M == 1 || M % 2 == 0) && (M == 1 ? K : 2 * K) <= 64) {
    multiply_vnni<M, K>(c, a, b);
    return;
  }
#endif
#if defined(SHIFTWISE_MMUL_MADD)
  if constexpr (std::is_same_v<L, int32_t> && fits_madd<TA> && fits_madd<TB> && N % 4 == 0 &&
                K % 2 == 0) {
    multiply_madd<M, K, N>(c, a, b);
    return;
  }
#endif
  multiply_plain<M, K, N>(c, a, b);
}

}  // namespace detail

template <unsigned M_, unsigned K_, unsigned N_, typename TypeA, typename TypeB = TypeA,
          typename Tag = accauto>
class mmul {
 public:
  using accum_tag = detail::tag_or_default<Tag, TypeA, TypeB>;
  using accum_type = accum<accum_tag, M_ * N_>;
  static constexpr unsigned M = M_;
  static constexpr unsigned K = K_;
  static constexpr unsigned N = N_;
  static constexpr unsigned size_A = M_ * K_;
  static constexpr unsigned size_B = K_ * N_;
  static constexpr unsigned size_C = M_ * N_;

  mmul() = default;
  __aie_inline mmul(const accum_type& acc) : acc_(acc) {}
  template <typename T>
    requires detail::is_element<T>
  __aie_inline mmul(const vector<T, size_C>& v, int shift = 0) : acc_(v, shift) {}

  __aie_inline void mul(const vector<TypeA, size_A>& a, const vector<TypeB, size_B>& b) {
    acc_ = accum_type();
    mac(a, b);
  }
  __aie_inline void mac(const vector<TypeA, size_A>& a, const vector<TypeB, size_B>& b) {
    detail::multiply<M_, K_, N_>(acc_.lane, a.lane, b.lane);
  }

  template <typename T>
  __aie_inline vector<T, size_C> to_vector(int shift = 0) const {
    return acc_.template to_vector<T>(shift);
  }
  template <typename T>
  __aie_inline vector<T, size_C> to_vector_sign(bool is_signed, int shift = 0) const {
    return acc_.template to_vector_sign<T>(is_signed, shift);
  }
  __aie_inline accum_type to_accum() const { return acc_; }
  __aie_inline operator accum_type() const { return acc_; }

 private:
  accum_type acc_;
};

}  // namespace aie
