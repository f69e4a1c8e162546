// SPDX-License-Identifier: Apache-2.0
// The kernels with AMX tiles: 16 pixels x 64 channels by 64 channels x 16 outputs in one
// instruction. The weights are packed as for VNNI, which is a tile's layout already.
#include "cpu/kernels.h"

#if defined(__AMX_INT8__) && defined(__AVX512VNNI__)
#include "cpu/kernels/amx_tiling.h"
#include "cpu/kernels/avx512_lanes.h"
#include "cpu/kernels/avx512_transpose.h"

namespace shiftwise::cpu {
namespace {

constexpr int kTileGroups = 16;   // groups of channels in a tile of codes or weights
constexpr int kTileBytes = 1024;  // of weights

// Tile registers: sums 0..3, codes 4 and 5, weights 6 and 7 (and 5 where one tile of codes
// meets several of weights).

struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {};
};

/// GCC's tile intrinsics do not tell the compiler what memory they read: everything written
/// before this point is in memory after it.
void settle_memory() { asm volatile("" : : : "memory"); }

void configure(int pixels) {
  TileConfig config;
  for (int tile = 0; tile < 6; ++tile) config.rows[tile] = static_cast<std::uint8_t>(pixels);
  for (int tile = 6; tile < 8; ++tile) config.rows[tile] = kTileRows;
  settle_memory();
  _tile_loadconfig(&config);
}

constexpr int kSumsPitch = kBlock;  // of a tile of sums in memory
constexpr int kTileSums = kTileRows * kSumsPitch;

/// One turn of the tiles: two tiles of pixels by two blocks of outputs, or fewer at the ends.
struct Step {
  const Tiling* tiling = nullptr;
  int first_row = 0;  // from which the places count
  Place place[2];
  int tiles = 0;
  int block = 0;
  int blocks = 0;
};

/// Sums of the step before, still to be requantized: done while this step multiplies.
template <Finish kind>
class Pending {
 public:
  explicit Pending(const Conv& conv) : conv_(conv) {}

  /// sums: [tile][block][16 pixels][16 outputs].
  void start(const Step& step, const std::int32_t* sums) {
    step_ = step;
    sums_ = sums;
    tile_ = 0;
    if (step_.tiles > 0) enter_tile();
  }

  /// Finishes up to `count` pixels.
  SHIFTWISE_INLINE void advance(int count) {
    if (tile_ == step_.tiles) return;
    step_.blocks == 2 ? advance_blocks<2>(count) : advance_blocks<1>(count);
  }

 private:
  void enter_tile() {
    row_ = step_.place[tile_].row;
    column_ = step_.place[tile_].column;
    pixels_left_ = step_.tiling->pixels;
    from_ = sums_ + tile_ * 2 * kTileSums;
  }

  template <int Blocks>
  void advance_blocks(int count) {
    const Finisher<Avx512Lanes, kind> finisher(conv_, step_.first_row, 0, step_.block);
    const Tiling& tiling = *step_.tiling;
    __m512i bias[Blocks];
    for (int b = 0; b < Blocks; ++b) {
      bias[b] = Avx512Lanes::load(conv_.bias + (step_.block + b) * kBlock);
    }
    while (count > 0 && tile_ < step_.tiles) {
      int run = count < pixels_left_ ? count : pixels_left_;
      const int stored = tiling.width - column_;
      if (stored > 0) {
        run = run < stored ? run : stored;
        const std::int32_t* from = from_;
        const std::uint8_t* codes =
            finisher.skip + row_ * finisher.skip_row + column_ * finisher.skip_pixel;
        std::uint8_t* to =
            finisher.output + row_ * finisher.output_row + column_ * finisher.output_pixel;
        for (int i = 0; i < run; ++i) {
          __m512i v[Blocks];
          for (int b = 0; b < Blocks; ++b)
            v[b] = Avx512Lanes::add(bias[b], Avx512Lanes::load(from + b * kTileSums));
          finisher.store(v, codes, to);
          from += kSumsPitch;
          codes += finisher.skip_pixel;
          to += finisher.output_pixel;
        }
        from_ = from;
      } else {  // between two rows: nobody's sums
        const int skipped = tiling.pitch - column_;
        run = run < skipped ? run : skipped;
        from_ += run * kSumsPitch;
      }
      count -= run;
      pixels_left_ -= run;
      column_ += run;
      if (column_ == tiling.pitch) {
        column_ = 0;
        ++row_;
      }
      if (pixels_left_ == 0) {
        ++tile_;
        if (tile_ < step_.tiles) enter_tile();
      }
    }
  }

  const Conv& conv_;
  Step step_;
  const std::int32_t* sums_ = nullptr;
  const std::int32_t* from_ = nullptr;
  int tile_ = 0;
  int pixels_left_ = 0;
  int row_ = 0;
  int column_ = 0;
};

/// The four tiles of sums in memory: 0 and 1 of the first tile of pixels, 2 and 3 of the second.
void store_sums(std::int32_t* sums) {
  constexpr std::size_t kPitchBytes = kSumsPitch * sizeof(std::int32_t);
  _tile_stored(0, sums, kPitchBytes);
  _tile_stored(1, sums + kTileSums, kPitchBytes);
  _tile_stored(2, sums + 2 * kTileSums, kPitchBytes);
  _tile_stored(3, sums + 3 * kTileSums, kPitchBytes);
}

void load_sums(const std::int32_t* sums) {
  constexpr std::size_t kPitchBytes = kSumsPitch * sizeof(std::int32_t);
  _tile_loadd(0, sums, kPitchBytes);
  _tile_loadd(1, sums + kTileSums, kPitchBytes);
  _tile_loadd(2, sums + 2 * kTileSums, kPitchBytes);
  _tile_loadd(3, sums + 3 * kTileSums, kPitchBytes);
}

void clear_sums() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

void shift_left_sums(std::int32_t* sums, int by) {
  const __m512i count = Avx512Lanes::count(by);
  for (int i = 0; i < 4 * kTileSums; i += kBlock) {
    Avx512Lanes::store(sums + i, Avx512Lanes::shift_left(Avx512Lanes::load(sums + i), count));
  }
}

/// Where a step reads its codes and weights of one term.
struct Operands {
  const std::uint8_t* codes[2];
  const std::int8_t* weight[2];
  std::size_t pixel;  // bytes
};

constexpr std::size_t kWeightPitch = kBlock * kGroup;

/// Adds the products of one tile each of codes and weights to Tiles x Blocks tiles of sums.
template <int Tiles, int Blocks>
SHIFTWISE_INLINE void multiply(const Operands& at, std::ptrdiff_t codes, std::ptrdiff_t weight) {
  _tile_loadd(4, at.codes[0] + codes, at.pixel);
  _tile_loadd(6, at.weight[0] + weight, kWeightPitch);
  if (Tiles == 2) _tile_loadd(5, at.codes[1] + codes, at.pixel);
  if (Blocks == 2) _tile_loadd(7, at.weight[1] + weight, kWeightPitch);
  _tile_dpbusd(0, 4, 6);
  if (Blocks == 2) _tile_dpbusd(1, 4, 7);
  if (Tiles == 2) _tile_dpbusd(2, 5, 6);
  if (Tiles == 2 && Blocks == 2) _tile_dpbusd(3, 5, 7);
}

/// The first products of a step. A tile of sums that it needs still holds those of the step
/// before: it is stored and cleared just before it is added to, while the others multiply.
template <int Tiles, int Blocks>
SHIFTWISE_INLINE void multiply_first(const Operands& at, std::ptrdiff_t codes, std::int32_t* sums) {
  constexpr std::size_t kPitchBytes = kSumsPitch * sizeof(std::int32_t);
  _tile_loadd(4, at.codes[0] + codes, at.pixel);
  _tile_loadd(6, at.weight[0], kWeightPitch);
  if (Tiles == 2) _tile_loadd(5, at.codes[1] + codes, at.pixel);
  if (Blocks == 2) _tile_loadd(7, at.weight[1], kWeightPitch);
  _tile_stored(0, sums, kPitchBytes);
  _tile_zero(0);
  _tile_dpbusd(0, 4, 6);
  _tile_stored(1, sums + kTileSums, kPitchBytes);
  _tile_zero(1);
  if (Blocks == 2) _tile_dpbusd(1, 4, 7);
  _tile_stored(2, sums + 2 * kTileSums, kPitchBytes);
  _tile_zero(2);
  if (Tiles == 2) _tile_dpbusd(2, 5, 6);
  _tile_stored(3, sums + 3 * kTileSums, kPitchBytes);
  _tile_zero(3);
  if (Tiles == 2 && Blocks == 2) _tile_dpbusd(3, 5, 7);
}

/// One step. Leaves its sums in the tiles, and those of the step before requantized.
template <int Tiles, int Blocks, Finish kind>
void make_sums(const Conv& conv, const Step& step, std::int32_t* sums, const Step& before,
               Pending<kind>& pending) {
  bool fresh = conv.between == 0;  // whether the first products take the tiles over
  if (!fresh) {
    store_sums(sums);
    pending.start(before, sums);
    clear_sums();
  }
  for (int t = 0; t < conv.terms; ++t) {
    const Products& products = conv.products[t];
    if (t == 1 && conv.between != 0) {
      alignas(64) std::int32_t own[4 * kTileSums];
      store_sums(own);
      shift_left_sums(own, conv.between);
      settle_memory();
      load_sums(own);
    }
    if (products.runs == 0) continue;
    const std::ptrdiff_t block_bytes =
        std::ptrdiff_t{products.runs} * products.groups * (kBlock * kGroup);
    Operands at;
    for (int i = 0; i < 2; ++i) {
      at.codes[i] = products.input + (step.first_row + step.place[i].row) * products.row +
                    step.place[i].column * products.pixel;
      at.weight[i] = products.weight + (step.block + i) * block_bytes;
    }
    at.pixel = static_cast<std::size_t>(products.pixel);
    const int per_run = products.groups / kTileGroups;
    const int share = 2 * kTileRows / (per_run * products.runs) + 1;
    std::ptrdiff_t weight = 0;
    for (int r = 0; r < products.runs; ++r) {
      std::ptrdiff_t codes = products.run[r].offset;
      for (int i = 0; i < per_run; ++i) {
        if (fresh) {
          multiply_first<Tiles, Blocks>(at, codes, sums);
          pending.start(before, sums);
          fresh = false;
        } else {
          multiply<Tiles, Blocks>(at, codes, weight);
        }
        codes += kTileGroups * kGroup;
        weight += kTileBytes;
        pending.advance(share);
      }
    }
  }
  pending.advance(2 * kTileRows);
}

/// All outputs of some rows. `before` is the last step of the rows before.
template <Finish kind>
void convolve_rows(const Conv& conv, const Part& part, const Tiling& tiling, std::int32_t* sums,
                   Step& before, Pending<kind>& pending) {
  for (int block = part.block; block < part.block_end; block += 2) {
    Step step;
    step.tiling = &tiling;
    step.first_row = part.row;
    step.block = block;
    step.blocks = block + 1 < part.block_end ? 2 : 1;
    Place place;
    for (int tile = 0; tile < tiling.count; tile += 2) {
      step.tiles = tile + 1 < tiling.count ? 2 : 1;
      step.place[0] = place;
      place.go_on(tiling);
      step.place[1] = place;
      place.go_on(tiling);
      const auto make = step.tiles == 2
                            ? (step.blocks == 2 ? make_sums<2, 2, kind> : make_sums<2, 1, kind>)
                            : (step.blocks == 2 ? make_sums<1, 2, kind> : make_sums<1, 1, kind>);
      make(conv, step, sums, before, pending);
      before = step;
    }
  }
}

bool fits_tiles(const Conv& conv) {
  for (int t = 0; t < conv.terms; ++t) {
    if (conv.products[t].groups % kTileGroups != 0) return false;
  }
  return true;
}

template <Finish kind>
void convolve_as(const Conv& conv, const Part& part) {
  alignas(64) std::int32_t sums[4 * kTileSums];
  settle_memory();
  Pending<kind> pending(conv);
  Tiling tiling;
  Step before;
  const auto finish_before = [&] {
    store_sums(sums);
    pending.start(before, sums);
    pending.advance(2 * kTileRows);
    before.tiles = 0;
  };
  int rows = 0;  // that the tiling is made for
  for (int row = part.row; row < part.row_end; row += rows) {
    const int left = part.row_end - row;
    const int now = left < conv.rows_at_once ? left : conv.rows_at_once;
    if (now != rows) {
      if (rows != 0) finish_before();
      tiling = choose_tiling(conv, now);
      configure(tiling.pixels);
      rows = now;
    }
    convolve_rows(conv, {row, row + rows, part.block, part.block_end}, tiling, sums, before,
                  pending);
  }
  finish_before();
  _tile_release();
}

/// Convolutions whose channels do not fill tiles go to the VNNI kernel.
void convolve_tiles(const Conv& conv, const Part& part) {
  if (!fits_tiles(conv)) return avx512_vnni_kernels()->convolve(conv, part);
  switch (conv.finish) {
    case Finish::kCodes:
      return convolve_as<Finish::kCodes>(conv, part);
    case Finish::kResidual:
      return convolve_as<Finish::kResidual>(conv, part);
    case Finish::kPublished:
      return convolve_as<Finish::kPublished>(conv, part);
    case Finish::kGeneral:
      return convolve_as<Finish::kGeneral>(conv, part);
  }
}

std::int64_t peak(std::int64_t rounds) {
  configure(kTileRows);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (std::int64_t i = 0; i < rounds; ++i) {
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  _tile_release();
  return rounds * 4 * kTileRows * kBlock * kTileGroups * kGroup;
}

// Tiles overlap at the end of a row, so nothing is made in place.
constexpr Kernels kKernels = {"amx-int8",     "AMX-TILE, AMX-INT8 and AVX-512 with VNNI",
                              convolve_tiles, false,
                              false,          peak,
                              transpose_tall, transpose_wide};

}  // namespace

const Kernels* amx_int8_kernels() { return &kKernels; }

}  // namespace shiftwise::cpu
#else
const shiftwise::cpu::Kernels* shiftwise::cpu::amx_int8_kernels() { return nullptr; }
#endif
