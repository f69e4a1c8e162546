// SPDX-License-Identifier: Apache-2.0
// A core's steps as operations.
#pragma once

#include <string>

#include "lower/program.h"

namespace shiftwise::lower {

std::string print_core(const Program& program, const Core& core);

/// "%tile_0_2".
std::string tile_name(core::TileId tile);
/// "memref<2048xui8>".
std::string memref(const Object& object);
/// "memref<2048xui8>, i32".
std::string signature(const Function& function);

}  // namespace shiftwise::lower
