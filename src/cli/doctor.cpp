// SPDX-License-Identifier: Apache-2.0
// shiftwise doctor: what this machine offers, and how to get what is missing.
#include <CLI/CLI.hpp>
#include <thread>

#include "cli/backends.h"
#include "cli/data_folder.h"
#include "cli/libraries.h"
#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/parallel.h"
#include "cpu/cpu.h"

namespace shiftwise::cli {
namespace {

using report::Column;

void add_kernels(report::Report& report) {
  std::vector<report::Row> rows;
  for (const cpu::KernelPath& path : cpu::kernel_paths()) {
    const char* state = path.runs_here  ? "ok"
                        : path.compiled ? "missing: this CPU does not have it"
                                        : "missing: not compiled into this build";
    rows.push_back({report::text(path.name), report::text(path.needs), report::text(state)});
  }
  report.table("kernels", "",
               {{"name", "integer kernels", Column::Align::kLeft},
                {"needs", "needs", Column::Align::kLeft},
                {"state", "state", Column::Align::kLeft}},
               std::move(rows));
}

void add_backends(report::Report& report) {
  std::vector<report::Row> rows;
  const backend::Registry registry = backends();
  for (const backend::Backend& backend : registry.all()) {
    const std::string reason = backend.unavailable();
    rows.push_back({report::text(backend.name), report::text(backend.summary),
                    report::text(reason.empty() ? "ok" : "missing: " + reason)});
  }
  report.table("backends", "",
               {{"name", "backend", Column::Align::kLeft},
                {"summary", "what it is", Column::Align::kLeft},
                {"state", "state", Column::Align::kLeft}},
               std::move(rows));
}

void add_data(report::Report& report) {
  std::vector<report::Row> rows;
  const auto add = [&](data::Split split, const char* use) {
    try {
      const DataFolder folder = find_data("");
      const auto dataset = data::open_dataset(folder.path, split);
      rows.push_back({report::text(use), report::count(dataset->size()),
                      report::text(dataset->describe()), report::text("ok: " + folder.origin)});
    } catch (const core::Error& error) {
      rows.push_back({report::text(use), report::none(), report::none(),
                      report::text("missing: shiftwise data cifar10 -o FOLDER, then set "
                                   "SHIFTWISE_DATA=FOLDER (" +
                                   error.diagnostic().what + ")")});
    }
  };
  add(data::Split::kTrain, "calibration");
  add(data::Split::kTest, "test");
  report.table("data", "",
               {{"use", "data without --data", Column::Align::kLeft},
                {"images", "images"},
                {"source", "from", Column::Align::kLeft},
                {"state", "state", Column::Align::kLeft}},
               std::move(rows));
}

void add_libraries(report::Report& report) {
  std::vector<report::Row> rows;
  for (const Library& library : libraries()) {
    rows.push_back({report::text(library.name), report::text(library.version), report::text("ok"),
                    report::text("apt-get install " + library.package)});
  }
  report.table("libraries", "",
               {{"name", "library", Column::Align::kLeft},
                {"version", "version", Column::Align::kLeft},
                {"state", "state", Column::Align::kLeft},
                {"install", "comes from", Column::Align::kLeft}},
               std::move(rows));
}

class Doctor : public Verb {
 public:
  std::string name() const override { return "doctor"; }
  std::string summary() const override { return "Show what works on this machine"; }
  std::string examples() const override { return "  shiftwise doctor\n"; }
  void declare(CLI::App&) override {}

  int run(Console& console) override {
    report::Report report = begin_report(*this);
    report.fact("cores", "cores", report::integer(std::thread::hardware_concurrency()));
    report.fact("threads", "threads used", report::integer(core::thread_limit()));
    report.fact("kernel", "kernels used", report::text(cpu::selected_path()));
    add_kernels(report);
    add_backends(report);
    add_data(report);
    add_libraries(report);
    console.show(report);
    return 0;
  }
};

}  // namespace

std::unique_ptr<Verb> make_doctor() { return std::make_unique<Doctor>(); }

}  // namespace shiftwise::cli
