// SPDX-License-Identifier: Apache-2.0
// The simulated array as a backend.
#pragma once

#include "offload/executor.h"
#include "sim/array.h"

namespace shiftwise::offload {

/// A design in the simulator. Kernels are the ones that come with shiftwise. Throws Error
/// where the design's own text is not what the dialect and the device allow.
std::unique_ptr<ArrayDevice> simulated_device(const lower::Design& design,
                                              const target::Device& device,
                                              sim::Checks checks = sim::Checks::kDefault);

/// The backend "sim". `rest` runs the layers that are not on the array.
backend::Backend sim_backend(const lower::Options& options, backend::Backend rest);

}  // namespace shiftwise::offload
