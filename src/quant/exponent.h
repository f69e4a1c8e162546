// SPDX-License-Identifier: Apache-2.0
// From thresholds to power-of-two scales, and from floats to integers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"
#include "core/units.h"
#include "qgraph/qgraph.h"

namespace shiftwise::quant {

/// log2 of a threshold as the seed's flow sees it: the float32 nearest to the logarithm
/// (docs/numerics.md, eq. 13). A threshold a few units above 2^k can therefore give k.
float log2_threshold(float threshold);

/// The smallest e with 2^e * 2^bits >= threshold, up to the rounding of log2_threshold():
/// ceil(log2_threshold) - bits. bits is 7 for a divisor of 128, 8 for 256.
core::Exponent exponent_for(float threshold, int bits);

/// Distance of log2_threshold() from the nearest integer: how far the exponent is from
/// being another one.
double exponent_margin(float threshold);

/// max|w|, at least 1e-10.
float weight_threshold(std::span<const float> weight);

/// clip(round_half_even(w / 2^e), -128, 127), exact (eq. 2).
core::Tensor<std::int8_t> quantize_weight(const core::Tensor<float>& weight,
                                          core::Exponent exponent);

/// clip(round_half_even(b / 2^e), -2^31, 2^31 - 1), in double: exact for float32 biases.
std::vector<std::int32_t> quantize_bias(std::span<const double> bias, core::Exponent exponent);

/// The code of one value of an 8-bit tensor, as a float (eq. 2).
float quantized_code(float value, qgraph::Element element, core::Exponent exponent);

}  // namespace shiftwise::quant
