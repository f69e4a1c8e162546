// SPDX-License-Identifier: Apache-2.0
// Products over sliding windows. Places beyond the end of a vector wrap around.
#pragma once

#include "multiply.hpp"

namespace aie {

/// out[l] = sum over p of coeff[start + p * CoeffStep] * data[start + p * DataStepX +
/// l * DataStepY].
template <unsigned Lanes, unsigned Points, int CoeffStep, int DataStepX, int DataStepY,
          typename CoeffType, typename DataType = CoeffType, typename Tag = accauto>
struct sliding_mul_ops {
  using coeff_type = CoeffType;
  using data_type = DataType;
  using accum_tag = detail::tag_or_default<Tag, CoeffType, DataType>;
  using accum_type = accum<accum_tag, Lanes>;
  static constexpr unsigned lanes = Lanes;
  static constexpr unsigned points = Points;

  template <unsigned C, unsigned D>
  __aie_inline static accum_type mac(const accum_type& acc, const vector<CoeffType, C>& coeff,
                                     unsigned coeff_start, const vector<DataType, D>& data,
                                     unsigned data_start) {
    return run<1>(acc, coeff, coeff_start, data, data_start);
  }
  template <unsigned C, unsigned D>
  __aie_inline static accum_type mul(const vector<CoeffType, C>& coeff, unsigned coeff_start,
                                     const vector<DataType, D>& data, unsigned data_start) {
    return run<1>(accum_type(), coeff, coeff_start, data, data_start);
  }
  template <unsigned C, unsigned D>
  __aie_inline static accum_type negmul(const vector<CoeffType, C>& coeff, unsigned coeff_start,
                                        const vector<DataType, D>& data, unsigned data_start) {
    return run<-1>(accum_type(), coeff, coeff_start, data, data_start);
  }

 private:
  template <int Sign, unsigned C, unsigned D>
  __aie_inline static accum_type run(accum_type acc, const vector<CoeffType, C>& coeff,
                                     unsigned coeff_start, const vector<DataType, D>& data,
                                     unsigned data_start) {
    using L = detail::accum_lane_t<accum_tag>;
    for (unsigned p = 0; p < Points; ++p) {
      const CoeffType c = coeff.lane[(coeff_start + p * unsigned(CoeffStep)) % C];
      for (unsigned l = 0; l < Lanes; ++l) {
        const unsigned at = (data_start + p * unsigned(DataStepX) + l * unsigned(DataStepY)) % D;
        const L product = detail::product<L>(c, data.lane[at]);
        acc.lane[l] =
            Sign > 0 ? detail::sum(acc.lane[l], product) : detail::difference(acc.lane[l], product);
      }
    }
    return acc;
  }
};

template <unsigned Lanes, unsigned Points, int CoeffStep, int DataStepX, typename CoeffType,
          typename DataType = CoeffType, typename Tag = accauto>
using sliding_mul_x_ops =
    sliding_mul_ops<Lanes, Points, CoeffStep, DataStepX, 1, CoeffType, DataType, Tag>;
template <unsigned Lanes, unsigned Points, int CoeffStep, int DataStepY, typename CoeffType,
          typename DataType = CoeffType, typename Tag = accauto>
using sliding_mul_y_ops =
    sliding_mul_ops<Lanes, Points, CoeffStep, 1, DataStepY, CoeffType, DataType, Tag>;
template <unsigned Lanes, unsigned Points, int CoeffStep, int DataStepXY, typename CoeffType,
          typename DataType = CoeffType, typename Tag = accauto>
using sliding_mul_xy_ops =
    sliding_mul_ops<Lanes, Points, CoeffStep, DataStepXY, DataStepXY, CoeffType, DataType, Tag>;

template <unsigned Lanes, unsigned Points, int CoeffStep = 1, int DataStepX = 1, int DataStepY = 1,
          typename Tag = accauto, typename C, unsigned NC, typename D, unsigned ND>
__aie_inline auto sliding_mul(const vector<C, NC>& coeff, unsigned coeff_start,
                              const vector<D, ND>& data, unsigned data_start) {
  return sliding_mul_ops<Lanes, Points, CoeffStep, DataStepX, DataStepY, C, D, Tag>::mul(
      coeff, coeff_start, data, data_start);
}
template <unsigned Lanes, unsigned Points, int CoeffStep = 1, int DataStepX = 1, int DataStepY = 1,
          typename Tag, typename C, unsigned NC, typename D, unsigned ND>
__aie_inline auto sliding_mac(const accum<Tag, Lanes>& acc, const vector<C, NC>& coeff,
                              unsigned coeff_start, const vector<D, ND>& data,
                              unsigned data_start) {
  return sliding_mul_ops<Lanes, Points, CoeffStep, DataStepX, DataStepY, C, D, Tag>::mac(
      acc, coeff, coeff_start, data, data_start);
}

/// The same per channel, channels innermost (depthwise convolutions): lane l is output l / C of
/// channel c = l % C, and out[l] = sum over p of coeff[(start + p * CoeffStep) * C + c] *
/// data[(start + (l / C + p) * DataStepX) * C + c * DataStepY].
template <unsigned Outputs, unsigned Channels, unsigned Points, int CoeffStep, int DataStepX,
          int DataStepY, typename CoeffType, typename DataType = CoeffType, typename Tag = accauto>
struct sliding_mul_ch_ops {
  using coeff_type = CoeffType;
  using data_type = DataType;
  using accum_tag = detail::tag_or_default<Tag, CoeffType, DataType>;
  static constexpr unsigned Lanes = Outputs * Channels;
  static constexpr unsigned lanes = Lanes;
  static constexpr unsigned points = Points;
  using accum_type = accum<accum_tag, Lanes>;

  template <unsigned NC, unsigned ND>
  __aie_inline static accum_type mac(accum_type acc, const vector<CoeffType, NC>& coeff,
                                     unsigned coeff_start, const vector<DataType, ND>& data,
                                     unsigned data_start) {
    using L = detail::accum_lane_t<accum_tag>;
    for (unsigned p = 0; p < Points; ++p) {
      for (unsigned l = 0; l < Lanes; ++l) {
        const unsigned c = l % Channels;
        const unsigned from = ((coeff_start + p * unsigned(CoeffStep)) * Channels + c) % NC;
        const unsigned at = ((data_start + (l / Channels + p) * unsigned(DataStepX)) * Channels +
                             c * unsigned(DataStepY)) %
                            ND;
        acc.lane[l] = detail::sum(acc.lane[l], detail::product<L>(coeff.lane[from], data.lane[at]));
      }
    }
    return acc;
  }
  template <unsigned NC, unsigned ND>
  __aie_inline static accum_type mul(const vector<CoeffType, NC>& coeff, unsigned coeff_start,
                                     const vector<DataType, ND>& data, unsigned data_start) {
    return mac(accum_type(), coeff, coeff_start, data, data_start);
  }
  template <unsigned NC, unsigned ND>
  __aie_inline static accum_type negmul(const vector<CoeffType, NC>& coeff, unsigned coeff_start,
                                        const vector<DataType, ND>& data, unsigned data_start) {
    return neg(mul(coeff, coeff_start, data, data_start));
  }
};

}  // namespace aie
