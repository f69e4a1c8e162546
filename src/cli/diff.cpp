// SPDX-License-Identifier: Apache-2.0
// shiftwise diff: two quantized models, or two executors of one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/backends.h"
#include "cli/data_folder.h"
#include "cli/difference.h"
#include "cli/verb.h"
#include "core/diagnostic.h"
#include "hybrid/artifact.h"

namespace shiftwise::cli {
namespace {

class Diff : public Verb {
 public:
  std::string name() const override { return "diff"; }
  std::string summary() const override {
    return "Find the first difference of two quantized models or two backends";
  }
  std::string examples() const override {
    return "  shiftwise diff OUT OTHER\n"
           "  shiftwise diff OUT --backend cpu --backend reference --images 4\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("models", models_, "One or two folders that quantize wrote")
        ->type_name("FOLDER")
        ->required()
        ->expected(1, 2);
    app.add_option("--backend", backends_, "What runs the first, then the second; twice")
        ->type_name("NAME")
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
    array_.declare(app);
    app.add_option("--data", data_, "Folder with the images to run both on")->type_name("FOLDER");
    app.add_option("--images", images_, "How many, from the first; 0: all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
  }

  int run(Console& console) override {
    if (backends_.empty()) backends_ = {"cpu"};
    if (backends_.size() > 2 || (models_.size() == 1 && backends_.size() == 1)) {
      throw core::Error({.fault = core::Fault::kUsage,
                         .what = "diff compares two things",
                         .hint = "two folders, or one folder with --backend cpu --backend "
                                 "reference"});
    }
    array_.folder = models_.back();
    const std::string first = models_.front();
    const std::string second = models_.back();
    const backend::Backend& expected = find_backend(backends_.front(), array_);
    const backend::Backend& got = find_backend(backends_.back(), array_);
    const hybrid::Model a = hybrid::read_model(first);
    const hybrid::Model b = models_.size() == 1 ? a : hybrid::read_model(second);

    report::Report report = begin_report(*this);
    report.fact("expected", "expected",
                {{{"model", first}, {"backend", expected.name}}, first + " on " + expected.name});
    report.fact("got", "got",
                {{{"model", second}, {"backend", got.name}}, second + " on " + got.name});
    const bool equal = (models_.size() == 1 || equal_models(report, a, b)) &&
                       equal_runs(report, a, expected, b, got, console);
    report.fact("equal", "equal", report::yes_no(equal));
    console.show(report);
    return equal ? 0 : static_cast<int>(core::Fault::kCheck);
  }

 private:
  static bool equal_models(report::Report& report, const hybrid::Model& a, const hybrid::Model& b) {
    hybrid::Compared compared;
    const auto difference = hybrid::compare_models(a, b, compared);
    add_difference(report, difference);
    if (difference) return false;
    report.fact("parameters", "parameters",
                {{{"tensors", compared.tensors}, {"elements", compared.elements}},
                 fmt::format("{} values in {} tensors, all equal",
                             report::count(compared.elements).text, compared.tensors)});
    return true;
  }

  bool equal_runs(report::Report& report, const hybrid::Model& a, const backend::Backend& expected,
                  const hybrid::Model& b, const backend::Backend& got, Console& console) const {
    const DataFolder folder = find_data(data_);
    const auto dataset = data::open_dataset(folder.path, data::Split::kTest);
    hybrid::Runner runner(a, expected, /*with_float=*/false);
    const auto other = got.make(b.integers);
    const hybrid::Verification found =
        hybrid::verify_integers(runner, {a.integers, runner.integers()}, {b.integers, *other},
                                *dataset, images_to_use(*dataset, images_), console.progress());
    report.fact("data", "data",
                {dataset->describe(), fmt::format("{} ({})", dataset->describe(), folder.origin)});
    add_comparison(report, "run", "run", "the first", found);
    return !found.difference;
  }

  std::vector<std::string> models_;
  std::vector<std::string> backends_;
  ArrayOptions array_;
  std::string data_;
  std::int64_t images_ = 16;
};

}  // namespace

std::unique_ptr<Verb> make_diff() { return std::make_unique<Diff>(); }

}  // namespace shiftwise::cli
