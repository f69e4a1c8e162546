// SPDX-License-Identifier: Apache-2.0
// What must hold before a design can be executed at all, whoever made it.
#pragma once

#include <cstdint>

#include "dialect/program.h"
#include "target/device.h"

namespace shiftwise::sim {

/// Throws Error for descriptors that no hardware executes: empty ones, parts of words,
/// negative steps.
void validate(const dialect::DeviceProgram& program, const target::Device& device);

/// Bytes of a whole memref; 0 where an extent is open.
std::int64_t total_bytes(const dialect::MemrefType& type);

}  // namespace shiftwise::sim
