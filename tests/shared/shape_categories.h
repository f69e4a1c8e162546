// SPDX-License-Identifier: Apache-2.0
// The networks on which kernels go wrong, listed once for every suite of executors.
#pragma once

#include <string>
#include <vector>

#include "shared/network_builder.h"

namespace shiftwise::tests {

enum class Fill { kRandom, kLowest, kHighest };

/// Codes for `images` images of a network's input, one byte each.
inline std::vector<std::byte> make_input(const qgraph::Type& type, int images, Fill fill,
                                         std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> codes(static_cast<std::size_t>(type.shape.elements() * images));
  for (std::byte& code : codes) {
    code = fill == Fill::kRandom
               ? static_cast<std::byte>(random())
               : static_cast<std::byte>(fill == Fill::kLowest ? qgraph::lowest(type.element)
                                                              : qgraph::highest(type.element));
  }
  return codes;
}

/// A network, what is special about it, and what to feed it with.
struct Case {
  std::string name;
  qgraph::QGraph graph;
  Fill fill = Fill::kRandom;
};

namespace cases {
using qgraph::Element;

/// One convolution.
inline qgraph::QGraph one(core::ImageShape input, Element element,
                          const NetworkBuilder::Convolution& convolution) {
  NetworkBuilder net(7, input, element);
  net.convolution(0, convolution);
  return net.graph();
}

inline void add_shapes(std::vector<Case>& list) {
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    const std::string signedness(qgraph::to_string(in));
    const auto one_case = [&](const std::string& name, core::ImageShape shape,
                              const NetworkBuilder::Convolution& c) {
      list.push_back({signedness + ", " + name, one(shape, in, c)});
    };
    one_case("one pixel", {64, 1, 1}, {.outputs = 32});
    one_case("one pixel under a 3x3 window", {16, 1, 1}, {.kernel = 3, .padding = 1});
    one_case("one channel", {1, 5, 5}, {.outputs = 1, .kernel = 3, .padding = 1});
    one_case("one channel group, borders", {4, 6, 9}, {.kernel = 3, .padding = 1, .shift = 7});
    one_case("three channels", {3, 8, 8}, {.outputs = 64, .kernel = 3, .padding = 1, .shift = 9});
    one_case("odd channels", {37, 5, 6}, {.outputs = 19, .kernel = 3, .padding = 1, .shift = 12});
    one_case("odd width, 1x1", {64, 3, 13}, {.outputs = 80, .shift = 11});
    one_case("a width of 33, 3x3", {16, 3, 33}, {.kernel = 3, .padding = 1, .shift = 10});
    one_case("a width of 15", {20, 2, 15}, {.outputs = 33, .kernel = 3, .padding = 1});
    one_case("a width of 7, odd height", {64, 7, 7},
             {.outputs = 48, .kernel = 3, .padding = 1, .shift = 13});
    one_case("stride 2 on odd sizes", {16, 9, 11},
             {.kernel = 3, .stride = 2, .padding = 1, .shift = 10});
    one_case("stride 2, 1x1", {64, 8, 8}, {.outputs = 128, .stride = 2, .shift = 12});
    one_case("7x7 stride 2", {3, 17, 19},
             {.outputs = 24, .kernel = 7, .stride = 2, .padding = 3, .shift = 10});
    one_case("2x2 without padding", {8, 5, 5}, {.kernel = 2, .shift = 9});
    one_case("64 channels, 32 wide", {64, 4, 32},
             {.outputs = 64, .kernel = 3, .padding = 1, .shift = 14});
    one_case("many channels, 4x4", {128, 4, 4},
             {.outputs = 96, .kernel = 3, .padding = 1, .shift = 14});
    one_case("tiles of 64 channels, 20 wide", {64, 5, 20},
             {.outputs = 48, .kernel = 3, .padding = 1, .shift = 14});
    one_case("tiles that run on over the halo", {64, 9, 5},
             {.outputs = 64, .kernel = 3, .padding = 1, .shift = 14});
    one_case("tiles, stride 2, an odd number of blocks", {192, 10, 14},
             {.outputs = 80, .kernel = 3, .stride = 2, .padding = 1, .shift = 15});
    one_case("tiles, one block", {128, 3, 3}, {.outputs = 10, .shift = 13});
    one_case("accumulators", {64, 4, 8}, {.outputs = 40, .element = Element::kInt32});
    one_case("int8 out", {64, 4, 8}, {.outputs = 40, .shift = 11, .element = Element::kInt8});
  }
}

inline void add_values(std::vector<Case>& list) {
  const core::ImageShape shape = {64, 3, 8};
  const auto one_case = [&](const std::string& name, Element in, Fill fill,
                            const NetworkBuilder::Convolution& c) {
    list.push_back({name, one(shape, in, c), fill});
  };
  for (const Element out : {Element::kUint8, Element::kInt8}) {
    const std::string suffix = ", " + std::string(qgraph::to_string(out)) + " out";
    for (const int shift : {-31, -3, -1, 0, 1, 8, 20, 31}) {
      one_case("shift " + std::to_string(shift) + suffix, Element::kUint8, Fill::kRandom,
               {.outputs = 32, .shift = shift, .element = out, .weight_low = -9, .weight_high = 9});
    }
    one_case("ties" + suffix, Element::kInt8, Fill::kRandom,
             {.kernel = 3,
              .padding = 1,
              .shift = 1,
              .element = out,
              .weight_low = 0,
              .weight_high = 0,
              .bias_range = 300});
    one_case("all weights -128, all inputs 255" + suffix, Element::kUint8, Fill::kHighest,
             {.kernel = 3, .padding = 1, .shift = 4, .element = out, .weight_high = -128});
    one_case("all weights 127, all inputs 255" + suffix, Element::kUint8, Fill::kHighest,
             {.kernel = 3, .padding = 1, .shift = 4, .element = out, .weight_low = 127});
    one_case("all weights -128, all inputs -128" + suffix, Element::kInt8, Fill::kLowest,
             {.kernel = 3, .padding = 1, .shift = 17, .element = out, .weight_high = -128});
    one_case("no room for the half" + suffix, Element::kUint8, Fill::kHighest,
             {.shift = 31, .element = out, .weight_low = 127, .bias_range = 0x7f000000});
  }
}

inline void add_residuals(std::vector<Case>& list) {
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    for (const bool wide : {false, true}) {
      for (const int distance : {-4, 0, 3}) {
        const std::string name = std::string(wide ? "wide" : "published") + " residual, " +
                                 std::string(qgraph::to_string(in)) + " in, exponents " +
                                 std::to_string(distance) + " apart";
        const NetworkBuilder::Convolution main = {
            .outputs = 32,
            .shift = 11,
            .element = wide ? Element::kInt32 : Element::kInt8,
            .weight_exponent = wide ? distance : -11 + distance};
        NetworkBuilder identity(3, {32, 5, 9}, in);
        identity.sum(identity.convolution(0, main), 0, wide ? 9 : 1);
        list.push_back({name + ", identity", identity.graph()});

        NetworkBuilder projection(4, {24, 6, 9}, in);
        NetworkBuilder::Convolution skip = main;
        skip.stride = 2;
        skip.weight_exponent = wide ? 0 : -11;
        NetworkBuilder::Convolution strided = main;
        strided.kernel = 3;
        strided.stride = 2;
        strided.padding = 1;
        const auto a = projection.convolution(0, strided);
        const auto b = projection.convolution(0, skip);
        projection.sum(a, b, wide ? 12 : 1, wide ? Element::kUint8 : Element::kInt8);
        list.push_back({name + ", projection", projection.graph()});

        NetworkBuilder block(12, {64, 6, 10}, in);
        NetworkBuilder::Convolution widened = main;
        widened.outputs = 128;
        NetworkBuilder::Convolution aside = skip;
        aside.outputs = 128;
        aside.stride = 1;
        const auto inner = block.convolution(
            0, {.outputs = 64, .kernel = 3, .padding = 1, .shift = 14, .weight_exponent = -14});
        const auto first = block.sum(block.convolution(inner, widened), block.convolution(0, aside),
                                     wide ? 13 : 1);
        const auto squeezed =
            block.convolution(first, {.outputs = 64, .shift = 13, .weight_exponent = -13});
        block.sum(block.convolution(squeezed, widened), first, wide ? 13 : 1);
        list.push_back({name + ", two blocks of full tiles", block.graph()});
      }
    }
  }
  // What the published flow makes of the embedded ResNet-50, and what is too large for 32 bits.
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    for (const Element branch : {Element::kUint8, Element::kInt8}) {
      for (const int shift : {-1, -5, -12, -22, -23, -31}) {
        NetworkBuilder left(13, {20, 5, 9}, in);
        const auto main = left.convolution(
            0, {.outputs = 20, .shift = 11, .element = branch, .weight_exponent = -10});
        left.sum(main, 0, shift, in);
        list.push_back({std::string(qgraph::to_string(branch)) + " branch plus " +
                            std::string(qgraph::to_string(in)) + ", shifted left by " +
                            std::to_string(-shift),
                        left.graph()});
      }
    }
  }
  NetworkBuilder codes(5, {20, 4, 4}, Element::kInt8);
  codes.sum(codes.max_pool(0, {}), codes.subsample(0, 20, 2), 1, Element::kInt8);
  list.push_back({"an add of codes that no convolution made", codes.graph()});

  for (const int shift : {-1, 0, 2}) {
    NetworkBuilder shortcut(10, {20, 5, 7}, Element::kUint8);
    const auto coarser = shortcut.subsample(0, 28, 2, shift, Element::kInt8);
    shortcut.sum(
        shortcut.convolution(coarser, {.outputs = 28, .shift = 11, .element = Element::kInt8}),
        coarser, 1);
    list.push_back({"option A requantized by " + std::to_string(shift), shortcut.graph()});
  }

  NetworkBuilder twice(6, {16, 4, 4}, Element::kUint8);
  const auto shared = twice.convolution(0, {.shift = 10, .element = Element::kInt8});
  const auto added = twice.sum(shared, 0, 4);
  twice.sum(twice.convolution(added, {.shift = 10, .element = Element::kInt8}), shared, 5);
  list.push_back({"a branch that two adds read", twice.graph()});

  NetworkBuilder self(8, {16, 4, 4}, Element::kUint8);
  const auto one = self.convolution(0, {.shift = 10, .element = Element::kInt8});
  self.sum(one, one, 1);
  list.push_back({"a branch added to itself", self.graph()});
}

inline void add_pools(std::vector<Case>& list) {
  for (const Element in : {Element::kUint8, Element::kInt8}) {
    NetworkBuilder net(9, {18, 11, 13}, in);
    const auto pooled = net.max_pool(0, {});
    const auto wider = net.subsample(pooled, 36, 2);
    const auto conv =
        net.convolution(wider, {.outputs = 36, .kernel = 3, .padding = 1, .shift = 12});
    const auto mean = net.average(conv, 0);
    net.linear(mean, 10);
    list.push_back({"pools and classifier, " + std::string(qgraph::to_string(in)), net.graph()});

    NetworkBuilder average(10, {70, 3, 5}, in);
    average.average(0, -2, Element::kInt8);
    list.push_back(
        {"the mean of 15 pixels, " + std::string(qgraph::to_string(in)), average.graph()});
    NetworkBuilder square(10, {16, 4, 4}, in);
    square.average(0, 1, Element::kUint8);
    list.push_back(
        {"the mean of 16 pixels, " + std::string(qgraph::to_string(in)), square.graph()});
  }
}

inline void add_roundings(std::vector<Case>& list) {
  using arith::Rounding;
  for (const Rounding mode :
       {Rounding::kFloor, Rounding::kCeil, Rounding::kSymmetricFloor, Rounding::kSymmetricCeil,
        Rounding::kNegativeInf, Rounding::kPositiveInf, Rounding::kSymmetricZero,
        Rounding::kSymmetricInf, Rounding::kConvEven, Rounding::kConvOdd}) {
    for (const int shift : {0, 1, 3}) {
      NetworkBuilder net(11, {16, 4, 6}, Element::kInt8);
      const NetworkBuilder::Convolution branch = {.outputs = 16,
                                                  .shift = shift,
                                                  .element = Element::kInt8,
                                                  .weight_low = -1,
                                                  .weight_high = 1,
                                                  .bias_range = 9,
                                                  .weight_exponent = -shift};
      const auto main = net.convolution(0, branch);
      const auto added = net.sum(main, 0, 1, Element::kInt8);
      net.average(added, 0, Element::kInt8);
      net.graph().rounding = mode;
      list.push_back({"rounding mode " + std::to_string(static_cast<int>(mode)) + ", shift " +
                          std::to_string(shift),
                      net.graph()});
    }
  }
}

}  // namespace cases

/// One pixel, one channel group, odd widths, borders, strides on odd sizes, extreme weights
/// and inputs, ties, saturation both ways, shifts from -31 to 31, both residuals, signed and
/// unsigned, every operation, every rounding mode. All pass qgraph::verify.
inline std::vector<Case> shape_categories() {
  std::vector<Case> list;
  cases::add_shapes(list);
  cases::add_values(list);
  cases::add_residuals(list);
  cases::add_pools(list);
  cases::add_roundings(list);
  return list;
}

/// A residual network of random depth, widths, strides, exponents and residual modes; the same
/// for the same seed everywhere.
inline qgraph::QGraph random_network(std::uint32_t seed) {
  using qgraph::Element;
  std::mt19937 random(seed);
  const auto pick = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<std::uint32_t>(high - low + 1));
  };
  const Element in = pick(0, 1) == 0 ? Element::kUint8 : Element::kInt8;
  NetworkBuilder net(seed, {pick(1, 20), pick(3, 12), pick(3, 20)}, in);
  const int width = 16 * pick(1, 4);
  auto x = net.convolution(0, {.outputs = width, .kernel = 3, .padding = 1, .shift = pick(7, 10)});
  const int blocks = pick(1, 3);
  for (int b = 0; b < blocks; ++b) {
    const bool wide = pick(0, 1) == 0;
    const int stride = pick(1, 2);
    const int outputs = stride == 2 ? width + 8 * pick(0, 2) : net.type(x).shape.channels;
    const Element branch = wide ? Element::kInt32 : Element::kInt8;
    const auto squeezed = net.convolution(x, {.outputs = pick(5, 40), .shift = pick(9, 13)});
    const auto spread = net.convolution(squeezed, {.outputs = pick(5, 40),
                                                   .kernel = 3,
                                                   .stride = stride,
                                                   .padding = 1,
                                                   .shift = pick(10, 14)});
    // Exponents of the operands a few bits apart, the accumulators' further below.
    const int exponent = net.type(x).exponent.value;
    NetworkBuilder::Convolution last = {
        .outputs = outputs, .shift = wide ? 0 : pick(9, 13), .element = branch};
    const auto weight_exponent = [&](qgraph::NodeId from) {
      const int target = exponent + (wide ? -pick(4, 10) : pick(-3, 3));
      return target - last.shift - net.type(from).exponent.value;
    };
    last.weight_exponent = weight_exponent(spread);
    const auto main = net.convolution(spread, last);
    auto skip = x;
    if (outputs != net.type(x).shape.channels || stride == 2) {
      last.stride = stride;
      last.weight_exponent = weight_exponent(x);
      skip = pick(0, 2) == 0 && outputs >= net.type(x).shape.channels
                 ? net.subsample(x, outputs, stride)
                 : net.convolution(x, last);
    }
    x = net.sum(main, skip, wide ? pick(9, 14) : pick(0, 3));
  }
  if (pick(0, 1) == 0) x = net.linear(net.average(x, 0), pick(2, 20));
  return net.graph();
}

}  // namespace shiftwise::tests
