// SPDX-License-Identifier: Apache-2.0
// A network as JSON (its structure) and named tensors (its parameters), for artifacts.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "graph/graph.h"

namespace shiftwise::graph {

/// The structure: {"nodes": [{"name", "stage", "op", "inputs": [names], attributes...}, ...]}.
/// Throws Error where the graph is not valid.
nlohmann::ordered_json to_json(const Graph& graph);

/// The parameters under PyTorch's names: <node>.weight and .bias of Conv2d (OIHW) and Linear
/// (OI); <node>.weight, .bias, .running_mean and .running_var of BatchNorm.
std::map<std::string, core::Tensor<float>> parameters(const Graph& graph);

/// The inverse of the two above; `tensors` may hold others too. The result is verified.
/// Throws Error naming the node for whatever to_json would not have written.
Graph from_json(const nlohmann::ordered_json& json,
                const std::map<std::string, core::Tensor<float>>& tensors);

}  // namespace shiftwise::graph
