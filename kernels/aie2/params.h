// SPDX-License-Identifier: Apache-2.0
// What every kernel in this folder is told, and the list of their C symbols: one truth for the
// kernels, for the designs that call them (src/lower fills the words) and for the cost model.
// Plain C: included by Peano, by host compilers and by C++20.
//
// Layouts (fastest last; a group is 8 channels, a pixel of a group is 8 bytes)
//   activation object   [C/8][rows * width][8]              uint8 or int8
//   weights             [OC/8][IC/8][ky][kx][ic 8][oc 8]    int8, then
//   bias                [OC]                                int32, right behind the weights
//   sums                [OC/8][rows * pixels][8]            int32, dense
// An object is a block of image rows. Kernels never take one row for the width: they are told
// pixel counts and distances. A 1x1 convolution with stride 1 sees a block as one row of
// rows * width pixels.
//
// Symbols. X is the input, S the skip, Y the output: u8 or i8. Pointers, then int32 scalars;
// `lines` stands for three objects: before, middle, after. What meets a skip has been through a
// ReLU and is uint8.
//   sw_conv1x1_X_Y            in0 X, in1 X, weights i8, out Y, params i32
//   sw_conv1x1_skip_u8_S_Y    in0 u8, in1 u8, weights i8, skip S, out Y, params i32
//   sw_conv1x1_project_u8_S_Y in0 u8, in1 u8, weights i8, skip S, out Y, params i32
//   sw_conv3x3_X_Y            lines X, weights i8, out Y, params i32, border
//   sw_conv3x3_skip_u8_S_Y    lines u8, weights i8, skip S, out Y, params i32, border
//   sw_conv3x3_project_u8_S_Y lines u8, weights i8, skip S, out Y, params i32, border
// The same in two pieces, with int32 sums in memory between them, for input channels that come
// in chunks (weights: the chunk's; a bias is read only with SW_START_BIAS and _SHIFTED):
//   sw_conv1x1_sums_X         in0 X, in1 X, weights i8, sums i32, params i32, start
//   sw_conv3x3_sums_X         lines X, weights i8, sums i32, params i32, border, start
//   sw_finish_Y               sums i32, out Y, params i32
//   sw_finish_skip_S_Y        sums i32, skip S, out Y, params i32
// Channel groups of an object that a neighbour made, put to their place (offset, bytes: in it):
//   sw_copy_Y                part Y, out Y, offset, bytes
// A projection's own codes (published residual) are sw_finish_i8 of its sums; wide sums of one
// convolution are carried into the other's with SW_START_SHIFTED.
//
// A design that calls one kernel with several memref types gives each type its own function:
// the symbol, two underscores, any tag (sw_conv1x1_u8_u8__a). The object is compiled with
// -DSW_TAG=__a; who looks for a built-in kernel drops everything from the two underscores on.
#ifndef SHIFTWISE_KERNELS_PARAMS_H
#define SHIFTWISE_KERNELS_PARAMS_H

#include <stdint.h>

// `border` of a 3x3: which image rows do not exist (their pointers are not read).
enum { SW_BORDER_NONE = 0, SW_BORDER_TOP = 1, SW_BORDER_BOTTOM = 2 };

// `start` of a chunk: what the sums begin with. SHIFTED: earlier sums * 2^main_left + bias.
enum { SW_START_BIAS = 0, SW_START_SUMS = 1, SW_START_SHIFTED = 2 };

// `residual`: how a skip is added (docs/numerics.md, eq. 8).
enum { SW_RESIDUAL_PUBLISHED = 1, SW_RESIDUAL_WIDE = 2 };

// Words that a kernel does not read may hold anything. Distances are in pixels of 8 bytes.
struct SwConvParams {
  // The output of one call, and how far its parts lie apart.
  int32_t rows;              ///< output rows, 1 ..
  int32_t pixels;            ///< output pixels in each row, 1 ..
  int32_t out_group_stride;  ///< from a channel group to the next; rows * pixels if dense
  int32_t out_row_stride;    ///< from a row to the next; pixels if dense

  // The input. Pixel x of row y of an output reads around pixel x * stride of row y * stride.
  int32_t stride;           ///< 1 or 2
  int32_t in_group_stride;  ///< as above, for in0 and in1 or each of before, middle, after
  int32_t in_row_stride;    ///< from an image row to the next within an object
  int32_t in_width;         ///< 3x3: pixels of an input row; outside are zeros
  int32_t in_rows;          ///< 3x3: image rows of an object; row -1 of `middle` is the last row of
                            ///< `before`, row in_rows of it the first row of `after`

  // Channels, in groups of 8.
  int32_t in0_groups;          ///< of in0, or of a 3x3's input
  int32_t in1_groups;          ///< 1x1: of in1, which may be 0; weights run over in0 then in1
  int32_t out_groups;          ///< made by this call
  int32_t weight_groups;       ///< output groups that the weights (and bias) hold
  int32_t weight_first_group;  ///< the first of them that this call makes

  // From sums to codes. A shift s >= 0 is one SRS (eq. 6); s < 0 is exact and to the left,
  // then saturation (eq. 7).
  int32_t rounding;  ///< the hardware's code, eq. 4; 9 = positive-inf
  int32_t shift;     ///< no residual: of the output. Published: of the main branch, to int8

  // The residual (skip and project). out = requantize(m * 2^main_left + k * 2^skip_left,
  // sum_shift). Published: m = sat_i8(requantize(main sums, shift)), and k the skip's code or
  // sat_i8(requantize(projected sums, skip_shift)). Wide: m and k are the sums themselves, k of
  // an identity its code.
  int32_t residual;
  int32_t main_left;  ///< 0 .. 31; one of the two is 0
  int32_t skip_left;
  int32_t sum_shift;

  // The skip. Output group g of an identity reads group g + skip_first_group; groups outside
  // 0 .. skip_groups - 1 are zero channels (the "option A" shortcut).
  int32_t skip_shift;         ///< published projection
  int32_t skip_groups;        ///< channel groups of the skip object; project: its input's
  int32_t skip_first_group;   ///< identity; may be negative
  int32_t skip_stride;        ///< 1 or 2
  int32_t skip_group_stride;  ///< as for the input
  int32_t skip_row_stride;

  int32_t reserved[6];
};

// The run of int32 that a design passes: memref<32xi32>.
enum { SW_PARAM_WORDS = 32 };

// Bytes of one convolution's weights and bias. What follows (a projection's weights follow the
// main ones: [weight_groups][skip_groups][8][8], then its bias) starts at the next multiple of
// 64, which is what a weight load needs; nothing is read behind the last bias.
static inline int32_t sw_weight_bytes(int32_t out_groups, int32_t in_groups, int32_t taps) {
  return out_groups * in_groups * taps * 64 + out_groups * 32;
}
static inline int32_t sw_next_part(int32_t bytes) { return (bytes + 63) & ~63; }

#endif
