// SPDX-License-Identifier: Apache-2.0
#include "dialect/derive/fifo_links.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/suggest.h"
#include "dialect/derive/refuse.h"

namespace shiftwise::dialect {
namespace {

const ObjectFifo& find(const Design& design, const FifoLink& link, const std::string& name) {
  const auto found = std::find_if(design.fifos.begin(), design.fifos.end(),
                                  [&](const ObjectFifo& fifo) { return fifo.name == name; });
  if (found != design.fifos.end()) return *found;
  std::vector<std::string> names;
  for (const ObjectFifo& fifo : design.fifos) names.push_back(fifo.name);
  refuse_invalid(at(link.location, "objectfifo.link"),
                 fmt::format("there is no object FIFO '{}'", name), core::suggest(name, names));
}

bool consumed_on(const ObjectFifo& fifo, core::TileId tile) {
  return std::any_of(fifo.consumers.begin(), fifo.consumers.end(),
                     [&](const FifoEnd& end) { return end.tile == tile; });
}

/// The tile that consumes every input and produces every output.
core::TileId meeting_tile(const Design& design, const LinkPlan& plan) {
  const core::TileId tile = plan.outputs.front()->producer.tile;
  const std::string where = at(plan.link->location, "objectfifo.link");
  for (const ObjectFifo* out : plan.outputs) {
    if (out->producer.tile != tile) {
      refuse_invalid(where,
                     fmt::format("'{}' is produced by {}, but '{}' by {}", out->name,
                                 target::describe(design.device, out->producer.tile),
                                 plan.outputs.front()->name, target::describe(design.device, tile)),
                     "the FIFOs of a link meet on one tile");
    }
  }
  for (const ObjectFifo* in : plan.inputs) {
    if (!consumed_on(*in, tile)) {
      refuse_invalid(where,
                     fmt::format("'{}' is not consumed by {}, which produces '{}'", in->name,
                                 target::describe(design.device, tile), plan.outputs.front()->name),
                     "the FIFOs of a link meet on one tile");
    }
  }
  return tile;
}

/// Where the small objects lie in the big one: as written, or one behind the other.
std::vector<Slice> slices(const LinkPlan& plan, const std::vector<const ObjectFifo*>& small,
                          const std::vector<std::int64_t>& written, const ObjectFifo& big) {
  const std::string where = at(plan.link->location, "objectfifo.link");
  if (!written.empty() && written.size() != small.size()) {
    refuse_invalid(where,
                   fmt::format("{} offsets for {} object FIFOs", written.size(), small.size()),
                   "give one offset for each, or none");
  }
  std::vector<Slice> result;
  std::int64_t running = 0;
  for (std::size_t i = 0; i < small.size(); ++i) {
    // Offsets and lengths count elements of the big object, whose type may be wider.
    const std::int64_t bytes = elements(small[i]->element) * small[i]->element.element_bytes();
    const std::int64_t unit = big.element.element_bytes();
    if (bytes % unit != 0) {
      refuse_invalid(where, fmt::format("an object of '{}' has {} bytes, which is no whole number "
                                        "of the {}-byte elements of '{}'",
                                        small[i]->name, bytes, unit, big.name));
    }
    const std::int64_t offset = written.empty() ? running : written[i];
    const std::int64_t length = bytes / unit;
    if (offset < 0 || offset + length > elements(big.element)) {
      refuse_invalid(where,
                     fmt::format("'{}' is elements {} to {} of '{}', which has {}", small[i]->name,
                                 offset, offset + length - 1, big.name, elements(big.element)),
                     "the offsets are in elements of the big object");
    }
    running = offset + length;
    result.push_back({offset, length});
  }
  return result;
}

void choose_owner(LinkPlan& plan) {
  const ObjectFifo& in = *plan.inputs.front();
  const ObjectFifo& out = *plan.outputs.front();
  if (plan.kind != LinkKind::kPlain) {
    plan.owner_is_input = plan.kind == LinkKind::kDistribute;
  } else if (!out.padding.empty()) {
    plan.owner_is_input = true;
  } else if (!out.initial.empty()) {
    plan.owner_is_input = false;
  } else {
    plan.owner_is_input = elements(in.element) * in.element.element_bytes() >=
                          elements(out.element) * out.element.element_bytes();
  }
  plan.owner = plan.owner_is_input ? &in : &out;
}

LinkPlan plan_link(const Design& design, const FifoLink& link) {
  LinkPlan plan{.link = &link};
  const std::string where = at(link.location, "objectfifo.link");
  for (const std::string& name : link.inputs) plan.inputs.push_back(&find(design, link, name));
  for (const std::string& name : link.outputs) plan.outputs.push_back(&find(design, link, name));
  if (plan.inputs.empty() || plan.outputs.empty()) {
    refuse_invalid(where, "a link has at least one input and one output");
  }
  if (plan.inputs.size() > 1 && plan.outputs.size() > 1) {
    refuse_invalid(where,
                   fmt::format("{} inputs and {} outputs", plan.inputs.size(), plan.outputs.size()),
                   "a link either distributes one input or joins into one output");
  }
  plan.kind = plan.inputs.size() > 1    ? LinkKind::kJoin
              : plan.outputs.size() > 1 ? LinkKind::kDistribute
                                        : LinkKind::kPlain;
  plan.tile = meeting_tile(design, plan);
  if (design.device.kind(plan.tile) == target::TileKind::kShim) {
    refuse_unfit(where,
                 fmt::format("it meets on {}, which has no memory",
                             target::describe(design.device, plan.tile)),
                 "link on a mem tile or a compute tile");
  }
  choose_owner(plan);
  if (plan.kind == LinkKind::kDistribute) {
    plan.slices = slices(plan, plan.outputs, link.destination_offsets, *plan.owner);
  } else if (plan.kind == LinkKind::kJoin) {
    plan.slices = slices(plan, plan.inputs, link.source_offsets, *plan.owner);
  } else {
    plan.slices = {{0, elements(plan.owner->element)}};
  }
  for (std::size_t i = 0; i < plan.slices.size(); ++i) {
    const ObjectFifo* sender =
        plan.kind == LinkKind::kDistribute ? plan.outputs[i] : plan.outputs.front();
    plan.repeats.push_back(sender->repeat.value_or(1));
  }
  return plan;
}

}  // namespace

std::int64_t elements(const MemrefType& type) {
  return std::accumulate(type.shape.begin(), type.shape.end(), std::int64_t{1},
                         std::multiplies<>());
}

std::vector<LinkPlan> plan_links(const Design& design) {
  std::vector<LinkPlan> plans;
  std::set<std::string> taken;
  for (const FifoLink& link : design.links) {
    plans.push_back(plan_link(design, link));
    std::vector<const ObjectFifo*> members = plans.back().inputs;
    members.insert(members.end(), plans.back().outputs.begin(), plans.back().outputs.end());
    for (const ObjectFifo* fifo : members) {
      if (!taken.insert(fifo->name).second) {
        refuse_invalid(at(link.location, "objectfifo.link"),
                       fmt::format("object FIFO '{}' is in another link already", fifo->name),
                       "an object FIFO can be in one link; let a copy of it go on");
      }
    }
  }
  return plans;
}

}  // namespace shiftwise::dialect
