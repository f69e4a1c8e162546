// SPDX-License-Identifier: Apache-2.0
// The task: one convolution of each kind of ResNet-50 for CIFAR, on one thread. Ours include
// the requantization to uint8 and exclude bringing codes in and out; oneDNN keeps its
// accumulators and its own layouts.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/diagnostic.h"
#include "core/parallel.h"
#include "cpu/profile.h"
#include "layers/onednn_int8.h"
#include "qgraph/reference.h"
#include "shared/networks.h"

namespace shiftwise::bench {
namespace {

struct Kind {
  const char* name;
  int inputs, outputs, kernel, stride, size;
};

constexpr Kind kKinds[] = {
    {"stem 3x3, 3 -> 64, 32x32", 3, 64, 3, 1, 32},
    {"stem 7x7 stride 2, 3 -> 64, 224x224", 3, 64, 7, 2, 224},
    {"conv2_x 1x1, 256 -> 64, 32x32", 256, 64, 1, 1, 32},
    {"conv2_x 3x3, 64 -> 64, 32x32", 64, 64, 3, 1, 32},
    {"conv2_x 1x1, 64 -> 256, 32x32", 64, 256, 1, 1, 32},
    {"conv3_x 3x3 stride 2, 128 -> 128, 32x32", 128, 128, 3, 2, 32},
    {"conv3_x 3x3, 128 -> 128, 16x16", 128, 128, 3, 1, 16},
    {"conv4_x 3x3, 256 -> 256, 8x8", 256, 256, 3, 1, 8},
    {"conv4_x 1x1, 256 -> 1024, 8x8", 256, 1024, 1, 1, 8},
    {"conv5_x 3x3, 512 -> 512, 4x4", 512, 512, 3, 1, 4},
};

void print_row(const Kind& kind, const std::string& who, double seconds, double macs, double peak) {
  fmt::print("| {} | {} | {:.1f} | {:.0f} | {:.0f} % |\n", kind.name, who, seconds * 1e6,
             macs / seconds * 1e-9, macs / seconds / peak * 100);
}

void measure(const Kind& kind, double best_peak) {
  constexpr int kRepetitions = 300;
  qgraph::QGraph graph =
      convolution(kind.inputs, kind.outputs, kind.kernel, kind.stride, kind.size);
  std::vector<std::byte> input(static_cast<std::size_t>(graph.input_type().shape.elements()));
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i * 37 % 251);
  const auto expected = qgraph::run_reference(graph, std::vector<std::int32_t>([&] {
                                                std::vector<std::int32_t> codes;
                                                for (const std::byte code : input)
                                                  codes.push_back(std::to_integer<int>(code));
                                                return codes;
                                              }()));
  const auto work = static_cast<double>(macs(graph));
  for (const cpu::KernelPath& path : cpu::kernel_paths()) {
    if (!path.runs_here) continue;
    const auto executor = cpu::make_executor(graph, path.name);
    std::vector<std::byte> output(expected.back().size());
    executor->run(input, 1, output);
    for (std::size_t i = 0; i < output.size(); ++i) {
      core::expects(std::to_integer<int>(output[i]) == expected.back()[i], "the kernels are exact",
                    path.name);
    }
    const int repetitions = path.name == "portable" ? 5 : kRepetitions;
    const cpu::Profile profile = cpu::profile(*executor, input, 1, repetitions);
    print_row(kind, path.name, profile.steps.front().seconds, work, profile.peak);
  }
  const auto& conv = std::get<qgraph::Conv2d>(graph.nodes[1].operation);
  OneDnnConvolution onednn(graph.input_type(), conv, graph.output_type().shape, input);
  onednn.run();
  graph.nodes[1].output.element = qgraph::Element::kInt32;
  core::expects(
      onednn.accumulators() == qgraph::run_reference(graph, qgraph::Codes(expected.front())).back(),
      "oneDNN's accumulators are exact");
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kRepetitions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    onednn.run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  print_row(kind, "oneDNN int8", best, work, best_peak);
}

}  // namespace
}  // namespace shiftwise::bench

int main() {
  using namespace shiftwise;
  try {
    core::set_thread_limit(1);
    const std::string best = cpu::selected_path();
    fmt::print(
        "One thread; the share is of a register-only loop of the same path (oneDNN: {}).\n\n"
        "| layer | kernels | best us | GMAC/s | of peak |\n|---|---|---|---|---|\n",
        best);
    for (const bench::Kind& kind : bench::kKinds) bench::measure(kind, cpu::measure_peak(best));
    return 0;
  } catch (const core::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 3;
  }
}
