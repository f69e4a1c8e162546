// SPDX-License-Identifier: Apache-2.0
#include "sim/observer.h"

namespace shiftwise::sim {

void Observer::kernel_called(core::TileId, std::string_view, Cycles, Cycles) {}
void Observer::core_waited(core::TileId, std::string_view, Cycles, Cycles) {}
void Observer::descriptor_done(const target::Channel&, std::string_view, Cycles, Cycles) {}
void Observer::lock_changed(const dialect::Lock&, int, Cycles) {}
void Observer::core_event(core::TileId, int, Cycles) {}
void Observer::operation_done(std::string_view, Cycles, Cycles) {}

}  // namespace shiftwise::sim
