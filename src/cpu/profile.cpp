// SPDX-License-Identifier: Apache-2.0
#include "cpu/profile.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>

#include "core/diagnostic.h"
#include "core/progress.h"
#include "cpu/executor.h"
#include "cpu/paths.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::cpu {
namespace {

double best_peak(const Kernels& kernels) {
  constexpr std::int64_t kRounds = 100'000;
  constexpr int kTries = 15;
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::int64_t macs = kernels.peak(kRounds);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(macs) / seconds.count());
  }
  return best;
}

}  // namespace

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

double measure_peak(const std::string& path) { return best_peak(find_kernels(path, "profile")); }

Profile profile(backend::Executor& executor, std::span<const std::byte> input, int images,
                int repetitions) {
  auto* cpu = dynamic_cast<CpuExecutor*>(&executor);
  if (cpu == nullptr) {
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = "cannot measure the layers of " + executor.describe(),
                       .hint = "--backend cpu"});
  }
  const auto& steps = cpu->plan().steps;
  std::vector<double> best(steps.size() + 1, std::numeric_limits<double>::infinity());
  std::vector<std::byte> output(cpu->output_bytes() * static_cast<std::size_t>(images));
  for (int i = 0; i < repetitions; ++i) {
    core::check_interrupted();
    std::vector<double> seconds;
    cpu->run_timed(input, images, output, seconds);
    for (std::size_t s = 0; s < best.size(); ++s) best[s] = std::min(best[s], seconds[s]);
  }
  Profile result = {cpu->kernels().name, best_peak(cpu->kernels()), {}};
  for (std::size_t s = 0; s < best.size(); ++s) {
    const bool is_step = s < steps.size();
    StepProfile step;
    step.name = is_step ? steps[s]->name : "codes in and out";
    step.macs = is_step ? steps[s]->macs : 0;
    step.seconds = best[s] / images;
    step.share_of_peak = static_cast<double>(step.macs) / step.seconds / result.peak;
    result.steps.push_back(std::move(step));
  }
  return result;
}

}  // namespace shiftwise::cpu
