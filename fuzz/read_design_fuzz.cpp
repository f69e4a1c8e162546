// SPDX-License-Identifier: Apache-2.0
// Designs that nobody vouches for: an Error, or a text that is read and printed the same again,
// in both forms; and an Error or a program.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialect/read.h"
#include "dialect/text/text.h"
#include "try_to.h"

namespace {

using shiftwise::dialect::Era;

void print_twice(const std::string& text, Era era) {
  std::string once;
  shiftwise::fuzz::try_to([&] { once = shiftwise::dialect::reprint(text, "d.mlir", era).text; });
  if (once.empty()) return;
  // Not try_to: what was printed must be read.
  if (shiftwise::dialect::reprint(once, "d.mlir", era).text != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  print_twice(text, Era::kPresent);
  print_twice(text, Era::k2024);
  shiftwise::fuzz::try_to([&] { shiftwise::dialect::read_program(text, "d.mlir"); });
  return 0;
}
