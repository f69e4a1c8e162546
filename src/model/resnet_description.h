// SPDX-License-Identifier: Apache-2.0
// Words for what was recognized.
#pragma once

#include <map>
#include <string>

#include "model/load.h"
#include "model/resnet_names.h"

namespace shiftwise::model {

/// Fills in the fields that follow from the names and the fields already there.
void finish_description(const ResNetNames& names, Description& description);

/// Takes "mean", "std" (three comma-separated numbers) and "classes" (comma-separated names)
/// from a file's metadata. Values that do not fit become a note.
void describe_metadata(const std::map<std::string, std::string>& metadata,
                       Description& description);

}  // namespace shiftwise::model
