// SPDX-License-Identifier: Apache-2.0
// How a design becomes an xclbin, where the tools for that exist.
#pragma once

#include <string>

#include "lower/compile.h"

namespace shiftwise::lower {

/// A Makefile for mlir-aie's aiecc and Peano: kernels to objects, then design.mlir to
/// final.xclbin and insts.bin, all in build/.
std::string makefile(const Design& design, KernelAbi abi);

}  // namespace shiftwise::lower
