// SPDX-License-Identifier: Apache-2.0
#include "model/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/diagnostic.h"
#include "model/quoted.h"

namespace shiftwise::model {

const core::Shape& Parameters::shape(const std::string& name, std::size_t dimensions) const {
  if (const auto skipped = checkpoint_.skipped.find(name); skipped != checkpoint_.skipped.end()) {
    refuse(name, fmt::format("its values are {}; only floats are weights", skipped->second),
           "give the float checkpoint from before it was quantized");
  }
  const auto found = checkpoint_.tensors.find(name);
  if (found == checkpoint_.tensors.end()) refuse(name, "it is missing");
  const core::Shape& shape = found->second.shape;
  if (shape.size() != dimensions) {
    refuse(name, fmt::format("{} has {} dimensions instead of {}", core::to_string(shape),
                             shape.size(), dimensions));
  }
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) {
    refuse(name, fmt::format("{} holds no values", core::to_string(shape)));
  }
  return shape;
}

core::Tensor<float> Parameters::take(const std::string& name, std::size_t dimensions) {
  shape(name, dimensions);
  return std::move(checkpoint_.tensors.extract(name).mapped());
}

std::vector<float> Parameters::take_vector(const std::string& name, std::int64_t channels) {
  if (const std::int64_t length = shape(name, 1)[0]; length != channels) {
    refuse(name, fmt::format("{} values for {} channels", length, channels));
  }
  return take(name, 1).values;
}

std::vector<float> Parameters::take_optional(const std::string& name, std::int64_t channels) {
  if (!has(name)) return {};
  return take_vector(name, channels);
}

void Parameters::expect_all_taken() const {
  for (const auto& [name, tensor] : checkpoint_.tensors) {
    if (name.ends_with(".num_batches_tracked")) continue;
    refuse(
        name,
        fmt::format("no part of the network recognized here needs it (shape {})",
                    core::to_string(tensor.shape)),
        "pre-activation networks, squeeze-and-excitation and other extensions are not supported");
  }
}

void Parameters::refuse(const std::string& tensor, const std::string& why,
                        const std::string& hint) const {
  const std::string place = fmt::format("tensor '{}'", printable(tensor));
  throw core::Error(
      {.what = "the checkpoint does not fit together as a ResNet",
       .where = checkpoint_.path.empty() ? place : fmt::format("{}, {}", checkpoint_.path, place),
       .why = why,
       .hint = hint});
}

}  // namespace shiftwise::model
