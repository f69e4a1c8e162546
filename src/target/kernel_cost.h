// SPDX-License-Identifier: Apache-2.0
// How many cycles a core spends in one kernel call. Two sorts, never mixed up: our kernels by
// analysis of their loops (nobody has run them on silicon), published kernels by the measured
// calls of their authors, scaled to other shapes by the structure of their loops.
// docs/cost-model.md walks through both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "target/device.h"

namespace shiftwise::target {

/// Which sources of the published kernels: before and after their authors tuned them in 2026.
enum class PublishedKernels { kOld, kTuned };

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

/// A kernel of mlir-aie's conv2dk* family by its symbol and scalar arguments. `object` is the
/// link_with name: conv2dk1_i8 is in two of them. Nothing where no such call was measured.
std::optional<KernelCycles> published_kernel_cycles(Architecture architecture,
                                                    std::string_view symbol,
                                                    std::string_view object,
                                                    std::span<const std::int32_t> scalars,
                                                    PublishedKernels sources);

}  // namespace shiftwise::target
