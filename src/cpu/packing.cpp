// SPDX-License-Identifier: Apache-2.0
#include "cpu/packing.h"

#include <algorithm>

namespace shiftwise::cpu {

bool skips_padding(const ConvolutionPlan::Term& term) { return term.layout.bias() == 0; }

Runs runs_of(const ConvolutionPlan::Term& term, int kernel, int width) {
  Runs runs;
  const Layout& layout = term.layout;
  const int groups = round_up(layout.channels, kGroup) / kGroup;
  const int taps = groups * kGroup == layout.pitch ? kernel : 1;  // in one run
  runs.groups = groups * taps;
  runs.in_row = kernel / taps;
  const int left = skips_padding(term) ? std::min(term.padding, kernel) : 0;
  const int inside = layout.width + term.padding - (width - 1) * term.stride;
  const int right = skips_padding(term) ? std::clamp(kernel - inside, 0, kernel - left) : 0;
  for (int ky = 0; ky < kernel; ++ky) {
    for (int kx = 0; kx < kernel; kx += taps) {
      Run run;
      run.offset = static_cast<std::int32_t>(ky * layout.row_bytes() + kx * layout.pixel_bytes());
      run.left = groups * std::clamp(left - kx, 0, taps);
      run.right = groups * std::clamp(kx + taps - (kernel - right), 0, taps);
      runs.list.push_back(run);
    }
  }
  return runs;
}

int place_of(int o, int interleaved_blocks) {
  constexpr int kFour = kInterleaved * kBlock;
  if (o >= interleaved_blocks * kBlock) return o;
  return o / kFour * kFour + o % kInterleaved * kBlock + o % kFour / kInterleaved;
}

AlignedBytes pack(const core::Tensor<std::int8_t>& weight, int kernel, int interleaved_blocks) {
  const int outputs = static_cast<int>(weight.shape[0]);
  const int inputs = static_cast<int>(weight.shape[1]);
  const int groups = round_up(inputs, kGroup) / kGroup;
  const int taps = kernel * kernel;
  AlignedBytes packed(static_cast<std::size_t>(round_up(outputs, kBlock)) * taps * groups * kGroup);
  for (int o = 0; o < outputs; ++o) {
    const int place = place_of(o, interleaved_blocks);
    for (int i = 0; i < inputs; ++i) {
      for (int tap = 0; tap < taps; ++tap) {
        const std::size_t group =
            (static_cast<std::size_t>(place / kBlock) * taps + tap) * groups + i / kGroup;
        packed.data()[(group * kBlock + place % kBlock) * kGroup + i % kGroup] =
            static_cast<std::uint8_t>(
                weight.values[(static_cast<std::size_t>(o) * inputs + i) * taps + tap]);
      }
    }
  }
  return packed;
}

}  // namespace shiftwise::cpu
