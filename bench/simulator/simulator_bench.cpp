// SPDX-License-Identifier: Apache-2.0
// The task: 64 images through the design of ResNet-50's conv2_x on a simulated npu1, on one
// thread, in one run of the host sequence. The output is compared with the CPU's before the
// clock starts. Reported: host images per second, and what the simulation says of the array.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

#include "cpu/cpu.h"
#include "dialect/read.h"
#include "kernel/library.h"
#include "lower/compile.h"
#include "shared/networks.h"
#include "sim/array.h"
#include "sim/modelled_cost.h"
#include "sim/pace.h"

namespace shiftwise {
namespace {

constexpr int kImages = 64;

/// A design with its host buffers.
class Task {
 public:
  Task(lower::Mapping mapping, sim::Checks checks)
      : network_(bench::conv2_x({})),
        design_(lower::compile(
            network_,
            {.device = target::find_device("npu1"), .mapping = mapping, .images = kImages})),
        array_(dialect::read_program(design_.text, "design.mlir"),
               sim::native_kernels({kernel::builtin_folder()}), {.checks = checks, .cost = &cost_}),
        weights_(design_.weights),
        packed_(bytes(design_.input.image_bytes())),
        result_(bytes(design_.output.image_bytes())) {
    std::mt19937 random(1);
    codes_.resize(bytes(design_.input.shape.elements()));
    for (std::byte& code : codes_) code = static_cast<std::byte>(random());
    const auto each = static_cast<std::size_t>(design_.input.shape.elements());
    const auto packed = static_cast<std::size_t>(design_.input.image_bytes());
    for (std::size_t i = 0; i < kImages; ++i) {
      design_.input.pack(std::span(codes_).subspan(i * each, each),
                         std::span(packed_).subspan(i * packed, packed));
    }
  }

  sim::Result run() {
    const std::span<std::byte> arguments[] = {packed_, weights_, result_};
    sim::Result result = array_.run(design_.sequence, arguments);
    result.require_complete();
    return result;
  }

  bool equals_cpu() {
    std::vector<std::byte> expected(bytes(design_.output.shape.elements()));
    cpu::cpu_backend().make(network_)->run(codes_, kImages, expected);
    std::vector<std::byte> got(expected.size());
    const auto each = static_cast<std::size_t>(design_.output.shape.elements());
    const auto packed = static_cast<std::size_t>(design_.output.image_bytes());
    for (std::size_t i = 0; i < kImages; ++i) {
      design_.output.unpack(std::span(result_).subspan(i * packed, packed),
                            std::span(got).subspan(i * each, each));
    }
    return got == expected;
  }

 private:
  static std::size_t bytes(std::int64_t per_image) {
    return static_cast<std::size_t>(per_image) * kImages;
  }

  qgraph::QGraph network_;
  lower::Design design_;
  sim::ModelledCost cost_;
  sim::Array array_;
  std::vector<std::byte> weights_;
  std::vector<std::byte> codes_;
  std::vector<std::byte> packed_;
  std::vector<std::byte> result_;
};

void simulate(benchmark::State& state, lower::Mapping mapping, sim::Checks checks) {
  Task task(mapping, checks);
  const sim::Result first = task.run();
  if (!task.equals_cpu()) {
    state.SkipWithError("the simulated output is not the CPU's");
    return;
  }
  for (auto _ : state) task.run();
  state.counters["images/s"] = benchmark::Counter(static_cast<double>(state.iterations() * kImages),
                                                  benchmark::Counter::kIsRate);
  if (const auto pace = sim::pace(first.statistics, kImages)) {
    state.counters["array_cycles_per_image"] = pace->interval;
  }
}

using lower::Mapping;
using sim::Checks;
BENCHMARK_CAPTURE(simulate, published, Mapping::kPublished, Checks::kDefault)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, balanced, Mapping::kBalanced, Checks::kDefault)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, balanced_without_checks, Mapping::kBalanced, Checks::kNone)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shiftwise

BENCHMARK_MAIN();
