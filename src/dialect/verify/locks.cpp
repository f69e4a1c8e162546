// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "dialect/derive/refuse.h"
#include "dialect/verify/verify.h"

namespace shiftwise::dialect {

void verify_locks(const DeviceProgram& program, const target::Device& device) {
  std::map<core::TileId, int> counts;
  std::map<std::pair<core::TileId, int>, const Lock*> numbered;
  for (const Lock& lock : program.locks) {
    const std::string where = at(lock.location, "lock '" + lock.name + "'");
    const std::string tile = target::describe(device, lock.tile);
    const int most = device.facts(lock.tile).locks;
    if (lock.id && (*lock.id < 0 || *lock.id >= most)) {
      refuse_unfit(where, fmt::format("{} has no lock {}", tile, *lock.id),
                   fmt::format("it has locks 0 to {}", most - 1));
    }
    if (lock.id) {
      const auto [other, added] = numbered.try_emplace({lock.tile, *lock.id}, &lock);
      if (!added) {
        refuse_invalid(
            where,
            fmt::format("lock {} of {} is '{}' already", *lock.id, tile, other->second->name),
            "give it another number, or none");
      }
    }
    if (lock.initial < 0 || lock.initial > device.lock_max) {
      refuse_unfit(where, fmt::format("it starts at {}", lock.initial),
                   fmt::format("locks count from 0 to {}", device.lock_max));
    }
    if (++counts[lock.tile] > most) {
      refuse_unfit(
          where,
          fmt::format("it is lock number {} of {}, which has {}", counts[lock.tile], tile, most),
          "an object FIFO end takes two locks; move some to other tiles");
    }
  }
}

}  // namespace shiftwise::dialect
