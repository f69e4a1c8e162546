// SPDX-License-Identifier: Apache-2.0
// Networks from names and shapes that nobody vouches for: an Error or a valid graph. Each line
// of the input is a tensor: its name, then its extents.
#include <cstdint>
#include <sstream>
#include <string>

#include "model/load.h"
#include "try_to.h"

namespace {

constexpr std::int64_t kMostValues = 4096;

shiftwise::model::Checkpoint read_lines(const std::string& text) {
  shiftwise::model::Checkpoint checkpoint;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    shiftwise::core::Shape shape;
    std::int64_t values = 1;
    for (std::int64_t extent = 0; words >> extent;) {
      if (extent < 0 || extent > kMostValues || values * extent > kMostValues) break;
      values *= extent;
      shape.push_back(extent);
    }
    checkpoint.tensors[name] = shiftwise::core::Tensor<float>(shape);
  }
  return checkpoint;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shiftwise;
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::try_to([&] { model::build(read_lines(text)); });
  fuzz::try_to([&] { model::build(read_lines(text), {.strides = {{1, 2, 2, 2}}}); });
  return 0;
}
