// SPDX-License-Identifier: Apache-2.0
// shiftwise bench: how fast the integers are here, and how near each layer is to the machine.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "cli/backends.h"
#include "cli/bench_report.h"
#include "cli/verb.h"
#include "core/parallel.h"
#include "hybrid/artifact.h"
#include "qgraph/quantize_input.h"

namespace shiftwise::cli {
namespace {

/// Any codes will do: the time does not depend on them.
std::vector<std::byte> codes(const qgraph::QGraph& graph, int images) {
  std::vector<std::byte> result(
      static_cast<std::size_t>(graph.input_type().shape.elements() * images));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::byte>(i * 37 % 127);
  return result;
}

class Bench : public Verb {
 public:
  std::string name() const override { return "bench"; }
  std::string summary() const override { return "Time the integers on this machine"; }
  std::string examples() const override {
    return "  shiftwise bench OUT\n"
           "  shiftwise bench OUT -j 1 --images 1,64 --repetitions 100\n"
           "  SHIFTWISE_KERNEL=avx2 shiftwise bench OUT\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A folder that quantize wrote")
        ->type_name("FOLDER")
        ->required();
    app.add_option("--images", images_, "Images in a batch, several with commas; without: 1,16")
        ->type_name("N")
        ->delimiter(',')
        ->check(CLI::Range(1, 4096));
    app.add_option("--repetitions", repetitions_, "Runs of each batch")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000));
  }

  int run(Console& console) override {
    const hybrid::Model model = hybrid::read_model(model_);
    const auto executor = find_backend("cpu").make(model.integers);
    if (images_.empty()) images_ = {1, 16};
    std::vector<BatchTimes> batches;
    for (const int images : images_) {
      batches.push_back({images, time(*executor, model.integers, images, console.progress())});
    }
    console.progress().begin("layers", 1, "batch");
    const cpu::Profile profile = cpu::profile(*executor, codes(model.integers, images_.front()),
                                              images_.front(), repetitions_);
    console.progress().end();

    report::Report report = begin_report(*this);
    report.fact("model", "model", report::text(model_));
    report.fact("processor", "processor", report::text(cpu::processor_name()));
    report.fact("kernel", "kernels", report::text(profile.path));
    report.fact("threads", "threads", report::integer(core::thread_limit()));
    const auto memory = executor->memory_bytes();
    report.fact("memory_bytes", "weights and scratch",
                {memory, report::bytes_text(static_cast<double>(memory))});
    add_batches(report, batches, profile);
    add_steps(report, profile, images_.front());
    console.show(report);
    return 0;
  }

 private:
  /// Seconds of every repetition, ascending.
  std::vector<double> time(backend::Executor& executor, const qgraph::QGraph& graph, int images,
                           core::Progress& progress) const {
    const std::vector<std::byte> input = codes(graph, images);
    const qgraph::Type& type = graph.output_type();
    std::vector<std::byte> output(static_cast<std::size_t>(type.shape.elements() * images) *
                                  qgraph::bytes_per_code(type.element));
    progress.begin(fmt::format("time {} at once", images), repetitions_, "runs");
    executor.run(input, images, output);
    std::vector<double> seconds;
    for (int i = 0; i < repetitions_; ++i) {
      core::check_interrupted();
      const auto start = std::chrono::steady_clock::now();
      executor.run(input, images, output);
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      progress.advance(1);
    }
    progress.end();
    std::ranges::sort(seconds);
    return seconds;
  }

  std::string model_;
  std::vector<int> images_;
  int repetitions_ = 30;
};

}  // namespace

std::unique_ptr<Verb> make_bench() { return std::make_unique<Bench>(); }

}  // namespace shiftwise::cli
