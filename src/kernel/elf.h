// SPDX-License-Identifier: Apache-2.0
// As much of a shared library's format as tells which functions it defines.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace shiftwise::kernel {

/// The functions that a library offers, sorted. Throws Error naming `where` for anything but a
/// well-formed shared library for this machine.
std::vector<std::string> exported_functions(std::span<const std::byte> file,
                                            const std::string& where);

/// The bytes of the section with that name; empty where there is none. Throws as above.
std::span<const std::byte> find_section(std::span<const std::byte> file, const std::string& name,
                                        const std::string& where);

}  // namespace shiftwise::kernel
