// SPDX-License-Identifier: Apache-2.0
#include "lower/planner.h"

namespace shiftwise::lower {

void plan_balanced(const std::vector<Block>& blocks, Slack slack, Builder& builder) {
  plan_published(blocks, slack, builder);
}

}  // namespace shiftwise::lower
