// SPDX-License-Identifier: Apache-2.0
// The model.safetensors of somebody else's quantized model: an Error or a valid model.
#include <cstddef>
#include <cstdint>
#include <span>

#include "hybrid/artifact.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shiftwise;
  fuzz::try_to([&] { hybrid::parse_model(std::as_bytes(std::span(data, size)), "fuzzed"); });
  return 0;
}
