// SPDX-License-Identifier: Apache-2.0
// The signatures of mlir-aie's convolution kernels on our own loops, so that designs made for
// those kernels run without them: no bias, the skip added as it is, shifts of 0 .. 31, an object
// is one image row; any width.
//
// conv2dk1_i8 is two functions there, in two files: one with uint8 output, and, here with
// -DSW_INT8_OUTPUT, one with int8 output that rounds ties away from zero.
#include "projection.h"

namespace sw {
namespace {

alignas(32) const int32 kNoBias[8] = {};

/// One row, everything dense.
SW_INLINE SwConvParams row_of(int32 width, int32 in0_channels, int32 in1_channels,
                              int32 out_channels, int32 scale) {
  SwConvParams p = {};
  p.rows = 1;
  p.pixels = width;
  p.out_group_stride = width;
  p.out_row_stride = width;
  p.stride = 1;
  p.in_group_stride = width;
  p.in_row_stride = width;
  p.in_width = width;
  p.in_rows = 1;
  p.in0_groups = in0_channels / 8;
  p.in1_groups = in1_channels / 8;
  p.out_groups = out_channels / 8;
  p.rounding = static_cast<int32>(aie::rounding_mode::positive_inf);
  p.shift = scale;
  return p;
}

SW_INLINE void add_residual(SwConvParams& p, int32 width, int32 skip_channels, int32 skip_scale) {
  p.residual = SW_RESIDUAL_PUBLISHED;
  p.sum_shift = skip_scale;
  p.skip_groups = skip_channels / 8;
  p.skip_stride = 1;
  p.skip_group_stride = width;
  p.skip_row_stride = width;
}

template <typename X, typename Y>
SW_INLINE void conv2dk1(const X* in, const int8* weights, Y* out, const SwConvParams& p) {
  run(p, Recipe<FromBias, Conv1x1<X>, ToCodes<Y>>{
             {kNoBias, 0}, conv1x1(p, in, in, weights), {output(p, out), p.shift}});
}

/// `check`: 0 the first row of the image, 1 one inside, 2 the last.
template <typename X>
SW_INLINE void conv2dk3(const X* line0, const X* line1, const X* line2, const int8* weights,
                        uint8* out, SwConvParams p, int32 check, int32 channel_offset) {
  p.weight_first_group = channel_offset / 8;
  const int border = check == 0 ? SW_BORDER_TOP : check == 2 ? SW_BORDER_BOTTOM : SW_BORDER_NONE;
  run(p,
      Recipe<FromBias, Conv3x3<X>, ToCodes<uint8>>{{kNoBias, 0},
                                                   conv3x3(p, line0, line1, line2, weights, border),
                                                   {output(p, out), p.shift}});
}

template <typename S>
SW_INLINE void conv2dk1_skip(const uint8* in0, const uint8* in1, const int8* weights, uint8* out,
                             const S* skip, const SwConvParams& p) {
  run(p, Recipe<FromBias, Conv1x1<uint8>, AddSkip<S, uint8>>{
             {kNoBias, 0}, conv1x1(p, in0, in1, weights), {output(p, out), skip, p}});
}

template <typename S>
SW_INLINE void conv2dk1_skip_init(const uint8* in0, const uint8* in1, const int8* weights,
                                  uint8* out, const S* skip, const SwConvParams& p) {
  const int8* skip_weights = weights + p.out_groups * (p.in0_groups + p.in1_groups) * 64;
  run(p, Projected<Conv1x1<uint8>, S, uint8>{conv1x1(p, in0, in1, weights),
                                             projection(p, skip, skip_weights),
                                             {kNoBias, 0},
                                             {kNoBias, 0},
                                             output(p, out),
                                             p});
}

}  // namespace
}  // namespace sw

extern "C" {

#if defined(SW_INT8_OUTPUT)

void conv2dk1_i8(int8* in, int8* weights, int8* out, int32 width, int32 in_channels,
                 int32 out_channels, int32 scale) {
  SwConvParams p = sw::row_of(width, in_channels, 0, out_channels, scale);
  p.rounding = static_cast<int32>(aie::rounding_mode::symmetric_inf);
  sw::conv2dk1(in, weights, out, p);
}

#else

#define SW_MLIR_AIE(x, X)                                                                          \
  void conv2dk1_##x(X* in, int8* weights, uint8* out, int32 width, int32 in_channels,              \
                    int32 out_channels, int32 scale) {                                             \
    sw::conv2dk1(in, weights, out, sw::row_of(width, in_channels, 0, out_channels, scale));        \
  }                                                                                                \
  void conv2dk3_##x(X* line0, X* line1, X* line2, int8* weights, uint8* out, int32 width,          \
                    int32 in_channels, int32 out_channels, int32, int32, int32 check, int32 scale, \
                    int32 channel_offset) {                                                        \
    sw::conv2dk3(line0, line1, line2, weights, out,                                                \
                 sw::row_of(width, in_channels, 0, out_channels, scale), check, channel_offset);   \
  }                                                                                                \
  void conv2dk1_skip_##x(uint8* in0, uint8* in1, int8* weights, uint8* out, X* skip, int32 width,  \
                         int32 in_channels, int32 out_channels, int32 scale, int32 skip_scale) {   \
    SwConvParams p = sw::row_of(width, in_channels / 2, in_channels / 2, out_channels, scale);     \
    sw::add_residual(p, width, out_channels, skip_scale);                                          \
    sw::conv2dk1_skip(in0, in1, weights, out, skip, p);                                            \
  }                                                                                                \
  void conv2dk1_skip_init_##x(uint8* in0, uint8* in1, int8* weights, uint8* out, X* skip,          \
                              int32 width, int32 in_channels, int32 out_channels,                  \
                              int32 skip_channels, int32 scale, int32 skip_scale,                  \
                              int32 skip_conv_scale) {                                             \
    SwConvParams p = sw::row_of(width, in_channels / 2, in_channels / 2, out_channels, scale);     \
    sw::add_residual(p, width, skip_channels, skip_scale);                                         \
    p.skip_shift = skip_conv_scale;                                                                \
    sw::conv2dk1_skip_init(in0, in1, weights, out, skip, p);                                       \
  }

SW_MLIR_AIE(i8, int8)
SW_MLIR_AIE(ui8, uint8)

#endif

}  // extern "C"
