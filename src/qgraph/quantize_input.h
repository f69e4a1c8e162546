// SPDX-License-Identifier: Apache-2.0
// The border between floats and integers, both ways.
#pragma once

#include <span>

#include "qgraph/qgraph.h"

namespace shiftwise::qgraph {

/// codes[i] = clip(round_half_even(values[i] / 2^e), lowest, highest) (docs/numerics.md,
/// eq. 2). NaN becomes 0. One byte per code; int8 codes as two's complement.
void quantize_input(const Type& type, std::span<const float> values, std::span<std::byte> codes);

/// values[i] = codes[i] * 2^e, exact for 8-bit codes (eq. 1). The codes are stored as the
/// type's element says: one byte each, or four (int32, native order).
void dequantize(const Type& type, std::span<const std::byte> codes, std::span<float> values);

/// Bytes that one code takes in a buffer: 1, or 4 for int32.
std::size_t bytes_per_code(Element element);

}  // namespace shiftwise::qgraph
