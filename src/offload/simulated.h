// SPDX-License-Identifier: Apache-2.0
// The simulated array as a backend.
#pragma once

#include "offload/executor.h"
#include "sim/array.h"

namespace shiftwise::offload {

struct SimulatedOptions {
  sim::Checks checks = sim::Checks::kDefault;
  target::Facts facts = {};  ///< in which the device differs from that of its name
  /// Where kernels with access checks come from, shared by all devices; null: as they are.
  std::shared_ptr<kernel::CheckedLibraries> checked = nullptr;
};

/// A design in the simulator. Kernels are the ones that come with shiftwise. Throws Error
/// where the design's own text is not what the dialect and the device allow.
std::unique_ptr<ArrayDevice> simulated_device(const lower::Design& design,
                                              const target::Device& device,
                                              const SimulatedOptions& options = {});

/// The backend "sim". `rest` runs the layers that are not on the array.
backend::Backend sim_backend(const lower::Options& options, backend::Backend rest,
                             SimulatedOptions simulated = {});

}  // namespace shiftwise::offload
