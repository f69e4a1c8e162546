// SPDX-License-Identifier: Apache-2.0
// One file over HTTP, resumable and verified.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/progress.h"

namespace shiftwise::data {

struct Download {
  std::string url;             ///< http:// or https://
  std::string md5;             ///< what the whole file must have, lower-case hexadecimal
  std::filesystem::path file;  ///< where it goes; "<file>.part" holds what has arrived so far
  int connect_timeout_s = 30;  ///< to reach the server
  int stall_timeout_s = 60;    ///< without any byte arriving
  int redirects = 5;           ///< followed at most
  std::int64_t largest_bytes = std::int64_t{1} << 30;  ///< more than this is refused
};

/// Brings the file, unless it is there already with the right sum. Goes on where an earlier
/// call stopped: a part that has arrived stays on the disk whatever happens after. `file`
/// appears only after its sum was verified; a whole file with another sum is deleted.
/// Throws Error: the address, the server's answer, the sums that disagree, and whether
/// calling again resumes.
void download(const Download& request, core::Progress& progress);

}  // namespace shiftwise::data
