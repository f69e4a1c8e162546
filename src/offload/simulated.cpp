// SPDX-License-Identifier: Apache-2.0
#include "offload/simulated.h"

#include <fmt/format.h>

#include "dialect/read.h"
#include "kernel/library.h"

namespace shiftwise::offload {
namespace {

class SimulatedDevice : public ArrayDevice {
 public:
  SimulatedDevice(const lower::Design& design, const target::Device& device,
                  const SimulatedOptions& options)
      : name_(design.device),
        sequence_(design.sequence),
        array_(dialect::read_program(design.text, "design.mlir", options.facts),
               sim::native_kernels({kernel::builtin_folder()}, options.checked),
               {.checks = options.checks, .device = device}) {}

  std::string describe() const override { return fmt::format("simulated {}", name_); }
  std::size_t memory_bytes() const override { return array_.memory_bytes(); }

  void run(std::span<const std::span<std::byte>> arguments) override {
    array_.run(sequence_, arguments).require_complete();
  }

 private:
  std::string name_;
  std::string sequence_;
  sim::Array array_;
};

}  // namespace

std::unique_ptr<ArrayDevice> simulated_device(const lower::Design& design,
                                              const target::Device& device,
                                              const SimulatedOptions& options) {
  return std::make_unique<SimulatedDevice>(design, device, options);
}

backend::Backend sim_backend(const lower::Options& options, backend::Backend rest,
                             SimulatedOptions simulated) {
  return array_backend(
      {.name = "sim",
       .summary = "the array, simulated: the design that an NPU would run, tile by tile",
       .unavailable = [] { return std::string(); },
       .options = options,
       .make_device =
           [device = options.device, simulated = std::move(simulated)](
               const lower::Design& design) { return simulated_device(design, device, simulated); },
       .rest = std::move(rest)});
}

}  // namespace shiftwise::offload
