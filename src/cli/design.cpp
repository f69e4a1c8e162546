// SPDX-License-Identifier: Apache-2.0
// shiftwise design: reads a design of any year, checks it, and prints it in the form of one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/verb.h"
#include "core/file.h"
#include "dialect/read.h"
#include "dialect/text/text.h"

namespace shiftwise::cli {
namespace {

using report::Column;

class Design : public Verb {
 public:
  std::string name() const override { return "design"; }
  std::string summary() const override {
    return "Check a design for an NPU, print it in the form of a year";
  }
  std::string examples() const override {
    return "  shiftwise design aie.mlir\n"
           "  shiftwise design aie.mlir --dialect-era 2024 -o aie-2024.mlir\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("file", path_, "A design in the aie dialect, of any year")
        ->type_name("FILE.mlir")
        ->required();
    app.add_option("--dialect-era", era_, "Whose text is printed: present (2026) or 2024")
        ->check(CLI::IsMember({"present", "2024"}))
        ->type_name("YEAR");
    app.add_flag("--text-only", text_only_, "Do not ask whether a device can hold the design");
    app.add_option("-o,--output", output_, "Write the text here and print a summary")
        ->type_name("FILE");
  }

  int run(Console& console) override {
    const core::MappedFile file(path_);
    const std::string given(file.text());
    dialect::Program program;
    if (!text_only_) program = dialect::read_program(given, path_);
    const dialect::Printed printed = dialect::reprint(
        given, path_, era_ == "2024" ? dialect::Era::k2024 : dialect::Era::kPresent);
    if (!output_.empty()) {
      core::write_file(output_, printed.text);
    } else if (!console.json()) {
      write_output(printed.text);
      return 0;
    }
    console.show(summary_of(program, printed));
    return 0;
  }

 private:
  report::Report summary_of(const dialect::Program& program,
                            const dialect::Printed& printed) const {
    report::Report report = begin_report(*this);
    report.fact("file", "file", report::text(path_));
    report.fact("era", "form", report::text(era_));
    report.data("text", printed.text);
    std::vector<report::Row> devices;
    for (const dialect::DeviceProgram& device : program.devices) {
      devices.push_back({report::text(device.name), report::text(device.device),
                         count(device.cores), count(device.buffers), count(device.locks),
                         count(device.dma_tasks), count(device.sequences)});
      for (const std::string& note : device.notes) report.note(note);
    }
    report.table("devices", "",
                 {{"name", "name", Column::Align::kLeft},
                  {"device", "device", Column::Align::kLeft},
                  {"cores", "cores"},
                  {"buffers", "buffers"},
                  {"locks", "locks"},
                  {"dma_tasks", "DMA tasks"},
                  {"sequences", "sequences"}},
                 std::move(devices));
    std::vector<report::Row> skipped;
    for (const auto& [operation, times] : printed.skipped) {
      skipped.push_back({report::text(operation), report::integer(times)});
    }
    report.table("left_out", "left out",
                 {{"operation", "operation", Column::Align::kLeft}, {"times", "times"}},
                 std::move(skipped));
    return report;
  }

  template <typename T>
  static report::Value count(const std::vector<T>& list) {
    return report::integer(static_cast<std::int64_t>(list.size()));
  }

  std::string path_;
  std::string era_ = "present";
  std::string output_;
  bool text_only_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_design() { return std::make_unique<Design>(); }

}  // namespace shiftwise::cli
