// SPDX-License-Identifier: Apache-2.0
// shiftwise simulate: anybody's design, tile by tile.
#ifdef SHIFTWISE_NPU
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "cli/altered_array.h"
#include "cli/host_files.h"
#include "cli/simulate_report.h"
#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/file.h"
#include "dialect/read.h"
#include "kernel/checked_libraries.h"
#include "kernel/library.h"
#include "sim/array.h"
#include "sim/modelled_cost.h"
#include "sim/trace.h"

namespace shiftwise::cli {
namespace {

class Simulate : public Verb {
 public:
  std::string name() const override { return "simulate"; }
  std::string summary() const override { return "Run a design on a simulated array"; }
  std::string examples() const override {
    return "  shiftwise simulate design.mlir --kernels build --in a.bin,w.bin --out y.bin\n"
           "  shiftwise simulate design.mlir --in 0=a.bin --out 2=y.bin --report\n"
           "  shiftwise simulate design.mlir --trace trace.json --set stream_words_per_cycle=2\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("design", design_, "The text of a design, in the aie and aiex dialects")
        ->type_name("FILE")
        ->required();
    app.add_option("--kernels", folders_, "Folders with built kernels; shiftwise's own come last")
        ->type_name("FOLDER")
        ->delimiter(',');
    app.add_option("--in", inputs_, "Host buffers that the design reads: FILE or INDEX=FILE")
        ->type_name("FILE")
        ->delimiter(',');
    app.add_option("--out", outputs_, "Where the other host buffers go: [INDEX=]FILE[:BYTES]")
        ->type_name("FILE")
        ->delimiter(',');
    app.add_option("--sequence", sequence_, "The sequence to run; without: the only one")
        ->type_name("NAME");
    app.add_option("--check", checks_, "How much is checked: none, default or full")
        ->check(CLI::IsMember({"none", "default", "full"}));
    app.add_option("--cycle-limit", cycle_limit_, "Cycles after which a run is given up")
        ->type_name("N")
        ->check(CLI::Range(sim::Cycles{1}, sim::Cycles{1} << 50));
    app.add_option("--images", images_, "Images in the output, for the time of one")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--published-kernels", published_,
                   "What mlir-aie's kernels are timed as: tuned (2026), old (2024-25), or stock, "
                   "stock-wide, resident (docs/cost-model.md)")
        ->type_name("NAME");
    app.add_option("--clock-ghz", clock_ghz_, "The array's clock, for all that is not in cycles")
        ->type_name("GHZ");
    app.add_option("--cost", cost_file_, "A JSON file with the cycles of one call, by kernel")
        ->type_name("FILE");
    array_.declare(app);
    app.add_flag("--report", everything_, "Say what binds and why, and show all parts");
    app.add_option("--trace", trace_, "Write the run in Chrome's trace format")->type_name("FILE");
  }

  int run(Console& console) override {
    const target::Facts facts = this->facts();
    dialect::Program program = dialect::read_program_file(design_, facts);
    sim::Trace trace;
    sim::GivenCycles given;
    if (!cost_file_.empty()) given = sim::read_kernel_cycles(cost_file_, program);
    const sim::ModelledCost cost(target::parse_published_kernels(published_), std::move(given));
    sim::Options options{.checks = sim::parse_checks(checks_),
                         .cycle_limit = cycle_limit_,
                         .facts = facts,
                         .cost = &cost,
                         .explain = everything_};
    if (!trace_.empty()) options.observer = &trace;
    std::vector<std::filesystem::path> folders(folders_.begin(), folders_.end());
    folders.push_back(kernel::builtin_folder());

    std::shared_ptr<kernel::CheckedLibraries> checked;
    if (options.checks == sim::Checks::kFull) {
      checked = std::make_shared<kernel::CheckedLibraries>(folders, console.progress());
    }
    sim::Array array(std::move(program), sim::native_kernels(std::move(folders), checked), options);
    HostFiles files(array.arguments(sequence_), inputs_, outputs_);
    const sim::Result result = array.run(sequence_, files.spans());
    if (!trace_.empty()) core::write_file(trace_, trace.json());

    report::Report report = begin_report(*this);
    report.fact("design", "design", report::text(design_));
    add_run(report, result, images_, everything_);
    for (const dialect::DeviceProgram& device : array.program().devices) {
      for (const std::string& note : array_.notes(device.device)) report.note(note);
    }
    if (!trace.complete()) report.warning("the trace ends early: it would be too large to open");
    if (result.outcome == sim::Outcome::kComplete) files.write();
    if (checked) {
      for (const std::string& note : checked->notes()) report.note(note);
    }
    console.show(report);
    result.require_complete();
    return 0;
  }

 private:
  target::Facts facts() const {
    target::Facts result = array_.facts();
    if (clock_ghz_) result.emplace_back("clock_hz", *clock_ghz_ * 1e9);
    target::require_facts(result);
    return result;
  }

  std::string design_;
  std::vector<std::string> folders_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::string sequence_;
  std::string checks_ = "default";
  std::string published_ = "tuned";
  sim::Cycles cycle_limit_ = sim::Options().cycle_limit;
  int images_ = 1;
  std::optional<double> clock_ghz_;
  AlteredArray array_;
  std::string cost_file_;
  bool everything_ = false;
  std::string trace_;
};

}  // namespace

std::unique_ptr<Verb> make_simulate() { return std::make_unique<Simulate>(); }

}  // namespace shiftwise::cli
#endif
