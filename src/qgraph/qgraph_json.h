// SPDX-License-Identifier: Apache-2.0
// The quantized network as JSON (structure and exponents) beside named integer tensors.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "qgraph/qgraph.h"

namespace shiftwise::qgraph {

/// One object per node, in order: name, stage, op, inputs, element, exponent, shape, and for
/// people and other tools what follows from these: e_x, e_w, e_out, shift, e_skip, s_add,
/// residual ("published" or "wide"). Weights are not in it; they are called
/// "<name>.weight" and "<name>.bias".
nlohmann::ordered_json to_json(const QGraph& graph);

/// Where from_json finds the integers of a layer. Both throw Error where there are none.
struct TensorSource {
  std::function<core::Tensor<std::int8_t>(const std::string& name)> weight;
  std::function<core::Tensor<std::int32_t>(const std::string& name)> bias;
};

/// The inverse of to_json. The JSON may come from anywhere: every field is checked, the
/// derived ones against what they derive from, and verify() is run. Throws Error naming the
/// layer and field.
QGraph from_json(const nlohmann::ordered_json& json, const TensorSource& tensors);

/// "positive-inf", "conv-even", ...: the mode's aie_api name with hyphens.
std::string_view to_string(arith::Rounding rounding);
/// Throws Error (usage) listing the names where there is none of that name.
arith::Rounding parse_rounding(std::string_view name);

}  // namespace shiftwise::qgraph
