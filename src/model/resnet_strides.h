// SPDX-License-Identifier: Apache-2.0
// The stride of each stage, which no checkpoint holds. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "model/load.h"
#include "model/parameters.h"
#include "model/resnet_names.h"

namespace shiftwise::model {

/// The given strides, or the likeliest: the usual ones (the first stage keeps the extents, the
/// others halve them), corrected by what the shortcuts tell. What is less than certain is said
/// in `notes`. Throws Error where a shortcut cannot be what the strides and channels ask for,
/// Fault::kUsage if the given strides are to blame.
std::vector<int> choose_strides(const ResNetNames& names, const Parameters& parameters,
                                const Overrides& overrides, std::vector<std::string>& notes);

/// Throws Error (Fault::kUsage) for values that no network could have.
void check_overrides(const Overrides& overrides);

}  // namespace shiftwise::model
