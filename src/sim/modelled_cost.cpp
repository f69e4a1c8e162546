// SPDX-License-Identifier: Apache-2.0
#include "sim/modelled_cost.h"

#include <cstring>
#include <vector>

namespace shiftwise::sim {
namespace {

bool is_parameters(const dialect::MemrefType& type) {
  return type.element == dialect::Element::kInt && type.bits == 32 &&
         type.shape == std::vector<std::int64_t>{target::kParameterWords};
}

/// Of mlir-aie's 1x1: input, weights, output.
bool int8_output(const dialect::Kernel& kernel) {
  constexpr std::size_t kOutput = 2;
  if (kernel.arguments.size() <= kOutput) return false;
  const auto& type = kernel.arguments[kOutput].memref;
  return type && type->bits == 8 && type->element != dialect::Element::kUint;
}

}  // namespace

std::optional<Cycles> ModelledCost::cycles(const KernelCall& call) const {
  std::vector<std::int32_t> words;
  std::vector<std::int32_t> scalars;
  for (std::size_t i = 0; i < call.kernel.arguments.size(); ++i) {
    const dialect::Kernel::Argument& argument = call.kernel.arguments[i];
    if (!argument.memref) {
      scalars.push_back(static_cast<std::int32_t>(call.arguments[i].integer));
    } else if (is_parameters(*argument.memref)) {
      words.resize(target::kParameterWords);
      std::memcpy(words.data(), call.arguments[i].pointer, words.size() * sizeof(words[0]));
    }
  }
  // A tag tells functions of one kernel apart (kernels/aie2/params.h).
  const std::string symbol = call.kernel.symbol.substr(0, call.kernel.symbol.find("__"));
  const target::Architecture architecture = call.device.architecture;
  auto known = target::own_kernel_cycles(architecture, symbol, words, scalars);
  if (!known) {
    known = target::published_kernel_cycles(architecture, symbol, int8_output(call.kernel), scalars,
                                            published_);
  }
  if (!known) return std::nullopt;
  return known->cycles;
}

}  // namespace shiftwise::sim
