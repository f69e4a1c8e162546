// SPDX-License-Identifier: Apache-2.0
// Blocks to a design, by one layout.
#pragma once

#include <vector>

#include "lower/planner.h"

namespace shiftwise::lower {

struct Made {
  Design design;  ///< without its text
  Program program;
  Layout layout;
};

/// Plans, places and measures. Throws Error where the layout does not fit on the device.
Made make(const qgraph::QGraph& network, const std::vector<Block>& blocks, const Options& options,
          const Layout& layout);

}  // namespace shiftwise::lower
