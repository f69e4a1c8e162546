// SPDX-License-Identifier: Apache-2.0
// Weights to integers, each one's rounding error undone by those rounded after it.
#pragma once

#include "core/tensor.h"
#include "core/units.h"
#include "quant/input_covariance.h"

namespace shiftwise::quant {

/// int8 codes of `weight` at `exponent`, chosen one after the other so that the outputs stay
/// close to the float weights' (docs/numerics.md, eq. 22). `noise` is the variance that
/// rounding the inputs adds to each of them. The same for any number of threads.
core::Tensor<std::int8_t> round_weights(const core::Tensor<float>& weight, core::Exponent exponent,
                                        const InputCovariance& inputs, double noise);

}  // namespace shiftwise::quant
