// SPDX-License-Identifier: Apache-2.0
// shiftwise run: what the integers see in a picture, and the float network beside them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "cli/backends.h"
#include "cli/data_folder.h"
#include "cli/verb.h"
#include "hybrid/artifact.h"
#include "hybrid/evaluate.h"

namespace shiftwise::cli {
namespace {

constexpr std::size_t kShown = 5;

std::vector<double> softmax(std::span<const float> logits) {
  const float largest = std::ranges::max(logits);
  std::vector<double> result;
  for (const float logit : logits) result.push_back(std::exp(double{logit} - double{largest}));
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& value : result) value /= sum;
  return result;
}

class Run : public Verb {
 public:
  std::string name() const override { return "run"; }
  std::string summary() const override { return "Classify pictures"; }
  std::string examples() const override {
    return "  shiftwise run OUT cat.png ship.jpg\n"
           "  shiftwise run OUT test_batch.bin --images 3\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A folder that quantize wrote")
        ->type_name("FOLDER")
        ->required();
    app.add_option("files", files_, "PNG, JPEG or files of CIFAR records")
        ->type_name("FILE")
        ->required();
    app.add_option("--backend", backend_, "What runs the integers: cpu, reference, sim or xrt")
        ->type_name("NAME");
    array_.declare(app);
    app.add_option("--images", images_, "How many, from the first; 0: all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
  }

  int run(Console& console) override {
    array_.folder = model_;
    prepare_checks(array_);
    const hybrid::Model model = hybrid::read_model(model_);
    const auto dataset =
        data::open_files(std::vector<std::filesystem::path>(files_.begin(), files_.end()));
    const std::int64_t images = images_to_use(*dataset, images_);
    hybrid::Runner runner(model, find_backend(backend_, array_), /*with_float=*/true);

    std::vector<report::Row> rows;
    console.progress().begin("classify", images, "images");
    for (std::int64_t first = 0; first < images; first += runner.images_per_batch()) {
      const int count =
          static_cast<int>(std::min<std::int64_t>(runner.images_per_batch(), images - first));
      const hybrid::Batch batch = runner.run(*dataset, first, count);
      for (int i = 0; i < count; ++i) rows.push_back(row(model, *dataset, batch, first, i));
      console.progress().advance(count);
    }
    console.progress().end();

    report::Report report = begin_report(*this);
    report.data("model", model_);
    report.data("backend", runner.integers().describe());
    using report::Column;
    report.table("images", "",
                 {{"image", "image", Column::Align::kLeft},
                  {"label", "label", Column::Align::kLeft},
                  {"top5", "in integers", Column::Align::kLeft},
                  {"float", "in float", Column::Align::kLeft}},
                 std::move(rows));
    for (const std::string& note : array_notes(backend_, array_)) report.note(note);
    console.show(report);
    return 0;
  }

 private:
  report::Value class_value(const hybrid::Model& model, const data::Dataset& dataset,
                            int index) const {
    const auto& names = model.class_names.empty() ? dataset.class_names() : model.class_names;
    const auto i = static_cast<std::size_t>(index);
    if (index < 0) return report::none();
    return report::text(i < names.size() ? names[i] : fmt::format("class {}", index));
  }

  report::Row row(const hybrid::Model& model, const data::Dataset& dataset,
                  const hybrid::Batch& batch, std::int64_t first, int i) const {
    const std::size_t classes = batch.logits.size() / static_cast<std::size_t>(batch.images);
    const auto guesses = [&](const std::vector<float>& logits, std::size_t shown) {
      const auto probabilities =
          softmax(std::span(logits).subspan(static_cast<std::size_t>(i) * classes, classes));
      std::vector<int> order(classes);
      std::iota(order.begin(), order.end(), 0);
      std::ranges::stable_sort(order, [&](int a, int b) {
        return probabilities[static_cast<std::size_t>(a)] >
               probabilities[static_cast<std::size_t>(b)];
      });
      report::Value result{nlohmann::ordered_json::array(), ""};
      for (std::size_t k = 0; k < std::min(shown, classes); ++k) {
        const report::Value name = class_value(model, dataset, order[k]);
        const double probability = probabilities[static_cast<std::size_t>(order[k])];
        result.json.push_back(
            {{"class", order[k]}, {"name", name.json}, {"probability", probability}});
        result.text +=
            fmt::format("{}{} {:.1f} %", k == 0 ? "" : ", ", name.text, 100 * probability);
      }
      return result;
    };
    return {report::text(image_name(dataset, first + i)),
            class_value(model, dataset, dataset.label(first + i)), guesses(batch.logits, kShown),
            guesses(batch.float_logits, 1)};
  }

  /// The file where every image has its own, else its number.
  static std::string image_name(const data::Dataset& dataset, std::int64_t image) {
    const auto files = dataset.files();
    if (static_cast<std::int64_t>(files.size()) != dataset.size()) return fmt::format("{}", image);
    return files[static_cast<std::size_t>(image)].filename().string();
  }

  std::string model_;
  std::vector<std::string> files_;
  std::string backend_ = "cpu";
  ArrayOptions array_;
  std::int64_t images_ = 0;
};

}  // namespace

std::unique_ptr<Verb> make_run() { return std::make_unique<Run>(); }

}  // namespace shiftwise::cli
