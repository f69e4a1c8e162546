// SPDX-License-Identifier: Apache-2.0
// What kernel calls cost by the models of target (docs/cost-model.md): ours by analysis, the
// published ones by measured calls, and whatever somebody has measured on their own.
#pragma once

#include <map>
#include <string>

#include "sim/kernels.h"
#include "target/kernel_cost.h"

namespace shiftwise::sim {

/// Cycles of one call, by symbol.
using GivenCycles = std::map<std::string, Cycles, std::less<>>;

/// A JSON object of such numbers: {"my_kernel": 1200}. Throws Error, with the path, for what is
/// no such object, for absurd numbers, and for kernels that `program` does not have.
GivenCycles read_kernel_cycles(const std::string& path, const dialect::Program& program);

class ModelledCost : public KernelCost {
 public:
  /// `published`: which sources mlir-aie's kernels are taken to be compiled from. `given` comes
  /// before all models.
  explicit ModelledCost(target::PublishedKernels published = target::PublishedKernels::kTuned,
                        GivenCycles given = {})
      : published_(published), given_(std::move(given)) {}

  /// Reads the call's scalars, and for our kernels the words of its parameters.
  std::optional<Cycles> cycles(const KernelCall& call) const override;
  std::string_view basis(const KernelCall& call) const override;

 private:
  std::optional<target::KernelCycles> modelled(const KernelCall& call) const;

  target::PublishedKernels published_;
  GivenCycles given_;
};

}  // namespace shiftwise::sim
