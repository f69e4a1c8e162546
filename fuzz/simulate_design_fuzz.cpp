// SPDX-License-Identifier: Apache-2.0
// Designs that nobody vouches for, executed: an Error, or a run that ends: complete, stuck, or
// at its limit. Kernels do nothing.
#include <cstdint>
#include <string>
#include <vector>

#include "dialect/read.h"
#include "sim/array.h"
#include "sim/validate.h"
#include "try_to.h"

namespace {

using namespace shiftwise;  // NOLINT(google-build-using-namespace)

class NoCode final : public sim::CoreCode {
 public:
  sim::NativeFunction find(const dialect::Kernel&) override {
    return [](std::span<const kernel::Value>) { return kernel::integer(0); };
  }
};

class NoKernels final : public sim::KernelSource {
 public:
  std::unique_ptr<sim::CoreCode> load(const dialect::CoreProgram&) override {
    return std::make_unique<NoCode>();
  }
};

void simulate(const std::string& text) {
  constexpr sim::Cycles kCycles = 200'000;
  constexpr std::int64_t kLargestBuffer = 1 << 20;
  const dialect::Program program = dialect::read_program(text, "d.mlir");
  sim::Array array(program, std::make_shared<NoKernels>(), {.cycle_limit = kCycles});
  for (const dialect::DeviceProgram& device : program.devices) {
    for (const dialect::Sequence& sequence : device.sequences) {
      std::vector<std::vector<std::byte>> buffers;
      for (const dialect::MemrefType& type : sequence.arguments) {
        const std::int64_t bytes = sim::total_bytes(type);
        if (bytes > kLargestBuffer) return;
        buffers.emplace_back(static_cast<std::size_t>(bytes));
      }
      std::vector<std::span<std::byte>> spans(buffers.begin(), buffers.end());
      const std::string name =
          device.name.empty() ? sequence.name : device.name + "::" + sequence.name;
      for (int run = 0; run < 2; ++run) {  // the second finds what the first left
        fuzz::try_to([&] { array.run(name, spans).require_complete(); });
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::try_to([&] { simulate(text); });
  return 0;
}
