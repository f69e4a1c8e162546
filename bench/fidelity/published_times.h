// SPDX-License-Identifier: Apache-2.0
// Our designs with the published kernels' times.
#pragma once

#include <memory>
#include <string_view>

#include "sim/kernels.h"
#include "target/kernel_cost.h"

namespace shiftwise::fidelity {

/// Cores that compute nothing: only the time of their calls is of interest.
std::shared_ptr<sim::KernelSource> silent_kernels();

/// Our kernels' calls, timed as the calls of mlir-aie's kernels that do the same: its own design
/// is not needed for its time, and its kernels' signatures refuse other widths.
class PublishedTimes : public sim::KernelCost {
 public:
  explicit PublishedTimes(target::PublishedKernels kernels) : kernels_(kernels) {}

  /// Nothing for calls that do what no published kernel does.
  std::optional<sim::Cycles> cycles(const sim::KernelCall& call) const override;

 private:
  target::PublishedKernels kernels_;
};

}  // namespace shiftwise::fidelity
