// SPDX-License-Identifier: Apache-2.0
// The kernels with AMX tiles: 16 pixels x 64 channels by 64 channels x 16 outputs in one
// instruction. The weights are packed as for VNNI, which is a tile's layout already.
#include "cpu/kernels.h"

#if defined(__AMX_INT8__) && defined(__AVX512VNNI__)
#include "cpu/kernels/avx512_lanes.h"

namespace shiftwise::cpu {
namespace {

constexpr int kTileRows = 16;     // pixels of a tile of codes or sums
constexpr int kTileGroups = 16;   // groups of channels in a tile of codes or weights
constexpr int kTileBytes = 1024;  // of weights

// Tile registers: sums 0..3, codes 4 and 5, weights 6 and 7 (and 5 where one tile of codes
// meets several of weights).

/// The outputs of a part as tiles of `pixels` consecutive ones. Positions count along rows that
/// are `pitch` apart: the width, or more where a tile may run over the halo into the next row,
/// which makes sums that nobody reads.
struct Tiling {
  int pixels = 0;
  int pitch = 0;
  int width = 0;
  int pieces = 0;  // tiles in one row, or in all where they run on
  bool runs_on = false;
  int last = 0;  // first position of the last tile of a row or of all: it overlaps the one before
  int count = 0;

  int position(int tile) const {
    const int row = runs_on ? 0 : tile / pieces;
    const int start = (tile - row * pieces) * pixels;
    return row * pitch + (start < last ? start : last);
  }
};

int ceil_divide(int a, int b) { return (a + b - 1) / b; }

Tiling cut(int length, int pitch, int rows, bool runs_on) {
  Tiling tiling;
  tiling.pieces = ceil_divide(length, kTileRows);
  tiling.pixels = ceil_divide(length, tiling.pieces);
  tiling.last = length - tiling.pixels;
  tiling.pitch = pitch;
  tiling.runs_on = runs_on;
  tiling.count = runs_on ? tiling.pieces : tiling.pieces * rows;
  return tiling;
}

/// The cheaper of tiles within rows and tiles that run on from row to row. The latter need
/// inputs that run on too: as many pixel steps from row to row in every term.
Tiling choose_tiling(const Conv& conv, int rows) {
  Tiling within = cut(conv.width, conv.width, rows, false);
  within.width = conv.width;
  std::ptrdiff_t pitch = 0;
  for (int t = 0; t < conv.terms; ++t) {
    const Products& products = conv.products[t];
    if (products.runs == 0) continue;
    const std::ptrdiff_t steps = products.row / products.pixel;
    if (steps * products.pixel != products.row || (pitch != 0 && pitch != steps)) return within;
    pitch = steps;
  }
  Tiling on =
      cut((rows - 1) * static_cast<int>(pitch) + conv.width, static_cast<int>(pitch), rows, true);
  on.width = conv.width;
  return on.count * on.pixels < within.count * within.pixels ? on : within;
}

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

constexpr int kSumsPitch = 2 * kBlock;  // of a step's sums in memory
constexpr int kTileSums = kTileRows * kSumsPitch;
constexpr int kStepSums = 2 * kTileSums;

/// Sums of one step, still to be requantized: done while the next step multiplies.
template <Finish kind>
class Pending {
 public:
  Pending(const Conv& conv, const Tiling& tiling, int first_row)
      : conv_(conv), tiling_(tiling), first_row_(first_row) {}

  /// sums: [tile][16 pixels][2 x 16 outputs].
  void start(const std::int32_t* sums, int tile, int tiles, int block, int blocks) {
    sums_ = sums;
    block_ = block;
    blocks_ = blocks;
    tile_ = tile;
    tiles_left_ = tiles;
    enter_tile();
  }

  /// Finishes up to `count` pixels.
  SHIFTWISE_INLINE void advance(int count) {
    if (tiles_left_ == 0) return;
    blocks_ == 2 ? advance_blocks<2>(count) : advance_blocks<1>(count);
  }

 private:
  void enter_tile() {
    const int position = tiling_.position(tile_);
    row_ = position / tiling_.pitch;
    column_ = position - row_ * tiling_.pitch;
    pixels_left_ = tiling_.pixels;
    from_ = sums_;
  }

  template <int Blocks>
  void advance_blocks(int count) {
    const Finisher<Avx512Lanes, kind> finisher(conv_, first_row_, 0, block_);
    while (count > 0 && tiles_left_ > 0) {
      int run = count < pixels_left_ ? count : pixels_left_;
      const int stored = tiling_.width - column_;
      if (stored > 0) {
        run = run < stored ? run : stored;
        for (int i = 0; i < run; ++i) {
          __m512i v[Blocks];
          for (int b = 0; b < Blocks; ++b) v[b] = Avx512Lanes::load(from_ + b * kBlock);
          finisher.store(v, row_, column_ + i);
          from_ += kSumsPitch;
        }
      } else {  // between two rows: nobody's sums
        const int skipped = tiling_.pitch - column_;
        run = run < skipped ? run : skipped;
        from_ += run * kSumsPitch;
      }
      count -= run;
      pixels_left_ -= run;
      column_ += run;
      if (column_ == tiling_.pitch) {
        column_ = 0;
        ++row_;
      }
      if (pixels_left_ == 0) {
        ++tile_;
        sums_ += kTileSums;
        if (--tiles_left_ > 0) enter_tile();
      }
    }
  }

  const Conv& conv_;
  const Tiling& tiling_;
  int first_row_;
  const std::int32_t* sums_ = nullptr;
  const std::int32_t* from_ = nullptr;
  int tile_ = 0;
  int tiles_left_ = 0;
  int pixels_left_ = 0;
  int row_ = 0;
  int column_ = 0;
  int block_ = 0;
  int blocks_ = 0;
};

/// Adds the products of one term to the sums of Tiles x Blocks tiles.
template <int Tiles, int Blocks, Finish kind>
void add_products(const Products& products, const std::ptrdiff_t (&start)[2], int block,
                  Pending<kind>& pending) {
  const std::ptrdiff_t block_bytes =
      std::ptrdiff_t{products.runs} * products.groups * (kBlock * kGroup);
  const std::int8_t* weight = products.weight + block * block_bytes;
  const int steps = products.groups / kTileGroups;
  const int share = 2 * kTileRows / (steps * products.runs) + 1;
  for (int r = 0; r < products.runs; ++r) {
    const std::uint8_t* codes = products.input + products.run[r];
    for (int step = 0; step < steps; ++step) {
      const auto pixel = static_cast<std::size_t>(products.pixel);
      _tile_loadd(4, codes + start[0], pixel);
      _tile_loadd(6, weight, kBlock * kGroup);
      _tile_dpbusd(0, 4, 6);
      if (Tiles == 2) {
        _tile_loadd(5, codes + start[1], pixel);
        _tile_dpbusd(2, 5, 6);
      }
      if (Blocks == 2) {
        _tile_loadd(7, weight + block_bytes, kBlock * kGroup);
        _tile_dpbusd(1, 4, 7);
        if (Tiles == 2) _tile_dpbusd(3, 5, 7);
      }
      codes += kTileGroups * kGroup;
      weight += kTileBytes;
      pending.advance(share);
    }
  }
}

/// Every sum starts as the bias of its output: all rows of a tile from the same 16 numbers.
template <int Tiles, int Blocks>
void start_sums(const std::int32_t* bias) {
  _tile_loadd(0, bias, 0);
  if (Tiles == 2) _tile_loadd(2, bias, 0);
  if (Blocks == 2) _tile_loadd(1, bias + kBlock, 0);
  if (Blocks == 2 && Tiles == 2) _tile_loadd(3, bias + kBlock, 0);
}

template <int Tiles, int Blocks>
void store_sums(std::int32_t* sums) {
  constexpr std::size_t kPitchBytes = kSumsPitch * sizeof(std::int32_t);
  std::int32_t* second = sums + kTileRows * kSumsPitch;
  _tile_stored(0, sums, kPitchBytes);
  if (Blocks == 2) _tile_stored(1, sums + kBlock, kPitchBytes);
  if (Tiles == 2) _tile_stored(2, second, kPitchBytes);
  if (Tiles == 2 && Blocks == 2) _tile_stored(3, second + kBlock, kPitchBytes);
}

template <int Tiles, int Blocks>
void load_sums(const std::int32_t* sums) {
  constexpr std::size_t kPitchBytes = kSumsPitch * sizeof(std::int32_t);
  const std::int32_t* second = sums + kTileRows * kSumsPitch;
  _tile_loadd(0, sums, kPitchBytes);
  if (Blocks == 2) _tile_loadd(1, sums + kBlock, kPitchBytes);
  if (Tiles == 2) _tile_loadd(2, second, kPitchBytes);
  if (Tiles == 2 && Blocks == 2) _tile_loadd(3, second + kBlock, kPitchBytes);
}

/// sums = (sums << by) + bias, in memory.
void shift_and_add(std::int32_t* sums, int by, const std::int32_t* bias, int blocks) {
  const __m512i count = Avx512Lanes::count(by);
  for (int row = 0; row < 2 * kTileRows; ++row) {
    for (int b = 0; b < blocks; ++b) {
      std::int32_t* at = sums + row * kSumsPitch + b * kBlock;
      const __m512i moved = Avx512Lanes::shift_left(Avx512Lanes::load(at), count);
      Avx512Lanes::store(at, Avx512Lanes::add(moved, Avx512Lanes::load(bias + b * kBlock)));
    }
  }
}

/// One step: up to 2 tiles of pixels by up to 2 blocks of outputs, from tile `tile`.
template <int Tiles, int Blocks, Finish kind>
void make_sums(const Conv& conv, const Tiling& tiling, int first_row, int tile, int block,
               std::int32_t* sums, Pending<kind>& pending) {
  const std::int32_t* bias = conv.bias + block * kBlock;
  const int positions[2] = {tiling.position(tile), Tiles == 2 ? tiling.position(tile + 1) : 0};
  if (conv.between == 0) {
    start_sums<Tiles, Blocks>(bias);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int t = 0; t < conv.terms; ++t) {
    const Products& products = conv.products[t];
    if (t == 1 && conv.between != 0) {
      store_sums<Tiles, Blocks>(sums);
      shift_and_add(sums, conv.between, bias, Blocks);
      settle_memory();
      load_sums<Tiles, Blocks>(sums);
    }
    if (products.runs == 0) continue;
    std::ptrdiff_t start[2];
    for (int i = 0; i < 2; ++i) {
      const int row = positions[i] / tiling.pitch;
      start[i] =
          (first_row + row) * products.row + (positions[i] - row * tiling.pitch) * products.pixel;
    }
    add_products<Tiles, Blocks>(products, start, block, pending);
  }
  pending.advance(2 * kTileRows);
  store_sums<Tiles, Blocks>(sums);
  pending.start(sums, tile, Tiles, block, Blocks);
}

template <Finish kind>
void convolve_rows(const Conv& conv, const Part& part, std::int32_t* sums, int& configured) {
  const Tiling tiling = choose_tiling(conv, part.row_end - part.row);
  if (tiling.pixels != configured) configure(tiling.pixels);
  configured = tiling.pixels;
  Pending<kind> pending(conv, tiling, part.row);
  int parity = 0;
  for (int block = part.block; block < part.block_end; block += 2) {
    const bool two_blocks = block + 1 < part.block_end;
    for (int tile = 0; tile < tiling.count; tile += 2) {
      const bool two_tiles = tile + 1 < tiling.count;
      const auto make = two_tiles ? (two_blocks ? make_sums<2, 2, kind> : make_sums<2, 1, kind>)
                                  : (two_blocks ? make_sums<1, 2, kind> : make_sums<1, 1, kind>);
      make(conv, tiling, part.row, tile, block, sums + parity * kStepSums, pending);
      parity ^= 1;
    }
  }
  pending.advance(2 * kTileRows);
}

bool fits_tiles(const Conv& conv) {
  for (int t = 0; t < conv.terms; ++t) {
    if (conv.products[t].groups % kTileGroups != 0) return false;
  }
  return true;
}

template <Finish kind>
void convolve_as(const Conv& conv, const Part& part) {
  alignas(64) std::int32_t sums[2 * kStepSums];  // two steps': one is made, one is finished
  settle_memory();
  int configured = 0;  // pixels of a tile
  for (int row = part.row; row < part.row_end; row += conv.rows_at_once) {
    Part rows = part;
    rows.row = row;
    if (row + conv.rows_at_once < part.row_end) rows.row_end = row + conv.rows_at_once;
    convolve_rows<kind>(conv, rows, sums, configured);
  }
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

constexpr Kernels kKernels = {"amx-int8", "AMX-TILE, AMX-INT8 and AVX-512 with VNNI",
                              convolve_tiles, peak};

}  // namespace

const Kernels* amx_int8_kernels() { return &kKernels; }

}  // namespace shiftwise::cpu
#else
const shiftwise::cpu::Kernels* shiftwise::cpu::amx_int8_kernels() { return nullptr; }
#endif
