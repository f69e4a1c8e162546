// SPDX-License-Identifier: Apache-2.0
#include "fidelity/table.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <set>

#include "fidelity/designs.h"
#include "target/device.h"
#include "target/kernel_cost.h"

namespace shiftwise::fidelity {
namespace {

using target::PublishedKernels;

/// The clock that the measurements ran at (Phoenix, default power mode).
double seconds(double cycles) { return cycles / target::Timing().clock_hz; }

/// What a host sees: the run of the sequence and its submission.
double hardware_ms(sim::Cycles cycles) {
  return 1e3 * seconds(static_cast<double>(cycles)) + 1e-3 * target::Timing().dispatch_us;
}

/// Operations (two per product) of one pixel of a bottleneck 256 -> 64 -> 64 -> 256.
constexpr double kOperationsPerPixel = 2.0 * (256 * 64 + 9 * 64 * 64 + 64 * 256);

/// Operations per second of taller images: what remains when fixed times are taken off.
double slope_gops(PublishedKernels kernels) {
  constexpr int kWidth = 32;
  constexpr int kLow = 128;
  constexpr int kHigh = 256;
  const auto cycles = static_cast<double>(bottleneck_cycles(kHigh, kWidth, kernels) -
                                          bottleneck_cycles(kLow, kWidth, kernels));
  return kOperationsPerPixel * kWidth * (kHigh - kLow) / seconds(cycles) * 1e-9;
}

void add_calls(std::vector<Row>& rows) {
  struct Call {
    const char* symbol;
    std::vector<std::int32_t> scalars;
    double old_cycles;
    double tuned_cycles;
  };
  const std::vector<Call> calls = {
      {"conv2dk1_ui8", {32, 64, 64, 8}, 9968, 801},
      {"conv2dk3_i8", {32, 64, 64, 3, 3, 1, 8, 0}, 99136, 6985},
      {"conv2dk3_ui8", {32, 64, 64, 3, 3, 1, 8, 0}, 29127, 6978},
      {"conv2dk1_skip_ui8", {32, 128, 64, 8, 1}, 19585, 1331},
      {"conv2dk1_skip_init_ui8", {32, 64, 64, 32, 8, 1, 8}, 16222, 1349},
  };
  for (const Call& call : calls) {
    for (const bool tuned : {false, true}) {
      const auto known = target::published_kernel_cycles(
          target::Architecture::kAie2, call.symbol, /*int8_output=*/false, call.scalars,
          tuned ? PublishedKernels::kTuned : PublishedKernels::kOld);
      rows.push_back({.what = fmt::format("one call of {}, {} sources", call.symbol,
                                          tuned ? "2026" : "2024-25"),
                      .unit = "cycles",
                      .role = Role::kFitted,
                      .measured = tuned ? call.tuned_cycles : call.old_cycles,
                      .predicted = known ? static_cast<double>(known->cycles) : 0,
                      .source = "mlir-aie levers.md, registry.py",
                      .constant = "the call's cycles"});
    }
  }
}

}  // namespace

std::vector<Row> table() {
  std::vector<Row> rows;
  add_calls(rows);
  rows.push_back({.what = "ml/bottleneck, slope over heights, v1.4.2",
                  .unit = "GOPS",
                  .role = Role::kFitted,
                  .measured = 146.1,
                  .predicted = slope_gops(PublishedKernels::kStock),
                  .source = "JD bottleneck_spatial_sweep_npu.log",
                  .constant = "plain_factor of 'stock'"});
  rows.push_back({.what = "ml/bottleneck, slope over heights, width fix",
                  .unit = "GOPS",
                  .role = Role::kFitted,
                  .measured = 116.35,
                  .predicted = slope_gops(PublishedKernels::kStockWide),
                  .source = "JD conv_issue_rate_decomposed.log (115.6 to 117.1)",
                  .constant = "plain_factor of 'stock-wide'"});
  struct Height {
    int rows;
    double ms;
  };
  for (const auto& [height, ms] :
       {Height{32, 1.222}, {64, 2.238}, {128, 4.172}, {256, 8.098}, {512, 15.875}}) {
    rows.push_back(
        {.what = fmt::format("ml/bottleneck, {} x 32, v1.4.2", height),
         .unit = "ms",
         .role = Role::kChecked,
         .measured = ms,
         .predicted = hardware_ms(bottleneck_cycles(height, 32, PublishedKernels::kStock)),
         .source = "JD bottleneck_spatial_sweep_npu.log"});
  }
  rows.push_back({.what = "ml/bottleneck, 32 x 32, width fix",
                  .unit = "ms",
                  .role = Role::kChecked,
                  .measured = 1.493,
                  .predicted = hardware_ms(bottleneck_cycles(32, 32, PublishedKernels::kStockWide)),
                  .source = "JD conv_issue_rate_decomposed.log"});
  rows.push_back({.what = "ml/resnet/layers_conv2_x, 32 x 32",
                  .unit = "ms",
                  .measured = 1.8696,
                  .predicted = hardware_ms(conv2_x_cycles(PublishedKernels::kStock)),
                  .source = "JD conv2x_int8_cpu_baseline.log"});
  rows.push_back({.what = "ml/bottleneck, 56 x 56, width fix",
                  .unit = "ms",
                  .measured = 4.2435,
                  .predicted = hardware_ms(bottleneck_cycles(56, 56, PublishedKernels::kStockWide)),
                  .source = "JD bottleneck_w56_npu.log"});
  rows.push_back({.what = "ml/bottleneck, slope over heights, 1x1 sums in registers",
                  .unit = "GOPS",
                  .measured = 349,
                  .predicted = slope_gops(PublishedKernels::kResident),
                  .source = "JD conv_accum_residency_npu.log (348 to 350)"});
  return rows;
}

std::string fault(const std::vector<Row>& rows, double tolerance) {
  std::set<std::string> fitted;
  bool held_out = false;
  for (const Row& row : rows) {
    if ((row.role == Role::kFitted) == row.constant.empty()) {
      return fmt::format("'{}': a row is fitted if and only if a constant was fitted to it",
                         row.what);
    }
    if (row.role == Role::kFitted) fitted.insert(row.what);
    held_out = held_out || row.role == Role::kHeldOut;
  }
  if (!held_out) return "no row is held out";
  for (const Row& row : rows) {
    if (row.role != Role::kFitted && fitted.contains(row.what)) {
      return fmt::format("'{}' is fitted and held out", row.what);
    }
    if (!(std::abs(row.error()) <= tolerance)) {
      return fmt::format("'{}': error {:+.1f} %", row.what, 100 * row.error());
    }
  }
  return {};
}

}  // namespace shiftwise::fidelity
