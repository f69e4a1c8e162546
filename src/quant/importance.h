// SPDX-License-Identifier: Apache-2.0
// How much an error somewhere in the part matters at its output.
#pragma once

#include <map>
#include <vector>

#include "quant/channel_statistics.h"

namespace shiftwise::quant {

/// By node and channel: the squared error of the part's output, summed over one image, that
/// errors of variance 1 on every pixel of that channel cause, if they are independent
/// (docs/numerics.md, eq. 23).
using Importance = std::map<graph::NodeId, std::vector<double>>;

Importance find_importance(const Part& part,
                           const std::map<graph::NodeId, ChannelProfile>& profiles);

/// Sum over a channel's weights of their squares: what the layer makes of a unit error.
/// Calls use(o, i, energy) for every output channel o and input channel i.
template <typename Use>
void for_each_energy(const core::Tensor<float>& weight, const Use& use) {
  const auto outputs = static_cast<std::size_t>(weight.shape[0]);
  const auto inputs = static_cast<std::size_t>(weight.shape[1]);
  const std::size_t taps = weight.values.size() / (outputs * inputs);
  const float* w = weight.values.data();
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      float energy = 0;
      for (std::size_t t = 0; t < taps; ++t, ++w) energy += *w * *w;
      use(o, i, energy);
    }
  }
}

}  // namespace shiftwise::quant
