// SPDX-License-Identifier: Apache-2.0
// The folder that `quantize` writes and every other verb reads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "hybrid/model.h"

namespace shiftwise::hybrid {

/// model.safetensors holds everything:
///   <layer>.weight  I8  [O][I][K][K] or [O][I]   the integer network's weights
///   <layer>.bias    I32 [O]                      at exponent e_w + e_x
///   float.<name>    F16 where that is exact for every value of the tensor, else F32: the
///                   parameters of the original float network under PyTorch's names
/// and in its metadata under "shiftwise" a JSON text: schema, origin, normalisation, classes,
/// both networks' structure and every exponent and shift.
inline constexpr const char* kModelFile = "model.safetensors";

/// scales.json repeats the integer network's table for people and other tools, with
/// `combined_scale` (-log2(in * weight / out), the shift) and the scales as plain numbers.
/// It is not read back; a folder with such a file is one that shiftwise may replace.
inline constexpr const char* kScalesFile = "scales.json";

/// Version of the JSON in the metadata; another one is refused.
inline constexpr int kSchema = 1;

/// Writes both files into `folder`, which exists. The same model gives the same bytes.
void write_model(const Model& model, const std::filesystem::path& folder);

/// Reads such a folder; the file may come from anybody: everything is checked, fields that
/// follow from others against them, and verify() is run. Throws Error naming file and field.
Model read_model(const std::filesystem::path& folder);

/// The same of a model.safetensors in memory; `where` is only for messages.
Model parse_model(std::span<const std::byte> file, const std::string& where);

}  // namespace shiftwise::hybrid
