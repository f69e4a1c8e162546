// SPDX-License-Identifier: Apache-2.0
// Residual networks that an array can hold.
#pragma once

#include "shared/network_builder.h"

namespace shiftwise::tests {

struct Bottleneck {
  core::ImageShape input = {16, 8, 8};
  qgraph::Element element = qgraph::Element::kUint8;
  int middle = 16;
  int outputs = 32;
  int stride = 1;  ///< of the first block's 3x3 and projection
  bool wide = false;
  int blocks = 1;
  int widened = 0;  ///< outputs of the last block, by a projection; 0: as of the others
};

/// Blocks of 1x1, 3x3, 1x1; the first one's skip is a projection. Exponents of a published
/// residual's operands are equal, so that every kernel ABI can compute it.
inline qgraph::QGraph bottlenecks(const Bottleneck& b) {
  NetworkBuilder net(7, b.input, b.element);
  const auto branch = b.wide ? qgraph::Element::kInt32 : qgraph::Element::kInt8;
  qgraph::NodeId x = 0;
  for (int block = 0; block < b.blocks; ++block) {
    const int stride = block == 0 ? b.stride : 1;
    const bool widens = b.widened > 0 && block + 1 == b.blocks;
    const int exponent = net.type(x).exponent.value;
    const auto reduced = net.convolution(x, {.outputs = b.middle, .shift = 8});
    const auto inner = net.convolution(
        reduced, {.outputs = b.middle, .kernel = 3, .stride = stride, .padding = 1, .shift = 11});
    const auto last = [&](qgraph::NodeId from, int step) {
      const int target = exponent + (b.wide ? -6 : -9);
      return net.convolution(from, {.outputs = widens ? b.widened : b.outputs,
                                    .stride = step,
                                    .shift = 9,
                                    .element = branch,
                                    .weight_exponent = target - net.type(from).exponent.value});
    };
    const auto main = last(inner, 1);
    const auto skip = block == 0 || widens ? last(x, stride) : x;
    x = net.sum(main, skip, b.wide ? 10 : 1);
  }
  return net.graph();
}

/// Blocks of two 3x3.
inline qgraph::QGraph basic_blocks(int channels, int height, int width, int blocks) {
  NetworkBuilder net(3, {channels, height, width}, qgraph::Element::kUint8);
  qgraph::NodeId x = 0;
  for (int block = 0; block < blocks; ++block) {
    NetworkBuilder::Convolution conv = {
        .outputs = channels, .kernel = 3, .padding = 1, .shift = 10};
    const auto first = net.convolution(x, conv);
    conv.element = qgraph::Element::kInt8;
    conv.weight_exponent = net.type(x).exponent.value - 10 - net.type(first).exponent.value;
    x = net.sum(net.convolution(first, conv), x, 1);
  }
  return net.graph();
}

}  // namespace shiftwise::tests
