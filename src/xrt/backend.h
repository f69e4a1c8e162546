// SPDX-License-Identifier: Apache-2.0
// The NPU as a backend.
#pragma once

#include <filesystem>

#include "offload/executor.h"

namespace shiftwise::xrt {

/// The files that the Makefile of `shiftwise compile` makes in the model's folder.
inline constexpr const char* kXclbin = "build/final.xclbin";
inline constexpr const char* kInstructions = "build/insts.bin";

/// The backend "xrt": runs what was built in `folder`. Its executors throw Error where
/// nothing is built there, or where it was built from another design than `options` give.
backend::Backend xrt_backend(const lower::Options& options, std::filesystem::path folder,
                             backend::Backend rest);

}  // namespace shiftwise::xrt
