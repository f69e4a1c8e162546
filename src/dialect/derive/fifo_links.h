// SPDX-License-Identifier: Apache-2.0
// Links between object FIFOs: which tile they meet on, and which part of the big object each
// small one is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dialect/derive/design.h"

namespace shiftwise::dialect {

/// A part of an object, in elements.
struct Slice {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

enum class LinkKind { kPlain, kDistribute, kJoin };

struct LinkPlan {
  const FifoLink* link = nullptr;
  LinkKind kind = LinkKind::kPlain;
  core::TileId tile = {};
  std::vector<const ObjectFifo*> inputs = {};
  std::vector<const ObjectFifo*> outputs = {};
  /// The end whose objects are the pool's: an input's consumer end, or an output's producer end.
  const ObjectFifo* owner = nullptr;
  bool owner_is_input = true;
  std::vector<Slice> slices = {};  ///< one for each small FIFO; the whole object in a plain link
  std::vector<int> repeats = {};   ///< how often each slice is sent before it is free again
};

/// The links of a design, checked. Throws Error for contradictions.
std::vector<LinkPlan> plan_links(const Design& design);

std::int64_t elements(const MemrefType& type);

}  // namespace shiftwise::dialect
