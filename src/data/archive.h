// SPDX-License-Identifier: Apache-2.0
// The batches inside an archive that nobody vouches for.
#pragma once

#include <filesystem>

#include "data/batch_sink.h"

namespace shiftwise::data {

/// Hands CIFAR-10's files in a .tar.gz (or .tar) to `sink`, wherever in it they lie in their own
/// folder. Nothing is written under a name that the archive gives; links, other files and other
/// folders are passed over; an archive that claims to unpack to far more than CIFAR-10 is
/// refused. Throws Error naming the archive and the member.
void unpack_batches(const std::filesystem::path& archive, BatchSink& sink);

}  // namespace shiftwise::data
