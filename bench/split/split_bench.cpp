// SPDX-License-Identifier: Apache-2.0
// The task: images to logits through a quantized model, some layers in float, some in
// integers. compare_float.py runs it beside the float network in other runtimes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/parallel.h"
#include "cpu/cpu.h"
#include "data/dataset.h"
#include "hybrid/artifact.h"
#include "hybrid/evaluate.h"
#include "shared/clock.h"

namespace shiftwise::bench {
namespace {

constexpr int kChecked = 64;  ///< images whose classes are printed

struct Options {
  std::string model;
  std::string data;
  std::string pixels;
  int images = 1;
  int threads = 1;
  double budget = 0.5;
  std::string clock = "wall";
};

/// Few images are best taken one by one, so that there is no padding and a thread for each.
int images_per_chunk(const Options& options) {
  constexpr int kMost = 8;
  return std::clamp(options.images / options.threads, 1, kMost);
}

/// A single image's float layers are shared among the threads.
int threads_per_chunk(const Options& options) { return options.images == 1 ? options.threads : 1; }

nlohmann::ordered_json measure(const Options& options) {
  core::set_thread_limit(options.threads);
  const hybrid::Model model = hybrid::read_model(options.model);
  const auto dataset = data::open_dataset(options.data, data::Split::kTest);
  hybrid::Runner runner(model, cpu::cpu_backend(), /*with_float=*/false, images_per_chunk(options),
                        threads_per_chunk(options));
  const auto classes = static_cast<std::size_t>(runner.classes());

  nlohmann::ordered_json top1 = nlohmann::ordered_json::array();
  for (int first = 0; first < kChecked; ++first) {
    const hybrid::Batch batch = runner.run(*dataset, first, 1);
    top1.push_back(hybrid::top1(std::span(batch.logits).first(classes)));
  }
  if (!options.pixels.empty()) {
    std::vector<float> pixels(static_cast<std::size_t>(runner.input_shape().elements() * kChecked));
    data::read_normalized(*dataset, 0, kChecked, model.normalization, pixels);
    core::write_file(options.pixels, std::as_bytes(std::span(pixels)));
  }
  runner.run(*dataset, 0, options.images);
  nlohmann::ordered_json seconds = nlohmann::ordered_json::array();
  const double end = now("wall") + options.budget;
  while (seconds.empty() || now("wall") < end) {
    const double start = now(options.clock);
    runner.run(*dataset, 0, options.images);
    seconds.push_back(now(options.clock) - start);
  }
  return {{"integers", runner.integers().describe()}, {"top1", top1}, {"seconds", seconds}};
}

}  // namespace
}  // namespace shiftwise::bench

int main(int argc, char** argv) {
  using namespace shiftwise;
  bench::Options options;
  CLI::App app("times a quantized model from images to logits; prints JSON");
  app.add_option("model", options.model, "folder that shiftwise quantize wrote")->required();
  app.add_option("--data", options.data, "folder with test images")->required();
  app.add_option("--pixels", options.pixels, "file for the images as the network takes them");
  app.add_option("--images", options.images, "in a batch")->check(CLI::Range(1, 64));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 4096));
  app.add_option("--budget", options.budget, "seconds");
  app.add_option("--clock", options.clock)->check(CLI::IsMember({"wall", "cpu"}));
  CLI11_PARSE(app, argc, argv);
  try {
    fmt::print("{}\n", bench::measure(options).dump());
    return 0;
  } catch (const core::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.diagnostic().fault);
  }
}
