// SPDX-License-Identifier: Apache-2.0
// A convolution as a step: weights packed, bias folded, geometry settled once.
#include <algorithm>
#include <limits>

#include "cpu/aligned.h"
#include "cpu/packing.h"

namespace shiftwise::cpu {
namespace {

/// Arithmetic modulo 2^32, as the kernels' (docs/cpu-kernels.md).
std::uint32_t wrapped(std::int64_t value) { return static_cast<std::uint32_t>(value); }

/// The half that turns a shift into the rounding positive_inf.
std::int64_t half(int shift, bool to_even) {
  return shift > 0 && !to_even ? std::int64_t{1} << (shift - 1) : 0;
}

class Convolution : public Step {
 public:
  Convolution(const ConvolutionPlan& plan, const Kernels& kernels)
      : kernels_(kernels), output_(plan.output_layout) {
    writes = plan.output;
    conv_.finish = finish_of(plan);
    conv_.interleaved = interleaved_blocks(plan);
    for (const ConvolutionPlan::Term& term : plan.terms) add_term(term);
    const Layout& out = plan.output_layout;
    settle_leads(plan);
    conv_.inner = plan.inner;
    conv_.inner_shift = plan.inner_shift;
    conv_.inner_low = static_cast<std::int32_t>(qgraph::lowest(plan.inner_element));
    conv_.inner_high = static_cast<std::int32_t>(qgraph::highest(plan.inner_element));
    conv_.inner_lead = plan.inner_lead;
    conv_.to_even = plan.to_even;
    conv_.shift = plan.shift;
    conv_.int32 = out.element == qgraph::Element::kInt32;
    settle_geometry(plan);
    fold_bias(plan);
    blocks_ = round_up(out.channels, kBlock) / kBlock;
    fours_ = round_up(blocks_, kInterleaved) / kInterleaved;
  }

  int parts(int threads) const override {
    if (threads == 1 && !weights_first_) return 1;
    if (weights_first_) return std::min(fours_, std::max(slices_, threads));
    return std::min(rows_, threads);
  }

  void run(const Images& images, int part, int parts) const override {
    Conv conv = conv_;
    for (std::size_t t = 0; t < weights_.size(); ++t) {
      conv.products[t].input = images.image(reads[t]) + input_offset_[t];
    }
    if (has_skip_) conv.skip = images.image(reads.back()) + skip_offset_;
    std::uint8_t* output = images.image(writes);
    conv.output = output + output_.offset(0, 0);
    Part range = {0, rows_, 0, blocks_};
    if (weights_first_) {
      const Range fours = piece(fours_, part, parts);
      range.block = fours.first * kInterleaved;
      range.block_end = std::min(fours.last * kInterleaved, blocks_);
      if (part == 0) fill_halo(output_, output, 0, output_.height);
    } else {
      const Range rows = piece(rows_, part, parts);
      range.row = rows.first;
      range.row_end = rows.last;
      fill_halo(output_, output, rows.first * rows_merged_, rows.last * rows_merged_);
    }
    kernels_.convolve(conv, range);
  }

 private:
  void add_term(const ConvolutionPlan::Term& term) {
    const std::size_t t = reads.size();
    reads.push_back(term.input);
    const int kernel = term.weight->shape.size() == 4 ? static_cast<int>(term.weight->shape[2]) : 1;
    weights_.push_back(pack(*term.weight, kernel, conv_.interleaved));
    runs_.push_back(runs_of(term, kernel, output_.width));
    weight_bytes += weights_.back().size();
    input_offset_.push_back(term.layout.offset(-term.padding, -term.padding));
    Products& products = conv_.products[t];
    products.weight = reinterpret_cast<const std::int8_t*>(weights_.back().data());
    products.run = runs_.back().list.data();
    products.runs = static_cast<int>(runs_.back().list.size());
    products.runs_in_row = runs_.back().in_row;
    products.padding = skips_padding(term) ? term.padding : 0;
    products.stride = term.stride;
    products.height = term.layout.height;
    conv_.clip = conv_.clip || products.padding > 0;
    products.groups = runs_.back().groups;
    products.pixel = term.layout.pixel_bytes() * term.stride;
    products.row = term.layout.row_bytes() * term.stride;
  }

  static Finish finish_of(const ConvolutionPlan& plan) {
    if (plan.to_even || plan.output_layout.element == qgraph::Element::kInt32 ||
        plan.inner_lead > kLargestLead || plan.skip_lead > kLargestLead) {
      return Finish::kGeneral;
    }
    if (plan.inner) return Finish::kPublished;
    return plan.skip < 0 ? Finish::kCodes : Finish::kResidual;
  }

  /// Interleaving makes the end of a sum cheaper, and reads weights more often: for short sums.
  int interleaved_blocks(const ConvolutionPlan& plan) const {
    if (!kernels_.interleaves || conv_.finish == Finish::kGeneral) return 0;
    std::int64_t products = 0;
    for (const ConvolutionPlan::Term& term : plan.terms) {
      if (term.weight->shape.size() == 4 && term.weight->shape[2] != 1) return 0;
      products += static_cast<std::int64_t>(term.weight->values.size()) / term.weight->shape[0];
    }
    if (products > (conv_.finish == Finish::kCodes ? kShortSum : kShortResidual)) return 0;
    return plan.output_layout.channels / (kInterleaved * kBlock) * kInterleaved;
  }

  /// Of two terms the one that moves left comes first and the other does not move, because
  /// they are aligned to the smaller exponent. One term that moves is followed by an empty one.
  void settle_leads(const ConvolutionPlan& plan) {
    conv_.between = plan.terms[0].lead;
    conv_.terms = plan.terms.size() == 2 || conv_.between != 0 ? 2 : 1;
  }

  /// Rows of the output merge into longer ones where every tensor of the step is contiguous:
  /// then a register block may run across the end of a row.
  void settle_geometry(const ConvolutionPlan& plan) {
    const Layout& out = plan.output_layout;
    bool contiguous = out.halo == 0;
    for (std::size_t t = 0; t < plan.terms.size(); ++t) {
      const Products& products = conv_.products[t];
      contiguous = contiguous && products.row == products.pixel * out.width;
    }
    conv_.output_pixel = out.pixel_bytes();
    conv_.output_row = out.row_bytes();
    has_skip_ = plan.skip >= 0;
    if (has_skip_) {
      reads.push_back(plan.skip);
      if (kernels_.in_place) may_overwrite = plan.skip;
      skip_offset_ = plan.skip_layout.offset(0, 0);
      conv_.skip_pixel = plan.skip_layout.pixel_bytes();
      conv_.skip_row = plan.skip_layout.row_bytes();
      conv_.skip_lead = plan.skip_lead;
      contiguous = contiguous && plan.skip_layout.halo == 0;
    }
    while (contiguous && out.height % (2 * rows_merged_) == 0 &&
           out.width * rows_merged_ < kLongEnough) {
      rows_merged_ *= 2;
    }
    rows_ = out.height / rows_merged_;
    conv_.width = out.width * rows_merged_;
    for (Products& products : conv_.products) products.row *= rows_merged_;
    conv_.output_row *= rows_merged_;
    conv_.skip_row *= rows_merged_;
    choose_rows_at_once(plan);
    const std::ptrdiff_t input_bytes = plan.terms[0].layout.image_bytes();
    weights_first_ = static_cast<std::ptrdiff_t>(weight_bytes) > input_bytes;
    slices_ = static_cast<int>(weight_bytes / kSliceBytes) + 1;
  }

  /// The number of rows with the least traffic from the second cache: weights come again for
  /// every group of rows unless they fit the first cache beside them, rows come again for
  /// every strip of outputs unless they fit.
  void choose_rows_at_once(const ConvolutionPlan& plan) {
    std::int64_t row_bytes = plan.output_layout.image_bytes();
    if (has_skip_) row_bytes += plan.skip_layout.image_bytes();
    for (const auto& term : plan.terms) row_bytes += term.layout.image_bytes();
    row_bytes /= rows_;
    const auto weights = static_cast<std::int64_t>(weight_bytes);
    const std::int64_t strips = (plan.output_layout.channels + kStrip - 1) / kStrip;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (int rows = 1; rows <= rows_; ++rows) {
      const std::int64_t group = row_bytes * rows;
      const std::int64_t groups = (rows_ + rows - 1) / rows;
      const bool rows_stay = group + weights / strips <= kFirstCacheBytes;
      const bool weights_stay = group + weights <= kFirstCacheBytes;
      const std::int64_t traffic =
          weights * (weights_stay ? 1 : groups) + row_bytes * rows_ * (rows_stay ? 1 : strips);
      if (traffic < least) {
        least = traffic;
        conv_.rows_at_once = rows;
      }
    }
  }

  /// Biases, the halves of the roundings, and what storing int8 codes plus 128 adds to every
  /// sum, in one constant for each output and one for all.
  void fold_bias(const ConvolutionPlan& plan) {
    const int outputs = plan.output_layout.channels;
    bias_.assign(static_cast<std::size_t>(round_up(outputs, kBlock)), 0);
    std::uint32_t after = 0;  // added after the inner requantization, or at once without one
    if (has_skip_) after -= wrapped(plan.skip_layout.bias()) << plan.skip_lead;
    after += wrapped(half(plan.shift, plan.to_even));
    after += wrapped(plan.output_layout.bias()) << plan.shift;
    std::uint32_t before = plan.inner ? wrapped(half(plan.inner_shift, plan.to_even)) : after;
    conv_.extra = static_cast<std::int32_t>(plan.inner ? after : 0);
    for (int o = 0; o < outputs; ++o) {
      std::uint32_t sum = before;
      for (const ConvolutionPlan::Term& term : plan.terms) {
        const std::size_t taps = term.weight->values.size() / static_cast<std::size_t>(outputs);
        std::int64_t weights = 0;
        for (std::size_t i = 0; i < taps; ++i) {
          weights += term.weight->values[static_cast<std::size_t>(o) * taps + i];
        }
        sum += wrapped((*term.bias)[static_cast<std::size_t>(o)] - term.layout.bias() * weights)
               << term.lead;
      }
      bias_[static_cast<std::size_t>(place_of(o, conv_.interleaved))] =
          static_cast<std::int32_t>(sum);
    }
    conv_.bias = bias_.data();
  }

  static constexpr int kLongEnough = 28;  // pixels; little is lost at the ends then
  // Found by trying, on a Zen 4; products of one sum.
  static constexpr std::int64_t kShortSum = 128;
  static constexpr std::int64_t kShortResidual = 1024;
  static constexpr int kStrip = 32;  // outputs that the fastest kernels make together
  static constexpr std::int64_t kFirstCacheBytes = 32 << 10;
  static constexpr std::size_t kSliceBytes = 1 << 18;  // of weights, to stay in a second cache

  const Kernels& kernels_;
  Layout output_;
  Conv conv_;
  bool has_skip_ = false;
  bool weights_first_ = false;  // cut by outputs, so that a thread reads only its weights
  int slices_ = 1;
  int rows_ = 0;
  int rows_merged_ = 1;
  int blocks_ = 0;
  int fours_ = 0;
  std::ptrdiff_t skip_offset_ = 0;
  std::vector<std::ptrdiff_t> input_offset_;
  std::vector<AlignedBytes> weights_;
  std::vector<Runs> runs_;
  std::vector<std::int32_t> bias_;
};

}  // namespace

std::unique_ptr<Step> make_convolution(const ConvolutionPlan& plan, const Kernels& kernels) {
  return std::make_unique<Convolution>(plan, kernels);
}

}  // namespace shiftwise::cpu
