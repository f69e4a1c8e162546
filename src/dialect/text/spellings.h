// SPDX-License-Identifier: Apache-2.0
// Names that operations and types had in other years.
#pragma once

#include <string>
#include <string_view>

namespace shiftwise::dialect {

/// The present spelling of an operation's name (`AIE.useLock`, `aiex.ipu.sync`), or `name`.
std::string present_operation(std::string_view name);

/// The present spelling of `!AIE.objectFifo` or `#AIE.packet_info`, or `name`.
std::string present_symbol(std::string_view name);

/// The present spelling of a stream port (`CORE`), or `name`.
std::string present_port(std::string_view name);

/// Whether an operation (in its present spelling) is left out: switch settings that flows
/// already say, trace, and debugging.
bool is_skipped(std::string_view operation);

}  // namespace shiftwise::dialect
