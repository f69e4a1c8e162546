// SPDX-License-Identifier: Apache-2.0
// A checkpoint's tensors, taken one by one by the network that needs them. Private to the
// room.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/load.h"

namespace shiftwise::model {

class Parameters {
 public:
  explicit Parameters(Checkpoint checkpoint) : checkpoint_(std::move(checkpoint)) {}

  const Checkpoint& checkpoint() const { return checkpoint_; }
  bool has(const std::string& name) const { return checkpoint_.tensors.contains(name); }

  /// The extents of a tensor that must be there, of that many dimensions, none of them 0.
  const core::Shape& shape(const std::string& name, std::size_t dimensions) const;
  /// The tensor itself, which is not here any more.
  core::Tensor<float> take(const std::string& name, std::size_t dimensions);
  /// One value per channel.
  std::vector<float> take_vector(const std::string& name, std::int64_t channels);
  /// The same, or nothing where there is no such tensor.
  std::vector<float> take_optional(const std::string& name, std::int64_t channels);

  /// Throws Error naming the first tensor that nobody took.
  void expect_all_taken() const;
  /// Throws Error that names the file and the tensor.
  [[noreturn]] void refuse(const std::string& tensor, const std::string& why,
                           const std::string& hint = {}) const;

 private:
  Checkpoint checkpoint_;
};

}  // namespace shiftwise::model
