// SPDX-License-Identifier: Apache-2.0
// Analysis of the loops in kernels/aie2: blocks.h says which blocks a call consists of,
// convolution.h what a block's inner loop issues, finish.h and projection.h what follows.
#include <params.h>

#include <algorithm>
#include <cstring>

#include "target/kernel_cost.h"

namespace shiftwise::target {

static_assert(kParameterWords == SW_PARAM_WORDS);

namespace {

/// Of the architecture: the shape of a tile and what one cycle can load.
struct Machine {
  int pixels;      ///< of one native multiplication
  int tiles;       ///< kTiles of a full block
  int load_bytes;  ///< of one load; two a cycle
};

Machine machine(Architecture architecture) {
  return architecture == Architecture::kAie2 ? Machine{4, 4, 32} : Machine{8, 2, 64};
}

// A loop never reaches the bound of its slots. The published kernels after tuning, whose loops
// have the same form, lose this much: 9 cycles for 8 products (1x1), 34 for 24 (3x3).
struct Loss {
  int cycles;
  int products;
};
constexpr Loss kLoss1x1 = {9, 8};
constexpr Loss kLoss3x3 = {34, 24};
// What such a loop takes on top when it starts and ends: of the 28 cycles that a block of the
// tuned 1x1 has, 16 are its eight SRS and stores; 12 is measured for a row of taps of the 3x3.
constexpr int kFillAndDrain1x1 = 10;
constexpr int kFillAndDrain3x3 = 12;

// Guesses of a few cycles each, all of them outside of the inner loops.
constexpr int kCall = 40;             ///< call, 26 words, pointers of the pieces
constexpr int kBlock = 4;             ///< addresses, bias
constexpr int kCodesPerTile = 2;      ///< SRS, store
constexpr int kSkipPerTile = 4;       ///< load, two UPS, addition, two SRS, store
constexpr int kShiftLeftPerTile = 6;  ///< accumulators to vectors and back
constexpr int kSumsPerTile = 4;       ///< four loads or stores of 256 bits
constexpr int kUnalignedTile = 4;     ///< two loads and a shift, address arithmetic
constexpr int kSinglePixel = 8;       ///< two words into or out of a vector

enum class Ending { kCodes, kSkip, kProject, kSums, kFinish, kFinishSkip };

struct Kind {
  int taps = 0;  ///< 0: no convolution
  Ending ending = Ending::kCodes;
};

std::optional<Kind> parse(std::string_view symbol) {
  symbol = symbol.substr(0, symbol.find("__"));
  const auto starts = [&](std::string_view prefix) { return symbol.starts_with(prefix); };
  for (const int taps : {1, 9}) {
    const std::string_view base = taps == 1 ? "sw_conv1x1_" : "sw_conv3x3_";
    if (!starts(base)) continue;
    const std::string_view rest = symbol.substr(base.size());
    if (rest.starts_with("skip_")) return Kind{taps, Ending::kSkip};
    if (rest.starts_with("project_")) return Kind{taps, Ending::kProject};
    if (rest.starts_with("sums_")) return Kind{taps, Ending::kSums};
    return Kind{taps, Ending::kCodes};
  }
  if (starts("sw_finish_skip_")) return Kind{0, Ending::kFinishSkip};
  if (starts("sw_finish_")) return Kind{0, Ending::kFinish};
  return {};
}

/// Words that describe no call would make loops without end below.
bool plausible(const SwConvParams& p) {
  const auto in = [](std::int32_t value, std::int32_t least) {
    return value >= least && value <= 1 << 16;
  };
  return in(p.rows, 1) && in(p.pixels, 1) && in(p.out_groups, 1) && in(p.stride, 1) &&
         in(p.in0_groups, 0) && in(p.in1_groups, 0) && in(p.skip_groups, 0);
}

class Analysis {
 public:
  Analysis(Machine m, Kind kind, const SwConvParams& p, std::span<const std::int32_t> scalars)
      : m_(m), kind_(kind), p_(p), border_(kind.taps == 9 && !scalars.empty() ? scalars[0] : 0) {
    start_ = kind.ending == Ending::kSums && !scalars.empty() ? scalars.back() : SW_START_BIAS;
  }

  /// The loops of for_each_block.
  std::int64_t cycles() const {
    std::int64_t sum = kCall;
    const int pairs = p_.out_groups / 2;
    const int single = p_.out_groups % 2;
    for (int y = 0; y < p_.rows; ++y) {
      const int lines = rows_of_taps(y);
      const int fast = fast_pixels();
      const int full = fast / (m_.tiles * m_.pixels);
      const int rest = (fast - full * m_.tiles * m_.pixels) / m_.pixels;
      const int ragged = (p_.pixels - fast + m_.pixels - 1) / m_.pixels;
      sum += std::int64_t{pairs} *
             (full * block(true, 2, m_.tiles, lines) + rest * block(true, 2, 1, lines) +
              2 * ragged * block(false, 1, 1, lines));
      sum += std::int64_t{single} *
             (full * block(true, 1, m_.tiles, lines) + (rest + ragged) * block(false, 1, 1, lines));
    }
    return sum;
  }

  std::int64_t macs() const {
    std::int64_t taps = 0;
    for (int y = 0; y < p_.rows; ++y) taps += kind_.taps == 9 ? 3 * rows_of_taps(y) : kind_.taps;
    const std::int64_t outputs = std::int64_t{p_.pixels} * p_.out_groups * 8;
    std::int64_t sum = outputs * taps * 8 * in_groups();
    if (kind_.ending == Ending::kProject) sum += outputs * p_.rows * 8 * p_.skip_groups;
    return sum;
  }

 private:
  int in_groups() const { return p_.in0_groups + (kind_.taps == 1 ? p_.in1_groups : 0); }

  int rows_of_taps(int y) const {
    if (kind_.taps != 9) return 1;
    const int row = y * p_.stride;
    return 3 - (row == 0 && (border_ & SW_BORDER_TOP) != 0 ? 1 : 0) -
           (row + 1 >= p_.in_rows && (border_ & SW_BORDER_BOTTOM) != 0 ? 1 : 0);
  }

  /// Pixels of a row that aligned tiles cover; addresses are taken to be aligned.
  int fast_pixels() const {
    const auto aligned = [&](int distance) { return distance % m_.pixels == 0; };
    bool fast = true;
    if (kind_.taps != 0) {
      fast = p_.stride == 1 && aligned(p_.in_group_stride) && aligned(p_.in_row_stride) &&
             (kind_.taps == 1 || aligned(p_.in_width));
    }
    const bool skip = kind_.ending == Ending::kSkip || kind_.ending == Ending::kProject ||
                      kind_.ending == Ending::kFinishSkip;
    if (skip) {
      fast = fast && p_.skip_stride == 1 && aligned(p_.skip_group_stride) &&
             aligned(p_.skip_row_stride);
    }
    if (kind_.ending != Ending::kSums) {
      fast = fast && aligned(p_.out_group_stride) && aligned(p_.out_row_stride);
    }
    return fast ? p_.pixels / m_.pixels * m_.pixels : 0;
  }

  /// One entry of an inner loop over `trips` channel groups with `taps` of a row.
  std::int64_t loop(int trips, int taps, int stride, bool fast, int groups, int tiles) const {
    const int products = taps * groups * tiles;
    const int weight_loads = taps * groups * (64 / m_.load_bytes);
    const int code_loads = tiles + (taps == 3 ? 2 : 0);
    const int shuffles = taps == 3 ? 2 * tiles : 0;
    const Loss& loss = taps == 3 ? kLoss3x3 : kLoss1x1;
    int bound = std::max({products, (weight_loads + code_loads + 1) / 2, shuffles});
    if (!fast) {
      const int per_tile = stride == 1 ? kUnalignedTile : m_.pixels * kSinglePixel / 2;
      bound = std::max(products, weight_loads / 2) + taps * per_tile;
    }
    const int interval = (bound * loss.cycles + loss.products - 1) / loss.products;
    return std::int64_t{trips} * interval + (taps == 3 ? kFillAndDrain3x3 : kFillAndDrain1x1);
  }

  std::int64_t block(bool fast, int groups, int tiles, int lines) const {
    const int count = groups * tiles;
    std::int64_t sum = kBlock;
    if (kind_.taps == 9) {
      sum += lines * loop(in_groups(), 3, p_.stride, fast, groups, tiles);
    } else if (kind_.taps == 1) {
      sum += loop(in_groups(), 1, p_.stride, fast, groups, tiles);
    }
    if (kind_.ending == Ending::kProject) {
      sum += kBlock + loop(p_.skip_groups, 1, p_.skip_stride, fast, groups, tiles);
    }
    return sum + count * finish_cycles() + (fast ? 0 : store_by_pixel());
  }

  std::int64_t store_by_pixel() const {
    return kind_.ending == Ending::kSums ? 0 : m_.pixels * kSinglePixel / 2;
  }

  /// Behind the sums of one tile.
  std::int64_t finish_cycles() const {
    const bool wide = p_.residual == SW_RESIDUAL_WIDE;
    const int shifted =
        wide && (p_.main_left > 0 || (kind_.ending == Ending::kProject && p_.skip_left > 0))
            ? kShiftLeftPerTile
            : 0;
    switch (kind_.ending) {
      case Ending::kCodes:
        return kCodesPerTile;
      case Ending::kSkip:
        return kSkipPerTile + shifted;
      case Ending::kProject:
        return kSkipPerTile + shifted + (wide ? 0 : kCodesPerTile);
      case Ending::kSums:
        return kSumsPerTile * (start_ == SW_START_BIAS ? 1 : 2) +
               (start_ == SW_START_SHIFTED ? kShiftLeftPerTile : 0);
      case Ending::kFinish:
        return kSumsPerTile + kCodesPerTile;
      case Ending::kFinishSkip:
        return kSumsPerTile + kSkipPerTile + shifted;
    }
    return 0;
  }

  Machine m_;
  Kind kind_;
  SwConvParams p_;
  int border_;
  int start_;
};

/// sw_copy: a load and a store of 256 bits share a cycle, with what the 1x1's loop loses; or
/// pixel by pixel.
std::int64_t copy_cycles(std::int64_t offset, std::int64_t bytes) {
  constexpr int kVector = 32;
  if (offset % kVector != 0) return kCall + bytes / 8 * kSinglePixel;
  const std::int64_t loop = bytes / kVector * kLoss1x1.cycles / kLoss1x1.products;
  return kCall + kFillAndDrain1x1 + loop + bytes % kVector / 8 * kSinglePixel;
}

}  // namespace

std::optional<KernelCycles> own_kernel_cycles(Architecture architecture, std::string_view symbol,
                                              std::span<const std::int32_t> words,
                                              std::span<const std::int32_t> scalars) {
  constexpr std::string_view kBasis = "analysis of the loops in kernels/aie2; never run on silicon";
  if (symbol.starts_with("sw_copy_")) {
    if (scalars.size() < 2 || scalars[1] < 0) return {};
    return KernelCycles{.cycles = copy_cycles(scalars[0], scalars[1]), .basis = kBasis};
  }
  const std::optional<Kind> kind = parse(symbol);
  if (!kind || words.size() < SW_PARAM_WORDS) return {};
  SwConvParams p;
  std::memcpy(&p, words.data(), sizeof p);
  if (!plausible(p)) return {};
  const Analysis analysis(machine(architecture), *kind, p, scalars);
  return KernelCycles{
      .cycles = analysis.cycles(), .macs = analysis.macs(), .measured = false, .basis = kBasis};
}

}  // namespace shiftwise::target
