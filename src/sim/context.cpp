// SPDX-License-Identifier: Apache-2.0
#include "sim/context.h"

#include <fmt/format.h>

#include "sim/fail.h"

namespace shiftwise::sim {

void check_race(Context& context, Buffer& buffer, Access access, const Causality& who,
                const std::string& name) {
  if (!who.enabled() || buffer.design().pool != dialect::kNone) return;
  access.actor = who.id;
  access.epoch = who.epoch();
  const bool writes = access.writes;
  const dialect::Location where = *access.where;
  access.place = where;
  const std::optional<Access> other = buffer.races().add(std::move(access), who);
  if (!other) return;
  fail(fmt::format("{} {} buffer '{}' while {} may still {} it", name, writes ? "writes" : "reads",
                   buffer.design().name, context.actors[static_cast<std::size_t>(other->actor)],
                   other->writes ? "write" : "read"),
       where, fmt::format("no lock orders it behind the access at {}", other->place),
       "let one release a lock that the other acquires");
}

}  // namespace shiftwise::sim
