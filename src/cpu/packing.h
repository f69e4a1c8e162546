// SPDX-License-Identifier: Apache-2.0
// Weights and taps in the order in which the kernels go through them.
#pragma once

#include "cpu/aligned.h"
#include "cpu/step.h"

namespace shiftwise::cpu {

/// Whether padding adds nothing to a sum: zero is stored as 128 where codes are signed, which the
/// bias takes off again.
bool skips_padding(const ConvolutionPlan::Term& term);

/// The runs of one output, all of one length. The taps of a row are one run where no channel is
/// padding.
struct Runs {
  std::vector<Run> list;
  int groups = 0;
  int in_row = 0;  ///< runs for a row of taps
};

/// width: of the output.
Runs runs_of(const ConvolutionPlan::Term& term, int kernel, int width);

/// Where output o is in the order of the kernels, of which the first blocks are interleaved (see
/// kInterleaved): its block times 16 plus its lane.
int place_of(int o, int interleaved_blocks);

/// [O/16][ky][kx][I/4][16 outputs][4 channels], zero where a channel is padding.
AlignedBytes pack(const core::Tensor<std::int8_t>& weight, int kernel, int interleaved_blocks);

}  // namespace shiftwise::cpu
