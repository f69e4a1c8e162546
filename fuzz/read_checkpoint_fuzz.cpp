// SPDX-License-Identifier: Apache-2.0
// Checkpoints from bytes that nobody vouches for: an Error or a result.
#include <cstdint>

#include "model/load.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes = std::as_bytes(std::span(data, size));
  shiftwise::fuzz::try_to([&] { shiftwise::model::parse_checkpoint(bytes, "input"); });
  return 0;
}
