// SPDX-License-Identifier: Apache-2.0
// Every operation but the convolutions: a small share of a network's time, so plain loops
// over channels, and the arithmetic straight from arith.
#include <algorithm>
#include <cstring>

#include "arith/srs.h"
#include "cpu/step.h"

namespace shiftwise::cpu {
namespace {

/// A step that makes whole rows of its output from whole pixels.
class RowStep : public Step {
 public:
  explicit RowStep(Layout to) : to_(to) {}

  int parts(int threads) const override { return std::min(threads, to_.height); }

  void run(const Images& images, int part, int parts) const override {
    const Range rows = piece(to_.height, part, parts);
    std::uint8_t* output = images.image(writes);
    for (int y = rows.first; y < rows.last; ++y) {
      for (int x = 0; x < to_.width; ++x) make_pixel(images, y, x, output + to_.offset(y, x));
    }
    fill_halo(to_, output, rows.first, rows.last);
  }

 protected:
  /// Writes every channel of output pixel (y, x).
  virtual void make_pixel(const Images& images, int y, int x, std::uint8_t* pixel) const = 0;

  const std::uint8_t* input(const Images& images, std::size_t i) const {
    return images.image(reads[i]);
  }
  const Layout& to() const { return to_; }

 private:
  Layout to_;
};

/// The code that a layout stores at `pixel`, channel c.
std::int32_t code_at(const Layout& layout, const std::uint8_t* pixel, int c) {
  if (layout.element != qgraph::Element::kInt32) return pixel[c] - layout.bias();
  std::int32_t code;
  std::memcpy(&code, pixel + std::ptrdiff_t{c} * 4, sizeof code);
  return code;
}

/// Requantization of sums to a stored 8-bit code, any shift and rounding mode (eq. 7).
struct Requantizer {
  qgraph::Element element;
  core::Shift shift;
  arith::Rounding rounding;

  Requantizer(const qgraph::QGraph& graph, qgraph::NodeId node)
      : element(graph.nodes[static_cast<std::size_t>(node)].output.element),
        shift(qgraph::output_shift(graph, node)),
        rounding(graph.rounding) {}

  std::uint8_t stored(std::int64_t sum) const {
    if (element == qgraph::Element::kUint8) {
      return arith::requantize<std::uint8_t>(sum, shift, rounding);
    }
    return static_cast<std::uint8_t>(arith::requantize<std::int8_t>(sum, shift, rounding) + 128);
  }
};

class Requantize : public RowStep {
 public:
  Requantize(Requantizer requantizer, Layout from, Layout to)
      : RowStep(to), requantizer_(requantizer), from_(from) {}

 private:
  void make_pixel(const Images& images, int y, int x, std::uint8_t* pixel) const override {
    const std::uint8_t* sums = input(images, 0) + from_.offset(y, x);
    for (int c = 0; c < to().channels; ++c) {
      pixel[c] = requantizer_.stored(code_at(from_, sums, c));
    }
  }

  Requantizer requantizer_;
  Layout from_;
};

class Add : public RowStep {
 public:
  Add(const qgraph::QGraph& graph, qgraph::NodeId node, Layout a, Layout b, Layout to)
      : RowStep(to), requantizer_(graph, node), a_(a), b_(b) {
    const auto& operands = graph.nodes[static_cast<std::size_t>(node)].inputs;
    a_exponent_ = graph.nodes[static_cast<std::size_t>(operands[0])].output.exponent;
    b_exponent_ = graph.nodes[static_cast<std::size_t>(operands[1])].output.exponent;
  }

 private:
  void make_pixel(const Images& images, int y, int x, std::uint8_t* pixel) const override {
    const std::uint8_t* a = input(images, 0) + a_.offset(y, x);
    const std::uint8_t* b = input(images, 1) + b_.offset(y, x);
    for (int c = 0; c < to().channels; ++c) {
      pixel[c] = requantizer_.stored(
          arith::aligned_sum(code_at(a_, a, c), a_exponent_, code_at(b_, b, c), b_exponent_));
    }
  }

  Requantizer requantizer_;
  Layout a_;
  Layout b_;
  core::Exponent a_exponent_;
  core::Exponent b_exponent_;
};

/// Stored codes keep the order of the codes, so the largest is found among them.
class MaxPool : public RowStep {
 public:
  MaxPool(const qgraph::MaxPool& pool, Layout from, Layout to)
      : RowStep(to), pool_(pool), from_(from) {}

 private:
  void make_pixel(const Images& images, int y, int x, std::uint8_t* pixel) const override {
    const int top = y * pool_.stride - pool_.padding;
    const int left = x * pool_.stride - pool_.padding;
    std::memset(pixel, 0, static_cast<std::size_t>(to().channels));
    for (int row = std::max(top, 0); row < std::min(top + pool_.kernel, from_.height); ++row) {
      for (int column = std::max(left, 0); column < std::min(left + pool_.kernel, from_.width);
           ++column) {
        const std::uint8_t* source = input(images, 0) + from_.offset(row, column);
        for (int c = 0; c < to().channels; ++c) pixel[c] = std::max(pixel[c], source[c]);
      }
    }
  }

  qgraph::MaxPool pool_;
  Layout from_;
};

class SubsamplePad : public RowStep {
 public:
  SubsamplePad(const qgraph::QGraph& graph, qgraph::NodeId node, Layout from, Layout to)
      : RowStep(to),
        pad_(std::get<qgraph::SubsamplePad>(graph.nodes[static_cast<std::size_t>(node)].operation)),
        requantizer_(graph, node),
        from_(from) {}

 private:
  void make_pixel(const Images& images, int y, int x, std::uint8_t* pixel) const override {
    const std::uint8_t* source = input(images, 0) + from_.offset(y * pad_.stride, x * pad_.stride);
    std::memset(pixel, to().bias(), static_cast<std::size_t>(to().channels));
    for (int c = 0; c < from_.channels; ++c) {
      pixel[pad_.channels_before + c] = requantizer_.stored(code_at(from_, source, c));
    }
  }

  qgraph::SubsamplePad pad_;
  Requantizer requantizer_;
  Layout from_;
};

class AveragePool : public RowStep {
 public:
  AveragePool(const qgraph::QGraph& graph, qgraph::NodeId node, Layout from, Layout to)
      : RowStep(to), requantizer_(graph, node), from_(from) {}

 private:
  void make_pixel(const Images& images, int, int, std::uint8_t* pixel) const override {
    constexpr int kChunk = 64;
    const std::int64_t area = std::int64_t{from_.height} * from_.width;
    const std::int64_t multiplier = arith::average_divisor(area).multiplier;
    for (int first = 0; first < to().channels; first += kChunk) {
      const int count = std::min(kChunk, to().channels - first);
      std::int64_t sums[kChunk] = {};
      for (int y = 0; y < from_.height; ++y) {
        std::int32_t row_sums[kChunk] = {};  // at most 2^16 codes of 8 bits
        for (int x = 0; x < from_.width; ++x) {
          const std::uint8_t* source = input(images, 0) + from_.offset(y, x) + first;
          for (int c = 0; c < count; ++c) row_sums[c] += source[c];
        }
        for (int c = 0; c < count; ++c) sums[c] += row_sums[c];
      }
      for (int c = 0; c < count; ++c) {
        pixel[first + c] = requantizer_.stored((sums[c] - area * from_.bias()) * multiplier);
      }
    }
  }

  Requantizer requantizer_;
  Layout from_;
};

}  // namespace

std::unique_ptr<Step> make_requantize(const qgraph::QGraph& graph, qgraph::NodeId node,
                                      const Layout& from, const Layout& to) {
  return std::make_unique<Requantize>(Requantizer(graph, node), from, to);
}

std::unique_ptr<Step> make_add(const qgraph::QGraph& graph, qgraph::NodeId node, const Layout& a,
                               const Layout& b, const Layout& to) {
  return std::make_unique<Add>(graph, node, a, b, to);
}

std::unique_ptr<Step> make_max_pool(const qgraph::MaxPool& pool, const Layout& from,
                                    const Layout& to) {
  return std::make_unique<MaxPool>(pool, from, to);
}

std::unique_ptr<Step> make_subsample_pad(const qgraph::QGraph& graph, qgraph::NodeId node,
                                         const Layout& from, const Layout& to) {
  return std::make_unique<SubsamplePad>(graph, node, from, to);
}

std::unique_ptr<Step> make_average_pool(const qgraph::QGraph& graph, qgraph::NodeId node,
                                        const Layout& from, const Layout& to) {
  return std::make_unique<AveragePool>(graph, node, from, to);
}

}  // namespace shiftwise::cpu
