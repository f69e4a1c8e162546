// SPDX-License-Identifier: Apache-2.0
#include "cli/backends.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/diagnostic.h"
#include "cpu/cpu.h"
#ifdef SHIFTWISE_NPU
#include "kernel/checked_libraries.h"
#include "offload/simulated.h"
#include "xrt/backend.h"
#endif

namespace shiftwise::cli {
namespace {

#ifdef SHIFTWISE_NPU
bool is_array(const std::string& backend) { return backend == "sim" || backend == "xrt"; }

lower::Options lower_options(const ArrayOptions& options) {
  return {.device = target::find_device(options.target, options.altered.facts()),
          .mapping = lower::parse_mapping(options.mapping),
          .kernel_abi = lower::parse_kernel_abi(options.kernel_abi),
          .images = options.images_per_run};
}

offload::SimulatedOptions simulated_options(const ArrayOptions& options) {
  return {.checks = sim::parse_checks(options.check),
          .facts = options.altered.facts(),
          .checked = options.checked};
}
#endif

}  // namespace

void prepare_checks([[maybe_unused]] ArrayOptions& options) {
#ifdef SHIFTWISE_NPU
  // Kernels are built while the images run, on any thread, so without steps of their own.
  if (options.check != "full") return;
  options.checked =
      std::make_shared<kernel::CheckedLibraries>(std::vector<std::filesystem::path>{});
#endif
}

std::vector<std::string> array_notes([[maybe_unused]] const std::string& backend,
                                     [[maybe_unused]] const ArrayOptions& options) {
  std::vector<std::string> notes;
#ifdef SHIFTWISE_NPU
  if (is_array(backend)) notes = options.altered.notes(options.target);
  if (options.checked) std::ranges::copy(options.checked->notes(), std::back_inserter(notes));
#endif
  return notes;
}

backend::Registry backends([[maybe_unused]] const ArrayOptions& options) {
  backend::Registry filled;
  filled.add(cpu::cpu_backend());
  filled.add(backend::reference_backend());
#ifdef SHIFTWISE_NPU
  filled.add(
      offload::sim_backend(lower_options(options), cpu::cpu_backend(), simulated_options(options)));
  filled.add(xrt::xrt_backend(lower_options(options), options.folder, cpu::cpu_backend()));
#endif
  return filled;
}

backend::Backend find_backend(const std::string& name, const ArrayOptions& options) {
  const backend::Registry registry = backends(options);
  const backend::Backend& found = registry.find(name);
  const std::string reason = found.unavailable();
  if (reason.empty()) return found;
  throw core::Error({.what = fmt::format("the backend '{}' cannot run here", name),
                     .why = reason,
                     .hint = "shiftwise doctor shows what can"});
}

Computed computed_network([[maybe_unused]] const std::string& name, const qgraph::QGraph& network,
                          [[maybe_unused]] const ArrayOptions& options) {
#ifdef SHIFTWISE_NPU
  if (is_array(name)) {
    const lower::Split split = lower::split(network, lower_options(options));
    Computed computed{offload::computed_network(network, split), {}, split.design.warnings};
    for (const lower::Assignment& layer : split.assignments) {
      computed.placements.push_back({layer.layer, layer.where, layer.why});
    }
    return computed;
  }
#endif
  return {network, {}, {}};
}

}  // namespace shiftwise::cli
