// SPDX-License-Identifier: Apache-2.0
#include "fidelity/published_times.h"

#include <params.h>

#include <cstring>
#include <vector>

namespace shiftwise::fidelity {
namespace {

class SilentCode : public sim::CoreCode {
 public:
  sim::NativeFunction find(const dialect::Kernel&) override {
    return [](std::span<const kernel::Value>) { return kernel::Value{}; };
  }
};

class SilentKernels : public sim::KernelSource {
 public:
  std::unique_ptr<sim::CoreCode> load(const dialect::CoreProgram&) override {
    return std::make_unique<SilentCode>();
  }
};

/// The published kernel that does what ours of that symbol does, or nothing.
std::string_view equivalent(std::string_view symbol) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {"sw_conv3x3_u8", "conv2dk3_ui8"},
      {"sw_conv3x3_i8", "conv2dk3_ui8"},
      {"sw_conv1x1_project_", "conv2dk1_skip_init_ui8"},
      {"sw_conv1x1_skip_", "conv2dk1_skip_ui8"},
      {"sw_conv1x1_u8", "conv2dk1_ui8"},
      {"sw_conv1x1_i8", "conv2dk1_ui8"}};
  for (const auto& [ours, published] : kPairs) {
    if (symbol.starts_with(ours)) return published;
  }
  return {};
}

}  // namespace

std::shared_ptr<sim::KernelSource> silent_kernels() { return std::make_shared<SilentKernels>(); }

std::optional<sim::Cycles> PublishedTimes::cycles(const sim::KernelCall& call) const {
  const std::string_view published = equivalent(call.kernel.symbol);
  if (published.empty()) return std::nullopt;
  SwConvParams p = {};
  std::int32_t border = SW_BORDER_NONE;
  for (std::size_t i = 0; i < call.kernel.arguments.size(); ++i) {
    const auto& memref = call.kernel.arguments[i].memref;
    if (!memref) border = static_cast<std::int32_t>(call.arguments[i].integer);
    if (memref && memref->bits == 32) std::memcpy(&p, call.arguments[i].pointer, sizeof p);
  }
  constexpr int kGroup = 8;
  constexpr int kMiddleRow = 1;
  const std::vector<std::int32_t> scalars = {
      p.rows * p.pixels,     kGroup * (p.in0_groups + p.in1_groups),
      kGroup * p.out_groups, kGroup * p.skip_groups,
      /*kernel height*/ 3,   border == SW_BORDER_NONE ? kMiddleRow : 0};
  const auto known = target::published_kernel_cycles(call.device.architecture, published,
                                                     /*int8_output=*/false, scalars, kernels_);
  if (!known) return std::nullopt;
  return known->cycles;
}

}  // namespace shiftwise::fidelity
