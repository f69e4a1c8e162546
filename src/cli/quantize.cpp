// SPDX-License-Identifier: Apache-2.0
// shiftwise quantize: from a checkpoint to a folder with integers in it.
#include "quant/quantize.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/data_folder.h"
#include "cli/model_options.h"
#include "cli/quantize_report.h"
#include "cli/verb.h"
#include "core/diagnostic.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/suggest.h"
#include "hybrid/artifact.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::cli {
namespace {

quant::Preset parse_preset(const std::string& name) {
  if (name == "seed") return quant::Preset::kSeed;
  if (name == "accurate") return quant::Preset::kAccurate;
  const std::vector<std::string> known{"accurate", "seed"};
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no preset '{}'", name),
                     .hint = core::suggest(name, known)});
}

/// Without a name: what the preset does by itself.
quant::Residual parse_residual(const std::string& name, quant::Preset preset) {
  if (name == "published" || (name.empty() && preset == quant::Preset::kSeed)) {
    return quant::Residual::kPublished;
  }
  if (name.empty() || (name == "wide" && preset != quant::Preset::kSeed)) {
    return quant::Residual::kWide;
  }
  if (name == "wide") {
    throw core::Error({.fault = core::Fault::kUsage,
                       .what = "the seed preset has no wide residual",
                       .hint = "--preset accurate --residual wide"});
  }
  const std::vector<std::string> known{"wide", "published"};
  throw core::Error({.fault = core::Fault::kUsage,
                     .what = fmt::format("there is no residual '{}'", name),
                     .hint = core::suggest(name, known)});
}

hybrid::SourceFile source_file(const std::filesystem::path& path) {
  return {path.filename().string(), core::hash_file(core::HashKind::kSha256, path)};
}

/// The files that the first `images` of a dataset lie in.
std::vector<hybrid::SourceFile> source_files(const data::Dataset& dataset, std::int64_t images) {
  std::vector<std::filesystem::path> files = dataset.files();
  const bool one_image_each = static_cast<std::int64_t>(files.size()) == dataset.size();
  if (one_image_each) files.resize(static_cast<std::size_t>(images));
  std::vector<hybrid::SourceFile> result;
  for (const auto& file : files) result.push_back(source_file(file));
  return result;
}

class Quantize : public Verb {
 public:
  std::string name() const override { return "quantize"; }
  std::string summary() const override { return "Turn part of a network into exact integers"; }
  std::string examples() const override {
    return "  shiftwise quantize resnet50.pt -o OUT\n"
           "  shiftwise quantize resnet50.pt -o OUT --data cifar-10-batches-bin --offload all\n"
           "  shiftwise quantize resnet50.pt -o OUT --preset seed --rounding conv-even\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A checkpoint (.pt, .pth, .tar, .safetensors)")
        ->type_name("FILE")
        ->required();
    app.add_option("-o,--output", output_, "The folder to make")->type_name("FOLDER")->required();
    app.add_flag("--force", force_, "Replace a folder that quantize made earlier");
    app.add_option("--data", data_, "Folder with the images to calibrate on")->type_name("FOLDER");
    app.add_option("--calibration-images", images_, "How many, from the first; 0: all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--preset", preset_, "accurate, or seed: the published Brevitas flow")
        ->type_name("NAME");
    app.add_option("--offload", offload_, "Stages to turn into integers: conv2_x,conv3_x or all")
        ->type_name("LIST");
    app.add_option("--residual", residual_,
                   "How a skip is added: wide (accumulators; what accurate does), or published "
                   "(8-bit codes of one exponent, as mlir-aie's kernels do)")
        ->type_name("NAME");
    app.add_option("--rounding", rounding_, "Rounding of the shifts: positive-inf, conv-even, ...")
        ->type_name("NAME");
    options_.declare(app);
  }

  int run(Console& console) override {
    const quant::Preset preset = parse_preset(preset_);
    quant::Options options{.preset = preset,
                           .residual = parse_residual(residual_, preset),
                           .offload = offload_,
                           .rounding = qgraph::parse_rounding(rounding_)};
    core::OutputFolder output(output_, force_, hybrid::kScalesFile);
    const hybrid::SourceFile checkpoint = source_file(model_);
    model::Model source = model::build(model::read_checkpoint(model_), options_.overrides());
    const data::Normalization normalization = options_.pixels(source.description).normalization;
    std::vector<std::string> names = options_.labels(source.description).names;

    const DataFolder folder = find_data(data_);
    const auto images = data::open_dataset(folder.path, data::Split::kTrain);
    data::expect_images_fit(*images, source.network.input_shape());
    options.calibration_images = images_to_use(*images, images_);
    if (names.empty() &&
        images->class_names().size() == static_cast<std::size_t>(source.description.classes)) {
      names = images->class_names();
    }

    quant::Result result =
        quant::quantize(source.network, *images, normalization, options, console.progress());
    const hybrid::Model model{
        .network = std::move(source.network),
        .range = result.range,
        .integers = std::move(result.network),
        .normalization = normalization,
        .class_names = std::move(names),
        .origin = {.version = std::string(hybrid::version()),
                   .preset = preset_,
                   .offload = offload_,
                   .checkpoint = checkpoint,
                   .calibration_images = result.calibration_images,
                   .calibration_files = source_files(*images, result.calibration_images)}};
    hybrid::write_model(model, output.folder());

    report::Report report = begin_report(*this);
    add_quantization(report, model, result);
    core::write_file(output.folder() / "report.json", report.to_json().dump(2) + "\n");
    core::check_interrupted();
    output.commit();

    report.fact("output", "written to", report::text(output_));
    report.fact("calibration_data", "calibrated on",
                {images->describe(), fmt::format("{} images of {} ({})", result.calibration_images,
                                                 images->describe(), folder.origin)});
    console.show(report);
    return 0;
  }

 private:
  std::string model_;
  std::string output_;
  bool force_ = false;
  std::string data_;
  std::int64_t images_ = 256;
  std::string preset_ = "accurate";
  std::string residual_;
  std::string offload_ = "conv2_x";
  std::string rounding_ = "positive-inf";
  ModelOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_quantize() { return std::make_unique<Quantize>(); }

}  // namespace shiftwise::cli
