// SPDX-License-Identifier: Apache-2.0
// The files that a design is handed over as.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lower/compile.h"

namespace shiftwise::lower {

struct Artifact {
  std::string path;  ///< below the output folder: "design.mlir", "kernels/conv1x1.cc"
  std::vector<std::byte> bytes;
};

/// What the banners of generated files say.
struct Banner {
  std::string tool;     ///< "shiftwise 0.1.0"
  std::string inputs;   ///< "resnet50.safetensors (sha256 ...), preset accurate"
  std::string command;  ///< "shiftwise compile OUT --target npu1"
};

/// design.mlir, weights.bin, rtp.json, Makefile, and in kernels/ the sources that the design
/// calls (own ABI) with all of their headers.
std::vector<Artifact> artifacts(const Design& design, KernelAbi abi, const Banner& banner);

/// A file of kernels/aie2, as this program was built with.
struct KernelSource {
  std::string_view name;
  std::string_view text;
};
const std::vector<KernelSource>& kernel_sources();

}  // namespace shiftwise::lower
