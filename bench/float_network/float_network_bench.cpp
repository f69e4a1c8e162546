// SPDX-License-Identifier: Apache-2.0
// The task: 64 CIFAR-sized images through the embedded ResNet-50 in float32, cut into chunks
// that threads take one after the other (what `eval` does). Checked against the direct loops
// of tests/graph/naive.h before the clock starts. compare_onnxruntime.py runs the contender.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <numeric>

#include "core/parallel.h"
#include "graph/executor.h"
#include "graph/fold.h"
#include "graph/naive.h"
#include "model/load.h"

namespace shiftwise {
namespace {

constexpr int kImages = 64;

/// Every value from -1 to below 1 in steps of 1/128; the script makes the same.
std::vector<float> make_images(std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i * 7919 % 256) / 128.0F - 1.0F;
  }
  return values;
}

struct Task {
  graph::Graph network = graph::fold_batch_norms(
      model::build(
          model::read_checkpoint(SHIFTWISE_SOURCE_DIR "/assets/resnet50-cifar10.safetensors"))
          .network);
  std::int64_t image_size = network.input_shape().elements();
  std::vector<float> images = make_images(image_size * kImages);
  std::int64_t macs = [this] {
    const std::vector<std::int64_t> each = graph::macs(network);
    return std::accumulate(each.begin(), each.end(), std::int64_t{0});
  }();
  std::map<int, std::unique_ptr<graph::Executor>> executors;  ///< by images per chunk

  const graph::Executor& executor(int chunk) {
    auto& made = executors[chunk];
    if (!made) {
      made = std::make_unique<graph::Executor>(
          network, graph::Executor::Options{.images_per_chunk = chunk, .observed = {}});
    }
    return *made;
  }
};

Task& task() {
  static Task the_task;
  return the_task;
}

std::vector<float> classify(const graph::Executor& executor) {
  const auto chunk = static_cast<std::size_t>(executor.images_per_chunk());
  const auto in = chunk * static_cast<std::size_t>(task().image_size);
  const auto out = chunk * static_cast<std::size_t>(executor.output_shape().elements());
  std::vector<float> logits(out * kImages / chunk);
  core::parallel_for(kImages / executor.images_per_chunk(), [&](std::int64_t piece) {
    const auto i = static_cast<std::size_t>(piece);
    executor.run(std::span(task().images).subspan(i * in, in), executor.images_per_chunk(),
                 std::span(logits).subspan(i * out, out));
  });
  return logits;
}

void float_network(benchmark::State& state) {
  const auto& executor = task().executor(static_cast<int>(state.range(0)));
  core::set_thread_limit(static_cast<int>(state.range(1)));
  for (auto _ : state) benchmark::DoNotOptimize(classify(executor));
  core::set_thread_limit(0);
  state.SetItemsProcessed(state.iterations() * kImages);
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(task().macs) * kImages,
                                                 benchmark::Counter::kIsIterationInvariantRate);
  state.counters["workspace_MB"] = static_cast<double>(executor.workspace_bytes()) * 1e-6;
}
BENCHMARK(float_network)
    ->ArgNames({"chunk", "threads"})
    ->ArgsProduct({{1, 8, 16}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// The first image's logits; empty where the executor and the loops disagree.
std::vector<float> checked_logits() {
  const auto expected =
      graph::run_naive(task().network,
                       std::span(task().images).first(static_cast<std::size_t>(task().image_size)))
          .back();
  std::vector<float> got = classify(task().executor(1));
  got.resize(expected.values.size());
  double largest = 0;
  double error = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(expected.values[i]));
    error = std::max(error, std::abs(expected.values[i] - got[i]));
  }
  fmt::print(stderr, "check: max|a-b|/max|b| = {:.2g} against direct loops in double\n",
             error / largest);
  if (!(error <= 1e-5 * largest)) got.clear();
  return got;
}

}  // namespace
}  // namespace shiftwise

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::vector<float> logits = shiftwise::checked_logits();
  if (logits.empty()) {
    std::fputs("the executor's answer is wrong; nothing is timed\n", stderr);
    return 3;
  }
  benchmark::AddCustomContext("logits", fmt::format("{}", fmt::join(logits, " ")));
  benchmark::RunSpecifiedBenchmarks();
}
