// SPDX-License-Identifier: Apache-2.0
// What kernel calls cost by the models of target (docs/cost-model.md): ours by analysis, the
// published ones by measured calls.
#pragma once

#include "sim/kernels.h"
#include "target/kernel_cost.h"

namespace shiftwise::sim {

class ModelledCost : public KernelCost {
 public:
  /// `published`: which sources mlir-aie's kernels are taken to be compiled from.
  explicit ModelledCost(target::PublishedKernels published = target::PublishedKernels::kTuned)
      : published_(published) {}

  /// Reads the call's scalars, and for our kernels the words of its parameters.
  std::optional<Cycles> cycles(const KernelCall& call) const override;

 private:
  target::PublishedKernels published_;
};

}  // namespace shiftwise::sim
