// SPDX-License-Identifier: Apache-2.0
#include "sim/modelled_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/diagnostic.h"
#include "core/suggest.h"
#include "target/named_number.h"
#include "target/number_file.h"

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

GivenCycles read_kernel_cycles(const std::string& path, const dialect::Program& program) {
  constexpr double kMostCycles = 1e12;
  std::vector<std::string> symbols;
  for (const dialect::DeviceProgram& device : program.devices) {
    for (const dialect::Kernel& kernel : device.kernels) symbols.push_back(kernel.symbol);
  }
  GivenCycles result;
  for (const auto& [symbol, cycles] : target::read_numbers(path)) {
    if (std::ranges::find(symbols, symbol) == symbols.end()) {
      throw core::Error({.what = fmt::format("the design has no kernel '{}'", symbol),
                         .where = path,
                         .hint = core::suggest(symbol, symbols)});
    }
    try {
      target::require_in_range(fmt::format("the cycles of '{}'", symbol), cycles,
                               {0, kMostCycles, /*whole=*/true});
    } catch (const core::Error& error) {
      core::Diagnostic diagnostic = error.diagnostic();
      diagnostic.where = path;
      throw core::Error(std::move(diagnostic));
    }
    result[symbol] = static_cast<Cycles>(cycles);
  }
  return result;
}

std::optional<target::KernelCycles> ModelledCost::modelled(const KernelCall& call) const {
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
  return known;
}

std::optional<Cycles> ModelledCost::cycles(const KernelCall& call) const {
  const auto given = given_.find(call.kernel.symbol);
  if (given != given_.end()) return given->second;
  const auto known = modelled(call);
  if (!known) return std::nullopt;
  return known->cycles;
}

std::string_view ModelledCost::basis(const KernelCall& call) const {
  if (given_.contains(call.kernel.symbol)) return "given";
  const auto known = modelled(call);
  if (!known) return {};
  return known->measured ? "measured" : "analysis";
}

}  // namespace shiftwise::sim
