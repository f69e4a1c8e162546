// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's python version: pickled dictionaries, read without trust and without Python.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace shiftwise::data {

/// The batch's images as binary records (label byte, 3 x 32 x 32 pixels). Throws Error naming
/// `where` for anything but a dictionary with "data" (uint8, N x 3072) and N "labels".
std::vector<std::byte> records_of_python_batch(std::span<const std::byte> bytes,
                                               const std::string& where);

/// The "label_names" of the python version's batches.meta.
std::vector<std::string> python_class_names(std::span<const std::byte> bytes,
                                            const std::string& where);

}  // namespace shiftwise::data
