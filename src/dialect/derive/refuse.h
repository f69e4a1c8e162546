// SPDX-License-Identifier: Apache-2.0
// How a design is turned down: with its line, the thing, the reason and a way out.
#pragma once

#include <string>

#include "dialect/program.h"

namespace shiftwise::dialect {

/// "design.mlir:12:5, object FIFO 'in'".
std::string at(const Location& location, const std::string& thing);

/// The text contradicts itself or names what is not there.
[[noreturn]] void refuse_invalid(const std::string& where, const std::string& why,
                                 const std::string& hint = {});

/// The text is right, but the device has no room, port or path for it.
[[noreturn]] void refuse_unfit(const std::string& where, const std::string& why,
                               const std::string& hint = {});

/// The text is right, but nothing here executes it.
[[noreturn]] void refuse_unsupported(const std::string& where, const std::string& why,
                                     const std::string& hint = {});

}  // namespace shiftwise::dialect
