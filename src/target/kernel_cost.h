// SPDX-License-Identifier: Apache-2.0
// How many cycles a core spends in one kernel call. Two sorts, never mixed up: our kernels by
// analysis of their loops (nobody has run them on silicon), published kernels by the measured
// calls of their authors, scaled to other shapes by the structure of their loops.
// docs/cost-model.md walks through both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "target/device.h"

namespace shiftwise::target {

/// Which sources of the published kernels.
enum class PublishedKernels {
  kOld,        ///< of 2024-25, as their calls were measured by themselves
  kTuned,      ///< of 2026, likewise
  kStock,      ///< the old ones within designs, mlir-aie v1.4.2 (fitted)
  kStockWide,  ///< the same with the later fix for other widths (fitted)
  kResident,   ///< kStockWide, with the sums of 1x1 kernels kept in registers
};

/// One of them, as data.
struct PublishedVersion {
  PublishedKernels kernels;
  std::string_view name;
  bool tuned = false;  ///< based on the tuned calls, else on the old ones
  /// Of convolutions without a residual: how much longer a call takes within a design.
  double plain_factor = 1;
  double resident_issue = 0;  ///< products per cycle of 1x1 kernels; 0: as measured calls
  std::string_view source;
};
std::span<const PublishedVersion> published_versions();
/// Throws Error for an unknown name.
PublishedKernels parse_published_kernels(const std::string& name);

/// Words of a SwConvParams.
inline constexpr int kParameterWords = 32;

struct KernelCycles {
  std::int64_t cycles = 0;
  std::int64_t macs = 0;  ///< useful multiplications, for "cycles at full issue"
  bool measured = false;  ///< false: analysis
  std::string_view basis;
};

/// A kernel of kernels/aie2 by its symbol ("sw_conv1x1_u8_u8", with or without a tag behind two
/// underscores), the words of its parameters (SwConvParams) and its scalar arguments in order.
/// Nothing for other symbols, and for words that describe no call.
std::optional<KernelCycles> own_kernel_cycles(Architecture architecture, std::string_view symbol,
                                              std::span<const std::int32_t> words,
                                              std::span<const std::int32_t> scalars);

/// A kernel of mlir-aie's conv2dk* family by its symbol and scalar arguments. Two kernels are
/// called conv2dk1_i8: `int8_output` tells them apart. Nothing where no such call was measured.
std::optional<KernelCycles> published_kernel_cycles(Architecture architecture,
                                                    std::string_view symbol, bool int8_output,
                                                    std::span<const std::int32_t> scalars,
                                                    PublishedKernels sources);

}  // namespace shiftwise::target
