// SPDX-License-Identifier: Apache-2.0
// conv2_x in each mapping, timed by each model of what its kernels cost.
#pragma once

#include <string>
#include <vector>

#include "lower/compile.h"
#include "sim/statistics.h"

namespace shiftwise::fidelity {

enum class CostModel {
  kOwn,        ///< kernels/aie2, by analysis of their loops
  kPublished,  ///< each call at the measured rate of mlir-aie's tuned kernel for the same work
};
std::string_view name(CostModel model);

/// The published conv2_x on silicon: one image, submission included (JD conv2x_int8_cpu_baseline).
inline constexpr double kMeasuredMs = 1.8696;

struct Timed {
  lower::Mapping mapping = lower::Mapping::kPublished;
  CostModel model = CostModel::kOwn;
  double clock_hz = 0;
  double interval = 0;      ///< cycles between images of one run of the sequence
  sim::Cycles latency = 0;  ///< to the first image of it
  sim::Cycles alone = 0;    ///< a run with a single image
  double dispatch_us = 0;   ///< of submitting a run
  struct Tile {
    core::TileId tile;
    double kernels = 0;      ///< cycles an image
    double busy = 0;         ///< share of the run, with the core's own code
    double multiplying = 0;  ///< share of the interval, if every cycle of it did all it can
  };
  std::vector<Tile> tiles = {};
  /// Kernels that the published ones have no like of: timed by analysis.
  std::vector<std::string> by_analysis = {};
  std::string bottleneck = {};

  const Tile& busiest() const;
  /// What the array adds to the busiest core's own kernels, as a share of them.
  double overhead() const { return interval / busiest().kernels - 1; }
  double interval_ms() const { return interval / clock_hz * 1e3; }
  /// A single image and its submission, as the measured design ran.
  double alone_ms() const {
    return static_cast<double>(alone) / clock_hz * 1e3 + dispatch_us * 1e-3;
  }
};

/// `images` in one run of the sequence.
Timed time_conv2_x(const target::Device& device, lower::Mapping mapping, CostModel model,
                   int images);

}  // namespace shiftwise::fidelity
