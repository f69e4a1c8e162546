// SPDX-License-Identifier: Apache-2.0
// Pictures and CIFAR records from bytes that nobody vouches for: an Error or a result.
#include <cstdint>

#include "data/cifar_records.h"
#include "data/picture.h"
#include "try_to.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shiftwise::data;
  using shiftwise::fuzz::try_to;
  const std::span bytes = std::as_bytes(std::span(data, size));
  try_to([&] { decode_picture(bytes, "input"); });
  try_to([&] { check_records(bytes, "input"); });
  try_to([&] { parse_class_names({reinterpret_cast<const char*>(data), size}, "input"); });
  return 0;
}
