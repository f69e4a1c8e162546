// SPDX-License-Identifier: Apache-2.0
// One task, every contender beside the others.
#pragma once

#include <functional>
#include <string>

#include "qgraph/qgraph.h"
#include "shared/networks.h"

namespace shiftwise::bench {

/// The main function of a benchmark of one network: each contender is checked, then they take
/// turns; prints a Markdown table, writes JSON on demand. The network is the integer part of the
/// model that --model names, else synthetic(). Returns the exit code.
int compare_main(int argc, char** argv, const std::string& task,
                 const std::function<qgraph::QGraph(const ResNetShape&)>& synthetic);

}  // namespace shiftwise::bench
