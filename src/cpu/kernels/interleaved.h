// SPDX-License-Identifier: Apache-2.0
// Convolutions with short sums: where the end of a sum costs more than the instructions that
// wait in a processor can hide, the ends of three pixels are put between the products of the next.
#pragma once

#include "cpu/kernels/finisher.h"

namespace shiftwise::cpu {

/// The outputs of four interleaved blocks of a 1x1 convolution, three pixels at a time.
template <class Lanes, Finish kind>
class Interleaved {
 public:
  static constexpr int kPixels = 3;

  SHIFTWISE_INLINE Interleaved(const Conv& conv, int block)
      : conv_(conv), block_(block), finisher_(conv, 0, 0, block) {}

  /// The sums of the next `Pixels` outputs, from (y, x); stores the outputs before.
  template <int Pixels>
  SHIFTWISE_INLINE void make(int y, int x) {
    RegisterBlock<Lanes, 1, Pixels, kInterleaved> now;
    const std::int32_t* bias = conv_.bias + block_ * kBlock;
    if (conv_.between == 0) {
      now.set(bias);
    } else {
      now.set_zero();
    }
    auto at = now.start(conv_.products[0], y, x, block_);
    const int share = conv_.products[0].groups / (kPixels + 1);
    SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) {
      now.template multiply<0, 0>(at, share);
      end(p);
    }
    now.template multiply<0, 0>(at, conv_.products[0].groups - kPixels * share);
    if (conv_.terms == 2) {
      if (conv_.between != 0) now.shift_and_add(conv_.between, bias);
      at = now.start(conv_.products[1], y, x, block_);
      now.template multiply<0, 0>(at, conv_.products[1].groups);
    }
    SHIFTWISE_UNROLL for (int p = 0; p < Pixels; ++p) {
      SHIFTWISE_UNROLL for (int b = 0; b < kInterleaved; ++b) before_[p][b] = now.sums[p][b];
    }
    pending_ = Pixels;
    skip_ = finisher_.skip + y * finisher_.skip_row + x * finisher_.skip_pixel;
    output_ = finisher_.output + y * finisher_.output_row + x * finisher_.output_pixel;
  }

  SHIFTWISE_INLINE void end_all() { SHIFTWISE_UNROLL for (int p = 0; p < kPixels; ++p) end(p); }

 private:
  SHIFTWISE_INLINE void end(int p) {
    if (p < pending_) {
      finisher_.store_interleaved(before_[p], skip_ + p * finisher_.skip_pixel,
                                  output_ + p * finisher_.output_pixel);
    }
  }

  const Conv& conv_;
  const int block_;
  const Finisher<Lanes, kind> finisher_;
  typename Lanes::Sums before_[kPixels][kInterleaved];
  int pending_ = 0;
  const std::uint8_t* skip_ = nullptr;
  std::uint8_t* output_ = nullptr;
};

template <class Lanes, Finish kind>
void convolve_interleaved(const Conv& conv, const Part& part, int block) {
  Interleaved<Lanes, kind> pixels(conv, block);
  for (int y = part.row; y < part.row_end; ++y) {
    int x = 0;
    for (; x + 3 <= conv.width; x += 3) pixels.template make<3>(y, x);
    if (x + 2 == conv.width) pixels.template make<2>(y, x);
    if (x + 1 == conv.width) pixels.template make<1>(y, x);
  }
  pixels.end_all();
}

}  // namespace shiftwise::cpu
