// SPDX-License-Identifier: Apache-2.0
// Somebody who watches the array: traces. Hooks are called in the order of time of their
// ends; begin and end are cycles.
#pragma once

#include <string_view>

#include "dialect/program.h"
#include "sim/statistics.h"

namespace shiftwise::sim {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void kernel_called(core::TileId, std::string_view symbol, Cycles begin, Cycles end);
  /// A core stood still.
  virtual void core_waited(core::TileId, std::string_view cause, Cycles begin, Cycles end);
  /// One descriptor's data moved.
  virtual void descriptor_done(const target::Channel&, std::string_view memory, Cycles begin,
                               Cycles end);
  /// Also called once for its first value.
  virtual void lock_changed(const dialect::Lock&, int value, Cycles time);
  virtual void core_event(core::TileId, int number, Cycles time);
  virtual void operation_done(std::string_view operation, Cycles begin, Cycles end);
};

}  // namespace shiftwise::sim
