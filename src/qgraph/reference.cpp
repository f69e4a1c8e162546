// SPDX-License-Identifier: Apache-2.0
// Loops that can be checked by eye. The innermost one runs along a row of the output, which
// is the only concession to speed.
#include "qgraph/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "arith/srs.h"
#include "core/diagnostic.h"

namespace shiftwise::qgraph {
namespace {

/// Output positions of a row whose tap `k` falls inside the input: first and last + 1.
struct Span {
  int first;
  int last;
};

Span inside(int k, int stride, int padding, int input_size, int output_size) {
  // Position x reads x * stride + k - padding, which must be in 0 .. input_size - 1.
  const int from = padding - k;
  const int first = from <= 0 ? 0 : (from + stride - 1) / stride;
  const int reach = input_size - 1 + padding - k;
  const int last = reach < 0 ? 0 : reach / stride + 1;
  return {first, std::min(last, output_size)};
}

/// acc = sum(w * x) + b (numerics.md, eq. 3): [O][H][W] int32, exact because verify() has
/// proven that no sum leaves 32 bits (partial sums are bounded by the same number).
std::vector<std::int32_t> accumulate(const Conv2d& conv, const core::ImageShape& in,
                                     const Codes& codes, const core::ImageShape& out) {
  // Inputs are 8-bit codes; as 16-bit numbers any CPU multiplies several of them at once.
  const std::vector<std::int16_t> x(codes.begin(), codes.end());
  std::vector<std::int32_t> acc(static_cast<std::size_t>(out.elements()));
  const int kernel = conv.kernel();
  const int stride = conv.stride;
  for (int o = 0; o < out.channels; ++o) {
    std::int32_t* plane = &acc[static_cast<std::size_t>(o) * out.height * out.width];
    std::fill_n(plane, out.height * out.width, conv.bias[static_cast<std::size_t>(o)]);
    for (int i = 0; i < in.channels; ++i) {
      for (int ky = 0; ky < kernel; ++ky) {
        for (int kx = 0; kx < kernel; ++kx) {
          const std::int16_t w = conv.weight.values[static_cast<std::size_t>(
              ((o * in.channels + i) * kernel + ky) * kernel + kx)];
          const Span ys = inside(ky, stride, conv.padding, in.height, out.height);
          const Span xs = inside(kx, stride, conv.padding, in.width, out.width);
          for (int y = ys.first; y < ys.last; ++y) {
            const int row = y * stride + ky - conv.padding;
            const int column = xs.first * stride + kx - conv.padding;
            const std::int16_t* source = x.data() + (i * in.height + row) * in.width + column;
            std::int32_t* sums = plane + y * out.width + xs.first;
            const int count = xs.last - xs.first;
            if (stride == 1) {  // the usual case, in a form that compilers turn into vectors
              for (int n = 0; n < count; ++n) sums[n] += w * source[n];
            } else {
              for (int n = 0; n < count; ++n) sums[n] += w * source[n * stride];
            }
          }
        }
      }
    }
  }
  return acc;
}

/// One image's walk through the network.
class Walk {
 public:
  Walk(const QGraph& graph, std::vector<RequantizeCounts>* counts)
      : graph_(graph), counts_(counts), codes_(graph.nodes.size()) {}

  std::vector<Codes> run(std::span<const std::int32_t> input) {
    codes_[0].assign(input.begin(), input.end());
    for (id_ = 1; id_ < static_cast<NodeId>(graph_.nodes.size()); ++id_) {
      codes_[static_cast<std::size_t>(id_)] = std::visit(*this, node().operation);
    }
    return std::move(codes_);
  }

  Codes operator()(const Input&) const { return {}; }

  Codes operator()(const Conv2d& conv) {
    std::vector<std::int32_t> acc = accumulate(conv, type(0).shape, codes(0), node().output.shape);
    if (node().output.element == Element::kInt32) return acc;
    for (std::int32_t& value : acc) value = requantized(value);
    return acc;
  }

  Codes operator()(const Add&) {
    Codes result(codes(0).size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = requantized(arith::aligned_sum(codes(0)[i], type(0).exponent,  // eq. 8
                                                 codes(1)[i], type(1).exponent));
    }
    return result;
  }

  Codes operator()(const MaxPool& pool) const {
    const core::ImageShape& in = type(0).shape;
    const core::ImageShape& out = node().output.shape;
    Codes result;
    result.reserve(static_cast<std::size_t>(out.elements()));
    for (int c = 0; c < out.channels; ++c) {
      for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
          const int top = y * pool.stride - pool.padding;
          const int left = x * pool.stride - pool.padding;
          std::int32_t best = static_cast<std::int32_t>(lowest(type(0).element));
          for (int row = std::max(top, 0); row < std::min(top + pool.kernel, in.height); ++row) {
            for (int column = std::max(left, 0); column < std::min(left + pool.kernel, in.width);
                 ++column) {
              best = std::max(best, codes(0)[index(in, c, row, column)]);
            }
          }
          result.push_back(best);
        }
      }
    }
    return result;
  }

  Codes operator()(const SubsamplePad& pad) {
    const core::ImageShape& in = type(0).shape;
    const core::ImageShape& out = node().output.shape;
    Codes result(static_cast<std::size_t>(out.elements()));
    for (int c = 0; c < in.channels; ++c) {
      for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
          result[index(out, c + pad.channels_before, y, x)] =
              requantized(codes(0)[index(in, c, y * pad.stride, x * pad.stride)]);
        }
      }
    }
    return result;
  }

  Codes operator()(const GlobalAveragePool&) {  // eq. 9
    const core::ImageShape& in = type(0).shape;
    const int area = in.height * in.width;
    const std::int64_t multiplier = arith::average_divisor(area).multiplier;
    Codes result(static_cast<std::size_t>(in.channels));
    for (int c = 0; c < in.channels; ++c) {
      std::int64_t sum = 0;
      for (int i = 0; i < area; ++i) sum += codes(0)[static_cast<std::size_t>(c * area + i)];
      result[static_cast<std::size_t>(c)] = requantized(sum * multiplier);
    }
    return result;
  }

  Codes operator()(const Linear& linear) const {
    Codes result(linear.bias.begin(), linear.bias.end());
    const std::size_t inputs = codes(0).size();
    for (std::size_t o = 0; o < result.size(); ++o) {
      for (std::size_t i = 0; i < inputs; ++i) {
        result[o] += linear.weight.values[o * inputs + i] * codes(0)[i];
      }
    }
    return result;
  }

 private:
  const Node& node() const { return graph_.nodes[static_cast<std::size_t>(id_)]; }
  const Codes& codes(std::size_t i) const {
    return codes_[static_cast<std::size_t>(node().inputs[i])];
  }
  const Type& type(std::size_t i) const {
    return graph_.nodes[static_cast<std::size_t>(node().inputs[i])].output;
  }

  static std::size_t index(const core::ImageShape& shape, int c, int y, int x) {
    return static_cast<std::size_t>((c * shape.height + y) * shape.width + x);
  }

  /// The sum brought to the node's output type (eq. 7), and counted.
  std::int32_t requantized(std::int64_t sum) {
    const core::Shift shift = output_shift(graph_, id_);
    if (counts_ != nullptr) count(sum, shift);
    if (node().output.element == Element::kUint8) {
      return arith::requantize<std::uint8_t>(sum, shift, graph_.rounding);
    }
    return arith::requantize<std::int8_t>(sum, shift, graph_.rounding);
  }

  void count(std::int64_t sum, core::Shift shift) {
    RequantizeCounts& counts = (*counts_)[static_cast<std::size_t>(id_)];
    const std::int64_t rounded = arith::requantize<std::int32_t>(sum, shift, graph_.rounding);
    ++counts.values;
    counts.saturated_low += rounded < lowest(node().output.element) ? 1 : 0;
    counts.saturated_high += rounded > highest(node().output.element) ? 1 : 0;
    counts.ties += arith::is_tie(sum, shift) ? 1 : 0;
    counts.largest = std::max(counts.largest, std::abs(sum));
  }

  const QGraph& graph_;
  std::vector<RequantizeCounts>* counts_;
  std::vector<Codes> codes_;
  NodeId id_ = 0;
};

void check_input(const QGraph& graph, std::span<const std::int32_t> input) {
  const Type& type = graph.input_type();
  core::expects(static_cast<std::int64_t>(input.size()) == type.shape.elements(),
                "the input has as many codes as the network asks for");
  for (const std::int32_t code : input) {
    core::expects(code >= lowest(type.element) && code <= highest(type.element),
                  "input codes are within their element's range");
  }
}

}  // namespace

std::vector<Codes> run_reference(const QGraph& graph, std::span<const std::int32_t> input) {
  check_input(graph, input);
  return Walk(graph, nullptr).run(input);
}

std::vector<Codes> run_reference(const QGraph& graph, std::span<const std::int32_t> input,
                                 std::vector<RequantizeCounts>& counts) {
  check_input(graph, input);
  counts.resize(graph.nodes.size());
  return Walk(graph, &counts).run(input);
}

}  // namespace shiftwise::qgraph
