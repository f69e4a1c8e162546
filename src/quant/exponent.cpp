// SPDX-License-Identifier: Apache-2.0
#include "quant/exponent.h"

#include <algorithm>
#include <cmath>

namespace shiftwise::quant {

float log2_threshold(float threshold) {
  return static_cast<float>(std::log2(static_cast<double>(threshold)));
}

core::Exponent exponent_for(float threshold, int bits) {
  return {static_cast<int>(std::ceil(log2_threshold(threshold))) - bits};
}

double exponent_margin(float threshold) {
  const double log2 = std::log2(static_cast<double>(threshold));
  return std::abs(log2 - std::nearbyint(log2));
}

float weight_threshold(std::span<const float> weight) {
  float largest = 1e-10F;
  for (const float w : weight) largest = std::max(largest, std::abs(w));
  return largest;
}

float quantized_code(float value, qgraph::Element element, core::Exponent exponent) {
  const auto low = static_cast<float>(qgraph::lowest(element));
  const auto high = static_cast<float>(qgraph::highest(element));
  return std::clamp(std::nearbyintf(std::ldexp(value, -exponent.value)), low, high);
}

core::Tensor<std::int8_t> quantize_weight(const core::Tensor<float>& weight,
                                          core::Exponent exponent) {
  core::Tensor<std::int8_t> result(weight.shape);
  std::transform(weight.values.begin(), weight.values.end(), result.values.begin(), [&](float w) {
    return static_cast<std::int8_t>(quantized_code(w, qgraph::Element::kInt8, exponent));
  });
  return result;
}

std::vector<std::int32_t> quantize_bias(std::span<const double> bias, core::Exponent exponent) {
  std::vector<std::int32_t> result;
  result.reserve(bias.size());
  for (const double b : bias) {
    const double code = std::nearbyint(std::ldexp(b, -exponent.value));
    result.push_back(static_cast<std::int32_t>(std::clamp(code, -0x1p31, 0x1p31 - 1)));
  }
  return result;
}

}  // namespace shiftwise::quant
