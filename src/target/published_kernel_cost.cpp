// SPDX-License-Identifier: Apache-2.0
// Measured calls of mlir-aie's conv2dk* kernels, one image row of 32 pixels each (its
// skills/aie-kernel-opt-static/references/levers.md and benchmarks/kernels/registry.py; the
// table is docs/cost-model.md's). What a call of another shape takes follows from how the
// loops of the tuned sources are built; the older ones issue products at one rate throughout.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "target/kernel_cost.h"

namespace shiftwise::target {
namespace {

enum class Family { k1x1, k1x1Int8Out, k3x3, kSkip, kSkipInit };

struct Row {
  std::string_view symbol;
  Family family;
  Architecture architecture;
  std::int64_t old_cycles;
  std::int64_t tuned_cycles;  ///< 0: not measured
};

constexpr double kProductsPerIssue = 256;  ///< of a 4x8x8 multiplication on AIE2

constexpr auto kAie2 = Architecture::kAie2;
constexpr auto kAie2p = Architecture::kAie2p;

/// Shapes: 1x1 64 -> 64; 3x3 64 -> 64, a middle row; skip 2 x 64 -> 64; skip_init 2 x 32 -> 64
/// with a skip of 32.
constexpr std::array kMeasured = {
    Row{"conv2dk1_i8", Family::k1x1, kAie2, 9968, 801},
    Row{"conv2dk1_ui8", Family::k1x1, kAie2, 9968, 801},
    Row{"conv2dk1_i8", Family::k1x1Int8Out, kAie2, 871, 801},
    Row{"conv2dk1_i8", Family::k1x1Int8Out, kAie2p, 7623, 504},
    Row{"conv2dk3_i8", Family::k3x3, kAie2, 99136, 6985},
    Row{"conv2dk3_ui8", Family::k3x3, kAie2, 29127, 6978},
    Row{"conv2dk1_skip_i8", Family::kSkip, kAie2, 19585, 1331},
    Row{"conv2dk1_skip_ui8", Family::kSkip, kAie2, 19585, 1331},
    Row{"conv2dk1_skip_init_i8", Family::kSkipInit, kAie2, 16233, 1348},
    Row{"conv2dk1_skip_init_ui8", Family::kSkipInit, kAie2, 16222, 1349},
};

struct Shape {
  std::int64_t width = 32;
  std::int64_t in = 64;
  std::int64_t out = 64;
  std::int64_t skip_in = 32;
  std::int64_t lines = 3;  ///< 3x3: rows of taps that lie in the image
};

Shape measured_shape(Family family) {
  Shape shape;
  if (family == Family::kSkip) shape.in = 128;
  return shape;
}

std::int64_t macs(Family family, const Shape& s) {
  const std::int64_t outputs = s.width * s.out;
  switch (family) {
    case Family::k3x3:
      return outputs * 3 * s.lines * s.in;
    case Family::kSkipInit:
      return outputs * (s.in + s.skip_in);
    default:
      return outputs * s.in;
  }
}

/// What the loops of one (8 output channels, 32 pixels) block issue by their structure; the
/// rest of a measured call is overhead of the same blocks.
double loop_cycles(Family family, Architecture architecture, const Shape& s) {
  const double groups = static_cast<double>(s.in) / 8;
  switch (family) {
    case Family::k3x3:
      return static_cast<double>(s.lines) * (36 + 34 * (groups - 1) + 10);
    case Family::kSkip:
      return groups / 2 * 16 + 20;
    case Family::kSkipInit:
      return groups / 2 * 16 + static_cast<double>(s.skip_in) / 8 * 9;
    default:
      return groups * (architecture == kAie2 ? 9 : 4.5);
  }
}

double blocks(const Shape& s) {
  const std::int64_t across = (s.width + 31) / 32;
  return static_cast<double>(s.out) / 8 * static_cast<double>(across);
}

std::optional<Shape> shape_of(Family family, std::span<const std::int32_t> scalars) {
  const std::size_t needed = family == Family::k3x3 ? 6 : family == Family::kSkipInit ? 4 : 3;
  if (scalars.size() < needed) return {};
  Shape s;
  s.width = scalars[0];
  s.in = scalars[1];
  s.out = scalars[2];
  if (family == Family::kSkipInit) s.skip_in = scalars[3];
  if (family == Family::k3x3) s.lines = scalars[5] == 1 ? 3 : 2;
  const auto sane = [](std::int64_t v) { return v >= 1 && v <= 1 << 16; };
  if (!sane(s.width) || !sane(s.in) || !sane(s.out) || !sane(s.skip_in)) return {};
  return s;
}

const Row* find_row(Architecture architecture, std::string_view symbol, bool int8_out) {
  for (const Row& row : kMeasured) {
    if (row.symbol != symbol || row.architecture != architecture) continue;
    if (symbol == "conv2dk1_i8" && int8_out != (row.family == Family::k1x1Int8Out)) continue;
    return &row;
  }
  return nullptr;
}

/// kStock is fitted to the slope of ml/bottleneck over image heights (146.1 GOPS), kStockWide to
/// that of the version with the width fix (115.6 to 117.1): bench/fidelity. The skip kernels
/// are not what those designs wait for, and keep their measured calls.
constexpr std::array kVersions = {
    PublishedVersion{PublishedKernels::kTuned, "tuned", true, 1, 0, "mlir-aie 2026, one call"},
    PublishedVersion{PublishedKernels::kOld, "old", false, 1, 0, "mlir-aie 2024-25, one call"},
    PublishedVersion{PublishedKernels::kStock, "stock", false, 1.377, 0,
                     "JD bottleneck_spatial_sweep_npu: fitted to its slope"},
    PublishedVersion{PublishedKernels::kStockWide, "stock-wide", false, 1.729, 0,
                     "JD conv_issue_rate_decomposed: fitted to its slope"},
    PublishedVersion{PublishedKernels::kResident, "resident", false, 1.729, 0.286,
                     "JD conv_accum_residency_npu: issue rate of its hot loop"},
};

const PublishedVersion& version(PublishedKernels kernels) {
  for (const PublishedVersion& each : kVersions) {
    if (each.kernels == kernels) return each;
  }
  return kVersions.front();
}

}  // namespace

std::span<const PublishedVersion> published_versions() { return kVersions; }

PublishedKernels parse_published_kernels(const std::string& name) {
  std::vector<std::string> names;
  for (const PublishedVersion& each : kVersions) {
    if (each.name == name) return each.kernels;
    names.emplace_back(each.name);
  }
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there are no published kernels '{}'", name),
                     .hint = core::suggest(name, names)});
}

std::optional<KernelCycles> published_kernel_cycles(Architecture architecture,
                                                    std::string_view symbol, bool int8_output,
                                                    std::span<const std::int32_t> scalars,
                                                    PublishedKernels sources) {
  const Row* row = find_row(architecture, symbol, int8_output);
  if (row == nullptr) return {};
  const std::optional<Shape> shape = shape_of(row->family, scalars);
  if (!shape) return {};
  const Shape reference = measured_shape(row->family);
  KernelCycles result{.cycles = 0,
                      .macs = macs(row->family, *shape),
                      .measured = true,
                      .basis = "measured by mlir-aie for one row of 32 pixels, scaled by shape"};
  const PublishedVersion& from = version(sources);
  const auto products = static_cast<double>(result.macs);
  double cycles = 0;
  if (from.tuned) {
    const double overhead = static_cast<double>(row->tuned_cycles) / blocks(reference) -
                            loop_cycles(row->family, architecture, reference);
    cycles = blocks(*shape) * (loop_cycles(row->family, architecture, *shape) + overhead);
  } else if (from.resident_issue > 0 && row->family != Family::k3x3) {
    cycles = products / kProductsPerIssue / from.resident_issue;
  } else {
    const bool plain = row->family == Family::k1x1 || row->family == Family::k3x3;
    cycles = static_cast<double>(row->old_cycles) * products /
             static_cast<double>(macs(row->family, reference)) * (plain ? from.plain_factor : 1);
  }
  result.cycles = std::llround(cycles);
  return result;
}

}  // namespace shiftwise::target
