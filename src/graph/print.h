// SPDX-License-Identifier: Apache-2.0
// A network as text for people.
#pragma once

#include <string>

#include "graph/graph.h"

namespace shiftwise::graph {

/// What a node does besides its kind: "64 -> 256, 1x1, stride 1, bias"; empty where the kind
/// says it all.
std::string describe(const Operation& operation);

/// One line per node: its number, stage, name, kind, details, the numbers of its inputs and
/// the shape of its output. Throws Error where the graph is not valid.
std::string print(const Graph& graph);

}  // namespace shiftwise::graph
