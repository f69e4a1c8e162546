// SPDX-License-Identifier: Apache-2.0
// The statements themselves, held to the project's norm: the reference executor. What holds
// for a statement holds for the kernels, which equal it.
#include "qgraph/reference.h"

#include <gtest/gtest.h>

#include "kernels_aie2/calls.h"
#include "shared/network_builder.h"

namespace shiftwise::tests {
namespace {

using qgraph::Element;
using qgraph::NodeId;

/// A node's image as one object [C/8][H * W][8]; T is its element.
template <typename T>
std::vector<T> object_of(const qgraph::QGraph& graph, NodeId id, const qgraph::Codes& codes) {
  const core::ImageShape& s = graph.nodes[static_cast<std::size_t>(id)].output.shape;
  std::vector<T> object(static_cast<std::size_t>(s.elements()));
  for (int c = 0; c < s.channels; ++c) {
    for (int i = 0; i < s.height * s.width; ++i) {
      object[static_cast<std::size_t>(((c / 8) * s.height * s.width + i) * 8 + c % 8)] =
          static_cast<T>(codes[static_cast<std::size_t>(c * s.height * s.width + i)]);
    }
  }
  return object;
}

const qgraph::Conv2d& conv(const qgraph::QGraph& graph, NodeId id) {
  return std::get<qgraph::Conv2d>(graph.nodes[static_cast<std::size_t>(id)].operation);
}

void append_weights(const qgraph::Conv2d& c, std::vector<std::int8_t>& to) {
  const int taps = c.kernel() * c.kernel();
  to.resize(static_cast<std::size_t>(sw_next_part(static_cast<int>(to.size()))));
  for (int og = 0; og < c.outputs() / 8; ++og) {
    for (int ig = 0; ig < c.inputs() / 8; ++ig) {
      for (int tap = 0; tap < taps; ++tap) {
        for (int i = 8 * ig; i < 8 * ig + 8; ++i) {
          for (int o = 8 * og; o < 8 * og + 8; ++o) {
            to.push_back(
                c.weight.values[static_cast<std::size_t>((o * c.inputs() + i) * taps + tap)]);
          }
        }
      }
    }
  }
  const auto* bias = reinterpret_cast<const std::int8_t*>(c.bias.data());
  to.insert(to.end(), bias, bias + 4 * c.outputs());
}

/// The whole image is one object of H rows: nothing lies before or after it.
SwConvParams whole_image(const qgraph::QGraph& graph, NodeId in, NodeId main) {
  const auto shape = [&](NodeId id) {
    return graph.nodes[static_cast<std::size_t>(id)].output.shape;
  };
  SwConvParams p = {};
  p.rows = shape(main).height;
  p.pixels = shape(main).width;
  p.out_row_stride = p.pixels;
  p.out_group_stride = p.rows * p.pixels;
  p.stride = conv(graph, main).stride;
  p.in_width = shape(in).width;
  p.in_rows = shape(in).height;
  p.in_row_stride = p.in_width;
  p.in_group_stride = p.in_rows * p.in_width;
  p.in0_groups = shape(in).channels / 8;
  p.out_groups = shape(main).channels / 8;
  p.weight_groups = p.out_groups;
  p.rounding = static_cast<std::int32_t>(graph.rounding);
  p.shift = qgraph::output_shift(graph, main).value;
  return p;
}

void describe_residual(const qgraph::QGraph& graph, NodeId main, NodeId skip, NodeId skip_input,
                       NodeId add, SwConvParams& p) {
  const auto type = [&](NodeId id) { return graph.nodes[static_cast<std::size_t>(id)].output; };
  const int e = std::min(type(main).exponent.value, type(skip).exponent.value);
  p.residual = type(main).element == Element::kInt32 ? SW_RESIDUAL_WIDE : SW_RESIDUAL_PUBLISHED;
  p.main_left = type(main).exponent.value - e;
  p.skip_left = type(skip).exponent.value - e;
  p.sum_shift = qgraph::output_shift(graph, add).value;
  p.skip_groups = type(skip_input).shape.channels / 8;
  p.skip_stride = 1;
  p.skip_row_stride = type(skip_input).shape.width;
  p.skip_group_stride = type(skip_input).shape.width * type(skip_input).shape.height;
  if (skip != skip_input) {
    p.skip_stride = conv(graph, skip).stride;
    p.skip_shift = qgraph::output_shift(graph, skip).value;
  }
}

constexpr int kBoth = SW_BORDER_TOP | SW_BORDER_BOTTOM;

/// Codes of `main`, or of `add` where there is one, by the statement.
template <typename X, typename S, typename Y>
std::vector<Y> by_statement(const qgraph::QGraph& graph, const std::vector<qgraph::Codes>& codes,
                            NodeId in, NodeId main, NodeId skip, NodeId skip_input, NodeId add) {
  namespace scalar = sw::scalar;
  SwConvParams p = whole_image(graph, in, main);
  const int taps = conv(graph, main).kernel() * conv(graph, main).kernel();
  std::vector<std::int8_t> weights;
  append_weights(conv(graph, main), weights);
  const std::vector<X> x = object_of<X>(graph, in, codes[static_cast<std::size_t>(in)]);
  std::vector<S> s;
  if (add != 0) {
    describe_residual(graph, main, skip, skip_input, add, p);
    s = object_of<S>(graph, skip_input, codes[static_cast<std::size_t>(skip_input)]);
    if (skip != skip_input) append_weights(conv(graph, skip), weights);
  }
  std::vector<Y> out(static_cast<std::size_t>(8 * p.out_groups * p.out_group_stride));
  const auto with = [&](const auto& c) {
    if (add == 0) return scalar::codes(c, out.data(), p);
    if (skip == skip_input) return scalar::codes_with_skip(c, s.data(), out.data(), p);
    scalar::codes_with_projection(
        c, scalar::projection(s.data(), weights.data(), p.in0_groups, taps, p), out.data(), p);
  };
  if (taps == 1) {
    with(scalar::Conv1x1<X>{x.data(), x.data(), weights.data(), p});
  } else {
    with(scalar::Conv3x3<X>{nullptr, x.data(), nullptr, weights.data(), p, kBoth});
  }
  return out;
}

TEST(KernelStatements, EqualTheReferenceForConvolutions) {
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    for (const int kernel : {1, 3}) {
      for (const int stride : {1, 2}) {
        for (const int shift : {-2, 0, 9, 14}) {
          for (const core::ImageShape shape :
               {core::ImageShape{16, 1, 1}, core::ImageShape{8, 7, 5},
                core::ImageShape{24, 6, 9}}) {
            NetworkBuilder net(static_cast<std::uint32_t>(kernel + shift + 40), shape, in);
            const NodeId main = net.convolution(0, {.outputs = 16,
                                                    .kernel = kernel,
                                                    .stride = stride,
                                                    .padding = kernel / 2,
                                                    .shift = shift});
            const auto bytes = static_cast<std::size_t>(shape.elements());
            std::vector<std::int32_t> input(bytes);
            std::mt19937 random(3);
            for (auto& code : input) {
              code = static_cast<std::int32_t>(random() % 256) - (in == Element::kInt8 ? 128 : 0);
            }
            const auto codes = qgraph::run_reference(net.graph(), input);
            const auto expected =
                object_of<std::uint8_t>(net.graph(), main, codes[static_cast<std::size_t>(main)]);
            if (in == Element::kUint8) {
              EXPECT_EQ((by_statement<std::uint8_t, std::uint8_t, std::uint8_t>(net.graph(), codes,
                                                                                0, main, 0, 0, 0)),
                        expected);
            } else {
              EXPECT_EQ((by_statement<std::int8_t, std::uint8_t, std::uint8_t>(net.graph(), codes,
                                                                               0, main, 0, 0, 0)),
                        expected);
            }
          }
        }
      }
    }
  }
}

/// input -> squeeze -> main, added to the input or to its projection.
void check_residual(bool wide, bool projected, int distance, int kernel, int stride) {
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    NetworkBuilder net(21, {projected ? 24 : 32, 6, 9}, in);
    const NodeId squeeze = net.convolution(
        0, {.outputs = 16, .kernel = kernel, .stride = stride, .padding = kernel / 2, .shift = 11});
    // Exponents that lie `distance` apart, by the choice of the weights' own exponent.
    NetworkBuilder::Convolution c = {.outputs = 32,
                                     .kernel = kernel,
                                     .padding = kernel / 2,
                                     .shift = 11,
                                     .element = wide ? Element::kInt32 : Element::kInt8};
    const int squeezed = net.graph().nodes[static_cast<std::size_t>(squeeze)].output.exponent.value;
    const int target = -7 + (wide ? -6 : 0);
    c.weight_exponent = target + distance - squeezed - (wide ? 0 : 11);
    const NodeId main = net.convolution(squeeze, c);
    NodeId skip = 0;
    if (projected) {
      c.kernel = 1;
      c.padding = 0;
      c.stride = stride;
      c.weight_exponent = target + 7 - (wide ? 0 : 11);
      skip = net.convolution(0, c);
    }
    const NodeId add = net.sum(main, skip, wide ? 11 : 1);
    std::vector<std::int32_t> input(
        static_cast<std::size_t>(net.graph().input_type().shape.elements()));
    std::mt19937 random(5);
    for (auto& code : input) {
      code = static_cast<std::int32_t>(random() % 256) - (in == Element::kInt8 ? 128 : 0);
    }
    qgraph::verify(net.graph());
    const auto codes = qgraph::run_reference(net.graph(), input);
    const auto expected =
        object_of<std::uint8_t>(net.graph(), add, codes[static_cast<std::size_t>(add)]);
    if (in == Element::kUint8) {
      EXPECT_EQ((by_statement<std::uint8_t, std::uint8_t, std::uint8_t>(net.graph(), codes, squeeze,
                                                                        main, skip, 0, add)),
                expected);
    } else {
      EXPECT_EQ((by_statement<std::uint8_t, std::int8_t, std::uint8_t>(net.graph(), codes, squeeze,
                                                                       main, skip, 0, add)),
                expected);
    }
  }
}

TEST(KernelStatements, EqualTheReferenceForResiduals) {
  for (const int kernel : {1, 3}) {
    for (const bool wide : {false, true}) {
      for (const int distance : {-3, 0, 2}) {
        check_residual(wide, false, distance, kernel, 1);
        check_residual(wide, true, distance, kernel, 1);
        check_residual(wide, true, distance, kernel, 2);
      }
    }
  }
}

}  // namespace
}  // namespace shiftwise::tests
