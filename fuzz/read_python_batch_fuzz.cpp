// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's python version from bytes that nobody vouches for: an Error or a result.
#include <cstdint>

#include "data/python_batch.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shiftwise::data;
  using shiftwise::fuzz::try_to;
  const std::span bytes = std::as_bytes(std::span(data, size));
  try_to([&] { records_of_python_batch(bytes, "input"); });
  try_to([&] { python_class_names(bytes, "input"); });
  return 0;
}
