// SPDX-License-Identifier: Apache-2.0
// What cores and streams take for an image: the bounds by which plans are compared.
#pragma once

#include <cstdint>
#include <optional>

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

/// The largest of each, of all tiles: what bounds the time between two images of one copy.
struct Bounds {
  TileLoad multiplications;
  std::optional<TileLoad> kernels;  ///< empty: some kernel has no cost
  TileLoad stream;
  bool stream_enters = false;
  /// The larger of compute (kernels, or multiplications where those have no cost) and streams.
  std::int64_t cycles() const;
  std::int64_t words() const;
};
Bounds bounds(const Design& design);

}  // namespace shiftwise::lower
