// SPDX-License-Identifier: Apache-2.0
// shiftwise eval: accuracy of the integers beside the float network's, on the same images.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/backends.h"
#include "cli/data_folder.h"
#include "cli/difference.h"
#include "cli/verb.h"
#include "core/diagnostic.h"
#include "hybrid/artifact.h"
#include "hybrid/evaluate.h"

namespace shiftwise::cli {
namespace {

void add_accuracy(report::Report& report, const char* key, const char* label, std::int64_t correct,
                  std::int64_t labelled) {
  const double fraction = static_cast<double>(correct) / static_cast<double>(labelled);
  const hybrid::Interval interval = hybrid::confidence_95(correct, labelled);
  report.fact(
      key, label,
      {{{"correct", correct},
        {"fraction", fraction},
        {"ci95_low", interval.low},
        {"ci95_high", interval.high}},
       fmt::format("{:.2f} %  ({} of {}; 95 % confidence {:.2f} to {:.2f} %)", 100 * fraction,
                   correct, labelled, 100 * interval.low, 100 * interval.high)});
}

/// A CIFAR-10 network that knows next to nothing was most likely shown the wrong pixels.
bool looks_misconfigured(const hybrid::Accuracy& accuracy, int classes) {
  constexpr int kCifar10Classes = 10;
  constexpr std::int64_t kEnough = 50;
  return classes == kCifar10Classes && accuracy.labelled >= kEnough &&
         accuracy.float_correct * 5 < accuracy.labelled;
}

void add_placements(report::Report& report, const std::vector<Placement>& placements) {
  if (placements.empty()) return;
  using report::Column;
  std::vector<report::Row> rows;
  for (const Placement& layer : placements) {
    rows.push_back({report::text(layer.layer), report::text(layer.where), report::text(layer.why)});
  }
  report.table("placements", "",
               {{"layer", "layer", Column::Align::kLeft},
                {"where", "runs on", Column::Align::kLeft},
                {"why", "why", Column::Align::kLeft}},
               std::move(rows));
}

class Eval : public Verb {
 public:
  std::string name() const override { return "eval"; }
  std::string summary() const override { return "Measure accuracy, in integers and in float"; }
  std::string examples() const override {
    return "  shiftwise eval OUT\n"
           "  shiftwise eval OUT --data cifar-10-batches-bin --backend cpu\n"
           "  shiftwise eval OUT --images 1000 --verify\n"
           "  shiftwise eval OUT --backend sim --mapping published --verify\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A folder that quantize wrote")
        ->type_name("FOLDER")
        ->required();
    app.add_option("--data", data_, "Folder with the test images")->type_name("FOLDER");
    app.add_option("--backend", backend_, "What runs the integers: cpu, reference, sim or xrt")
        ->type_name("NAME");
    app.add_option("--images", images_, "How many, from the first; 0: all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_flag(
        "--verify{200}", verify_,
        "Compare every code of every layer with the reference executor on the first 200 "
        "images, or on N with --verify=N; of sim and xrt, whose layers cannot be seen, the "
        "output of every image with cpu, and cpu with the reference");
    array_.declare(app);
    app.add_flag("--no-float", no_float_, "Leave the float network out");
  }

  int run(Console& console) override {
    array_.folder = model_;
    prepare_checks(array_);
    hybrid::Model model = hybrid::read_model(model_);
    Computed computed = computed_network(backend_, model.integers, array_);
    model.integers = std::move(computed.network);
    const DataFolder folder = find_data(data_);
    const auto dataset = data::open_dataset(folder.path, data::Split::kTest);
    const std::int64_t images = images_to_use(*dataset, images_);
    hybrid::Runner runner(model, find_backend(backend_, array_), !no_float_);

    report::Report report = begin_report(*this);
    report.fact("model", "model", report::text(model_));
    report.fact("data", "data",
                {dataset->describe(), fmt::format("{} ({})", dataset->describe(), folder.origin)});
    report.fact("backend", "integers on",
                {{{"name", backend_}, {"description", runner.integers().describe()}},
                 runner.integers().describe()});
    add_placements(report, computed.placements);
    for (const std::string& warning : computed.warnings) report.warning(warning);
    bool verified = add_verification(report, runner, model, *dataset, images, console);
    if (verified) verified = add_evaluation(report, runner, model, *dataset, images, console);
    for (const std::string& note : array_notes(backend_, array_)) report.note(note);
    console.show(report);
    return verified ? 0 : static_cast<int>(core::Fault::kCheck);
  }

 private:
  bool add_verification(report::Report& report, hybrid::Runner& runner, const hybrid::Model& model,
                        const data::Dataset& dataset, std::int64_t images, Console& console) const {
    if (verify_ <= 0) {
      report.data("verify", nullptr);
      return true;
    }
    const auto reference = backend::reference_backend().make(model.integers);
    const bool by_layer = runner.integers().shows_nodes();
    const auto cpu = by_layer ? nullptr : find_backend("cpu").make(model.integers);
    backend::Executor& shown = by_layer ? runner.integers() : *cpu;
    const hybrid::Verification found =
        hybrid::verify_integers(runner, {model.integers, *reference}, {model.integers, shown},
                                dataset, std::min(verify_, images), console.progress());
    add_comparison(report, "verify", by_layer ? "verified" : "cpu verified",
                   "the reference executor", found);
    return !found.difference;
  }

  bool add_evaluation(report::Report& report, hybrid::Runner& runner, const hybrid::Model& model,
                      const data::Dataset& dataset, std::int64_t images, Console& console) const {
    const bool compare = verify_ > 0 && !runner.integers().shows_nodes();
    const auto cpu = compare ? find_backend("cpu").make(model.integers) : nullptr;
    std::optional<hybrid::OutputVerifier> verifier;
    if (compare) verifier.emplace(backend::Contender{model.integers, *cpu});
    const hybrid::Accuracy found =
        hybrid::evaluate(runner, dataset, images, console.progress(),
                         [&](std::int64_t first, const hybrid::Batch& batch) {
                           if (verifier) verifier->see(first, batch);
                         });
    if (verifier) {
      add_comparison(report, "verify_output", "output verified", "cpu", verifier->result());
    } else {
      report.data("verify_output", nullptr);
    }
    add_accuracies(report, runner, found);
    return !verifier || !verifier->result().difference;
  }

  void add_accuracies(report::Report& report, const hybrid::Runner& runner,
                      const hybrid::Accuracy& found) const {
    report.fact("images", "images", report::count(found.images));
    report.data("labelled", found.labelled);
    if (!no_float_ && found.labelled > 0) {
      add_accuracy(report, "float_top1", "float top-1", found.float_correct, found.labelled);
    }
    if (found.labelled > 0) {
      add_accuracy(report, "integer_top1", "integer top-1", found.integer_correct, found.labelled);
    }
    if (!no_float_) {
      report.fact(
          "agreement", "agreement",
          report::percent(static_cast<double>(found.agreeing) / static_cast<double>(found.images)));
      report.fact("sqnr_db", "SQNR of the integers", report::decibels(found.sqnr_db));
    }
    report.fact(
        "seconds", "time",
        {found.seconds, fmt::format("{} ({:.1f} images/s)", report::duration_text(found.seconds),
                                    static_cast<double>(found.images) / found.seconds)});
    if (found.labelled == 0)
      report.note("the images have no labels: there is no accuracy to tell.");
    if (!no_float_ && looks_misconfigured(found, runner.classes())) {
      report.warning(
          "the float network itself is under 20 %. Its pixels are probably normalised in another "
          "way than in training, or its classes are in another order: quantize again with --mean, "
          "--std and --labels as in training.");
    }
  }

  std::string model_;
  std::string data_;
  std::string backend_ = "cpu";
  ArrayOptions array_;
  std::int64_t images_ = 0;
  std::int64_t verify_ = 0;
  bool no_float_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_eval() { return std::make_unique<Eval>(); }

}  // namespace shiftwise::cli
