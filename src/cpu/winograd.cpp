// SPDX-License-Identifier: Apache-2.0
// A 3x3 convolution as a step with a quarter of the multiplications: Winograd's F(4x4, 3x3).
#include <algorithm>
#include <limits>
#include <vector>

#include "cpu/aligned.h"
#include "cpu/step.h"

namespace shiftwise::cpu {
namespace {

constexpr int kEdge = 6;
constexpr int kTaps = 3;
constexpr int kOutputTile = 4;
constexpr int kOutputs = kInterleaved * kBlock;  // whose weights lie together

/// G, its rows scaled by 24, 6, 6, 24, 24, 6 so that they are integers.
constexpr int kTransform[kEdge][kTaps] = {{6, 0, 0}, {-1, -1, -1}, {-1, 1, -1},
                                          {1, 2, 4}, {1, -2, 4},   {0, 0, 6}};

std::int16_t transformed(const std::int8_t* taps, int y, int x) {
  int sum = 0;
  for (int ky = 0; ky < kTaps; ++ky) {
    for (int kx = 0; kx < kTaps; ++kx) {
      sum += kTransform[y][ky] * kTransform[x][kx] * taps[ky * kTaps + kx];
    }
  }
  return static_cast<std::int16_t>(sum);  // at most 7 * 7 * 128
}

/// [O/64][36 places][I/2][64 outputs][2 channels], 16 bits each.
AlignedBytes pack(const core::Tensor<std::int8_t>& weight) {
  const int outputs = static_cast<int>(weight.shape[0]);
  const int inputs = static_cast<int>(weight.shape[1]);
  constexpr int kPlaces = kEdge * kEdge;
  AlignedBytes packed(static_cast<std::size_t>(outputs) * inputs * kPlaces * 2);
  auto* to = reinterpret_cast<std::int16_t*>(packed.data());
  for (int o = 0; o < outputs; ++o) {
    for (int i = 0; i < inputs; ++i) {
      const std::int8_t* taps =
          weight.values.data() + (static_cast<std::size_t>(o) * inputs + i) * kTaps * kTaps;
      for (int place = 0; place < kPlaces; ++place) {
        const std::size_t group =
            (static_cast<std::size_t>(o / kOutputs) * kPlaces + place) * (inputs / 2) + i / 2;
        to[(group * kOutputs + o % kOutputs) * 2 + i % 2] =
            transformed(taps, place / kEdge, place % kEdge);
      }
    }
  }
  return packed;
}

class WinogradStep : public Step {
 public:
  WinogradStep(const ConvolutionPlan& plan, const Kernels& kernels)
      : kernels_(kernels), output_(plan.output_layout), weights_(pack(*plan.terms[0].weight)) {
    const ConvolutionPlan::Term& term = plan.terms[0];
    reads = {term.input};
    writes = plan.output;
    weight_bytes = weights_.size();
    input_offset_ = term.layout.offset(-1, -1);
    conv_.pixel = term.layout.pixel_bytes();
    conv_.row = term.layout.row_bytes();
    conv_.weight = reinterpret_cast<const std::int16_t*>(weights_.data());
    conv_.inputs = term.layout.channels;
    conv_.outputs = output_.channels;
    conv_.shift = plan.shift;
    const std::int32_t after =
        (plan.shift > 0 ? 1 << (plan.shift - 1) : 0) + (output_.bias() << plan.shift);
    for (const std::int32_t bias : *term.bias) bias_.push_back(bias + after);
    conv_.bias = bias_.data();
    conv_.output_pixel = output_.pixel_bytes();
    conv_.output_row = output_.row_bytes();
    conv_.height = output_.height;
    conv_.width = output_.width;
  }

  int parts(int threads) const override { return std::min(threads, tile_rows()); }

  void run(const Images& images, int part, int parts) const override {
    Winograd conv = conv_;
    conv.input = images.image(reads[0]) + input_offset_;
    std::uint8_t* output = images.image(writes);
    conv.output = output + output_.offset(0, 0);
    const Range rows = piece(tile_rows(), part, parts);
    fill_halo(output_, output, rows.first * kOutputTile,
              std::min(rows.last * kOutputTile, output_.height));
    kernels_.winograd(conv, {rows.first, rows.last, 0, 0});
  }

 private:
  int tile_rows() const { return (output_.height + kOutputTile - 1) / kOutputTile; }

  const Kernels& kernels_;
  Layout output_;
  AlignedBytes weights_;
  std::vector<std::int32_t> bias_;
  std::ptrdiff_t input_offset_ = 0;
  Winograd conv_;
};

}  // namespace

bool fits_winograd(const ConvolutionPlan& plan, const Kernels& kernels, std::int64_t bound) {
  constexpr std::int64_t kMostWeights = 128 * 128;  // they are eight times as many bytes
  constexpr int kMostInputs = 128;                  // of which four tiles fit the kernel's buffer
  constexpr int kFewestTiles = 16;                  // that meet them
  constexpr std::int64_t kBound = 1 << 25;
  constexpr int kLargestShift = 25;
  if (kernels.winograd == nullptr || plan.terms.size() != 1 || plan.inner || plan.skip >= 0 ||
      plan.to_even || plan.output_layout.element == qgraph::Element::kInt32) {
    return false;
  }
  const ConvolutionPlan::Term& term = plan.terms[0];
  const core::Shape& shape = term.weight->shape;
  if (shape.size() != 4 || shape[2] != kTaps || term.stride != 1 || term.padding != 1 ||
      term.layout.element != qgraph::Element::kUint8 || term.lead != 0) {
    return false;
  }
  const int tiles =
      (plan.output_layout.height / kOutputTile) * (plan.output_layout.width / kOutputTile);
  return shape[0] % kOutputs == 0 && shape[1] % kOutputs == 0 && shape[1] <= kMostInputs &&
         shape[0] * shape[1] <= kMostWeights && tiles >= kFewestTiles &&
         plan.shift <= kLargestShift && bound < kBound;
}

std::unique_ptr<Step> make_winograd(const ConvolutionPlan& plan, const Kernels& kernels) {
  return std::make_unique<WinogradStep>(plan, kernels);
}

}  // namespace shiftwise::cpu
