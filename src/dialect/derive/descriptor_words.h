// SPDX-License-Identifier: Apache-2.0
// Descriptors as the words of their registers (AM025, noc_module and memory_tile_module,
// dma/bd.txt): for npu.writebd, whose fields are what stands in the registers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "target/device.h"

namespace shiftwise::dialect {

/// The eight words of a shim or mem tile descriptor. `field` gives a field's value by the name
/// that npu.writebd has for it, 0 where the text has none.
std::vector<std::uint32_t> descriptor_words(
    target::TileKind kind, const std::function<std::int64_t(const std::string&)>& field);

}  // namespace shiftwise::dialect
