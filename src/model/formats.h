// SPDX-License-Identifier: Apache-2.0
// One reader per file format. Private to the room.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "model/load.h"

namespace shiftwise::model {

// Whether the first bytes are those of the format.
bool looks_like_torch_zip(std::span<const std::byte> file);
bool looks_like_torch_legacy(std::span<const std::byte> file);

// The tensors under the names that the file gives them. All throw Error for whatever is not
// right, naming `path`.
Checkpoint read_safetensors(std::span<const std::byte> file, const std::string& path);
Checkpoint read_torch_zip(std::span<const std::byte> file, const std::string& path);
Checkpoint read_torch_legacy(std::span<const std::byte> file, const std::string& path);

}  // namespace shiftwise::model
