// SPDX-License-Identifier: Apache-2.0
// The entries of a zip archive in memory, by libarchive. Private to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shiftwise::model {

/// Reads the entry at hand whole. Throws Error where it is damaged or has more than
/// `most_bytes`; never holds more than that.
using ReadEntry = std::function<std::vector<std::byte>(std::uint64_t most_bytes)>;

/// Calls `visit` for every file in the archive, in the order of their places in it; what
/// `visit` does not read is skipped. Throws Error, with `where`, where the archive is damaged,
/// names an entry twice, or names one outside itself.
void visit_zip(std::span<const std::byte> file, const std::string& where,
               const std::function<void(std::string_view name, const ReadEntry& read)>& visit);

}  // namespace shiftwise::model
