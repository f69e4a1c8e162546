// SPDX-License-Identifier: Apache-2.0
// The first place where two models are not the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hybrid/model.h"

namespace shiftwise::hybrid {

/// One difference. `expected` belongs to the first of the two, `got` to the second.
struct Difference {
  std::string what;   ///< "layer1.0.conv1.weight", "exponent of layer1.0.add", ...
  std::string index;  ///< "[3, 0, 1, 1]"; empty for a property
  std::string expected;
  std::string got;
  std::int64_t differing = 0;  ///< elements of this tensor that differ; 0 for a property
};

/// What has been compared so far.
struct Compared {
  std::int64_t tensors = 0;
  std::int64_t elements = 0;
};

/// Compares what decides a result, in the order in which an image meets it: normalisation,
/// which part is in integers, structure and exponents, then every parameter of the integer
/// and of the float network. Origins may differ.
std::optional<Difference> compare_models(const Model& expected, const Model& got,
                                         Compared& compared);

}  // namespace shiftwise::hybrid
