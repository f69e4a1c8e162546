// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's python version in small: the pickles that Python 2 wrote, opcode for opcode.
#pragma once

#include <string>
#include <vector>

namespace shiftwise::data {

/// The batch that holds what the binary `records` (3073 bytes each) hold, as cPickle of
/// Python 2 wrote the originals: protocol 2, byte strings, a memo entry for everything,
/// lists appended to in runs, "data" a numpy array of uint8.
std::string python_batch(const std::string& records);

/// The python version's batches.meta.
std::string python_meta(const std::vector<std::string>& names);

}  // namespace shiftwise::data
