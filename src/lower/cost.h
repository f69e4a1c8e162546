// SPDX-License-Identifier: Apache-2.0
// What cores and streams take for an image: the bounds by which plans are compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lower/layer.h"
#include "lower/place.h"
#include "lower/program.h"

namespace shiftwise::lower {

/// Cycles if every issue slot multiplied.
std::int64_t multiplying_cycles(std::int64_t macs, const target::Device& device);

/// One call of our kernel for an inner row of `made` output groups of a layer.
std::int64_t row_cycles(const qgraph::QGraph& graph, const Layer& layer, int made,
                        const target::Device& device);
/// One call that copies so many bytes.
std::int64_t copy_cycles(std::int64_t bytes, const target::Device& device);

/// Adds what only the finished program knows to the tiles' loads.
void measure(const Program& program, const TileUses& uses, const target::Device& device,
             Design& design);

/// What bounds the time between two images.
struct Bounds {
  /// The busiest tile's, for an image that passes it.
  struct Tile {
    core::TileId tile;
    std::int64_t cycles = 0;
  };
  Tile multiplications;         ///< if every issue slot multiplied
  std::optional<Tile> kernels;  ///< as the loops are; empty: some kernel has no cost
  Tile streams;                 ///< words of the busiest channel
  std::int64_t stream_words = 0;
  bool stream_enters = false;
  std::int64_t ddr = 0;  ///< of the busier direction, for an image of any copy
  int copies = 1;

  std::int64_t compute() const { return kernels ? kernels->cycles : multiplications.cycles; }
  /// Between images of all copies together.
  double interval() const;
  std::string_view binding() const;  ///< "compute binds", ...
};
Bounds bounds(const Design& design, const target::Device& device);

}  // namespace shiftwise::lower
