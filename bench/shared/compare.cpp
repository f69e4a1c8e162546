// SPDX-License-Identifier: Apache-2.0
#include "shared/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "core/diagnostic.h"
#include "core/file.h"
#include "core/parallel.h"
#include "cpu/profile.h"
#include "hybrid/artifact.h"
#include "qgraph/quantize_input.h"
#include "shared/clock.h"
#include "shared/networks.h"
#include "shared/peers.h"

namespace shiftwise::bench {
namespace {

struct Options {
  std::vector<int> images = {1, 16};
  std::vector<int> threads = {1, 2};
  std::string python;
  std::string json;
  int rounds = 8;
  double budget = 0.25;  // seconds for each contender in each round
  std::string clock = "wall";
  std::vector<std::string> skip;
};

struct Contender {
  std::string name;
  std::string path;  ///< the kernel path whose peak is its limit
  std::function<std::vector<double>(int images, int threads)> time;
};

class Comparison {
 public:
  Comparison(std::string task, const qgraph::QGraph& graph, Options options)
      : task_(std::move(task)), graph_(graph), options_(std::move(options)) {
    std::mt19937 random(1);
    const int most = *std::max_element(options_.images.begin(), options_.images.end());
    const auto per_image = static_cast<std::size_t>(graph.input_type().shape.elements());
    std::vector<std::byte> image(per_image);
    for (std::byte& code : image) code = static_cast<std::byte>(random() & 127U);
    for (int i = 0; i < most; ++i) input_.insert(input_.end(), image.begin(), image.end());
    output_.resize(static_cast<std::size_t>(graph.output_type().shape.elements()) *
                   qgraph::bytes_per_code(graph.output_type().element) *
                   static_cast<std::size_t>(most));
    expected_.resize(output_.size() / static_cast<std::size_t>(most));
    backend::reference_backend().make(graph)->run(std::span(input_).first(per_image), 1, expected_);
  }

  void add_ours() {
    for (const cpu::KernelPath& path : cpu::kernel_paths()) {
      const auto& skip = options_.skip;
      if (std::find(skip.begin(), skip.end(), path.name) != skip.end()) continue;
      if (!path.runs_here) {
        fmt::print("not measured: {}, which needs {}\n", path.name, path.needs);
        continue;
      }
      peaks_[path.name] = cpu::measure_peak(path.name);
      executors_.push_back(cpu::make_executor(graph_, path.name));
      backend::Executor& executor = *executors_.back();
      run(executor, 1);
      if (!std::equal(expected_.begin(), expected_.end(), output_.begin())) {
        throw core::Error(
            {.fault = core::Fault::kCheck, .what = "the kernels " + path.name + " are not exact"});
      }
      contenders_.push_back({"shiftwise " + path.name, path.name, [&](int images, int threads) {
                               return time_ours(executor, images, threads);
                             }});
    }
  }

  void add_peers(const std::string& isa, const std::string& path) {
    peers_.push_back(std::make_unique<Peers>(options_.python, isa, graph_,
                                             std::span(input_).first(input_.size() / most_images()),
                                             expected_));
    Peers& peers = *peers_.back();
    for (const std::string& finding : peers.findings()) fmt::print("{}\n", finding);
    for (const std::string& name : peers.names()) {
      if (!isa.empty() && name != "openvino") continue;  // only oneDNN knows the variable
      contenders_.push_back({isa.empty() ? name : name + ", at most " + isa, path,
                             [&peers, name, this](int images, int threads) {
                               return peers.time({{"name", name},
                                                  {"images", images},
                                                  {"threads", threads},
                                                  {"budget", options_.budget},
                                                  {"clock", options_.clock}});
                             }});
    }
  }

  void measure() {
    const std::int64_t work = macs(graph_);
    fmt::print("\n{}: {:.1f} million multiply-adds; {}; {} clock\n\n", task_,
               static_cast<double>(work) * 1e-6, cpu::processor_name(), options_.clock);
    fmt::print(
        "| contender | images | threads | best ms/image | median | GMAC/s | of peak |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const int threads : options_.threads) {
      for (const int images : options_.images) measure(images, threads, work);
    }
    if (!options_.json.empty()) core::write_file(options_.json, results_.dump(1) + "\n");
  }

 private:
  std::size_t most_images() const { return output_.size() / expected_.size(); }

  void run(backend::Executor& executor, int images) {
    const auto count = static_cast<std::size_t>(images);
    executor.run(std::span(input_).first(input_.size() / most_images() * count), images,
                 std::span(output_).first(expected_.size() * count));
  }

  std::vector<double> time_ours(backend::Executor& executor, int images, int threads) {
    core::set_thread_limit(threads);
    run(executor, images);
    std::vector<double> samples;
    const double end = now("wall") + options_.budget;
    while (samples.empty() || now("wall") < end) {
      const double start = now(options_.clock);
      run(executor, images);
      samples.push_back(now(options_.clock) - start);
    }
    return samples;
  }

  void measure(int images, int threads, std::int64_t work) {
    std::vector<std::vector<double>> samples(contenders_.size());
    for (int round = 0; round < options_.rounds; ++round) {
      for (std::size_t c = 0; c < contenders_.size(); ++c) {
        const std::vector<double> more = contenders_[c].time(images, threads);
        samples[c].insert(samples[c].end(), more.begin(), more.end());
      }
    }
    for (std::size_t c = 0; c < contenders_.size(); ++c) {
      std::sort(samples[c].begin(), samples[c].end());
      const double best = samples[c].front() / images;
      const double median = samples[c][samples[c].size() / 2] / images;
      const double rate = static_cast<double>(work) / best;
      double& peak = peaks_[contenders_[c].path];  // never below what somebody achieves
      peak = std::max(peak, rate / threads);
      const double share = rate / threads / peak;
      fmt::print("| {} | {} | {} | {:.3f} | {:.3f} | {:.0f} | {:.0f} % |\n", contenders_[c].name,
                 images, threads, best * 1e3, median * 1e3, rate * 1e-9, share * 100);
      std::fflush(stdout);
      results_.push_back({{"task", task_},
                          {"processor", cpu::processor_name()},
                          {"contender", contenders_[c].name},
                          {"images", images},
                          {"threads", threads},
                          {"clock", options_.clock},
                          {"repetitions", samples[c].size()},
                          {"best_ms_per_image", best * 1e3},
                          {"median_ms_per_image", median * 1e3},
                          {"gmac_per_second", rate * 1e-9},
                          {"peak_gmac_per_second_and_thread", peak * 1e-9},
                          {"share_of_peak", share}});
    }
  }

  std::string task_;
  const qgraph::QGraph& graph_;
  Options options_;
  std::vector<std::byte> input_;
  std::vector<std::byte> output_;
  std::vector<std::byte> expected_;
  std::map<std::string, double> peaks_;
  std::vector<std::unique_ptr<backend::Executor>> executors_;
  std::vector<std::unique_ptr<Peers>> peers_;
  std::vector<Contender> contenders_;
  nlohmann::ordered_json results_ = nlohmann::ordered_json::array();
};

/// What differs from the task's own shape is said.
std::string name_of(const std::string& task, const ResNetShape& shape) {
  const ResNetShape usual;
  std::string name = task;
  if (shape.image != usual.image) name += fmt::format(", {0}x{0}", shape.image);
  if (shape.width != usual.width) name += fmt::format(", {} channels", shape.width);
  if (!shape.wide_residual) name += ", published residual";
  return name;
}

}  // namespace

int compare_main(int argc, char** argv, const std::string& task,
                 const std::function<qgraph::QGraph(const ResNetShape&)>& synthetic) {
  Options options;
  ResNetShape shape;
  bool published = false;
  std::string folder;
  CLI::App app("times the kernels of this machine beside other runtimes on " + task);
  app.add_option("--model", folder,
                 "folder that shiftwise quantize wrote; without: random weights");
  app.add_option("--size", shape.image, "height and width of the random network's input");
  app.add_option("--channels", shape.width, "of its first stage");
  app.add_flag("--published", published, "its residuals round both branches to 8 bits");
  app.add_option("--images", options.images, "images in a batch")->delimiter(',');
  app.add_option("--threads", options.threads, "threads")->delimiter(',');
  app.add_option("--python", options.python, "interpreter made by bench/python_env");
  app.add_option("--json", options.json, "file for the results");
  app.add_option("--rounds", options.rounds, "turns of each contender");
  app.add_option("--budget", options.budget, "seconds of each turn");
  app.add_option("--clock", options.clock, "wall, or cpu on a busy machine with one thread")
      ->check(CLI::IsMember({"wall", "cpu"}));
  app.add_option("--skip", options.skip, "contender to leave out, e.g. portable");
  CLI11_PARSE(app, argc, argv);
  try {
    shape.wide_residual = !published;
    const qgraph::QGraph graph =
        folder.empty() ? synthetic(shape) : std::move(hybrid::read_model(folder).integers);
    Comparison comparison(folder.empty() ? name_of(task, shape) : task + " of " + folder, graph,
                          options);
    comparison.add_ours();
    if (options.python.empty()) {
      fmt::print("not measured: ONNX Runtime and OpenVINO (--python)\n");
    } else {
      const std::string best = cpu::selected_path();
      comparison.add_peers("", best);
      if (best == "amx-int8") comparison.add_peers("AVX512_CORE_VNNI", "avx512-vnni");
    }
    comparison.measure();
    return 0;
  } catch (const core::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.diagnostic().fault);
  }
}

}  // namespace shiftwise::bench
