// SPDX-License-Identifier: Apache-2.0
// shiftwise inspect: what is in a checkpoint, or in a folder that quantize wrote.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <map>

#include "cli/model_options.h"
#include "cli/scales_table.h"
#include "cli/verb.h"
#include "graph/graph.h"
#include "hybrid/artifact.h"
#include "qgraph/qgraph_json.h"

namespace shiftwise::cli {
namespace {

using report::Column;

void add_pixels(report::Report& report, const data::Normalization& normalization,
                const std::string& origin) {
  report.fact("normalization", "normalisation",
              {{{"mean", normalization.mean}, {"std", normalization.std}, {"from", origin}},
               fmt::format("mean {}, std {} (from {})", fmt::join(normalization.mean, " "),
                           fmt::join(normalization.std, " "), origin)});
}

void add_labels(report::Report& report, const std::vector<std::string>& names) {
  report.fact("class_names", "class names",
              {names, names.empty() ? "unknown" : fmt::format("{}", fmt::join(names, ", "))});
}

/// One row per stage of a float network: where it ends and what it costs.
std::vector<report::Row> stage_rows(const graph::Graph& network) {
  const auto shapes = graph::infer_shapes(network);
  const auto macs = graph::macs(network);
  std::map<std::string, std::pair<core::ImageShape, std::int64_t>> found;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    auto& [shape, sum] = found[network.nodes[i].stage];
    shape = shapes[i];
    sum += macs[i];
  }
  std::vector<report::Row> rows;
  for (const std::string& stage : graph::stages(network)) {
    const auto& [shape, sum] = found[stage];
    rows.push_back({report::text(stage), report::text(core::to_string(shape)), report::count(sum)});
  }
  return rows;
}

class Inspect : public Verb {
 public:
  std::string name() const override { return "inspect"; }
  std::string summary() const override {
    return "Show what is in a checkpoint or a quantized model";
  }
  std::string examples() const override {
    return "  shiftwise inspect resnet50.pt\n"
           "  shiftwise inspect split.pth --strides 1,1,1,1\n"
           "  shiftwise inspect OUT\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", path_, "A checkpoint (.pt, .pth, .tar, .safetensors) or such a folder")
        ->type_name("PATH")
        ->required();
    options_.declare(app);
  }

  int run(Console& console) override {
    report::Report report = begin_report(*this);
    std::error_code ignored;
    if (std::filesystem::is_directory(path_, ignored)) {
      inspect_quantized(report, hybrid::read_model(path_));
    } else {
      inspect_checkpoint(report);
    }
    console.show(report);
    return 0;
  }

 private:
  void inspect_checkpoint(report::Report& report) const {
    model::Checkpoint checkpoint = model::read_checkpoint(path_);
    const std::string format = checkpoint.format;
    const model::Model model = model::build(std::move(checkpoint), options_.overrides());
    const model::Description& found = model.description;
    std::int64_t macs = 0;
    for (const std::int64_t node : graph::macs(model.network)) macs += node;
    report.data("kind", "checkpoint");
    report.fact("file", "file", report::text(path_));
    report.fact("format", "format", report::text(format));
    report.fact("family", "family", report::text(found.family));
    report.fact("naming", "naming", report::text(found.naming));
    report.fact("input", "input", report::text(core::to_string(model.network.input_shape())));
    report.fact("stem", "stem", report::text(found.stem));
    report.fact("block", "block", report::text(found.block));
    report.fact("shortcut", "shortcut", report::text(found.shortcut));
    const auto list = [&](const char* key, const std::vector<int>& values) {
      report.fact(key, key, {values, fmt::format("{}", fmt::join(values, ", "))});
    };
    list("depths", found.depths);
    list("widths", found.widths);
    list("strides", found.strides);
    report.fact("classes", "classes", report::integer(found.classes));
    report.fact("parameters", "parameters", report::count(found.parameters));
    report.fact("macs", "MACs per image", report::count(macs));
    const ModelOptions::Pixels pixels = options_.pixels(found);
    add_pixels(report, pixels.normalization, pixels.origin);
    add_labels(report, options_.labels(found).names);
    report.table("stages", "",
                 {{"name", "stage", Column::Align::kLeft}, {"output", "output"}, {"macs", "MACs"}},
                 stage_rows(model.network));
    for (const std::string& note : found.notes) report.note(note);
  }

  void inspect_quantized(report::Report& report, const hybrid::Model& model) const {
    const hybrid::Origin& origin = model.origin;
    report.data("kind", "quantized");
    report.fact("folder", "folder", report::text(path_));
    report.fact("made_by", "made by", report::text("shiftwise " + origin.version));
    report.fact("preset", "preset", report::text(origin.preset));
    report.fact("offload", "in integers", report::text(origin.offload));
    report.fact("rounding", "rounding",
                report::text(std::string(qgraph::to_string(model.integers.rounding))));
    report.fact("checkpoint", "checkpoint",
                {{{"name", origin.checkpoint.name}, {"sha256", origin.checkpoint.sha256}},
                 fmt::format("{} (sha256 {})", origin.checkpoint.name, origin.checkpoint.sha256)});
    report.fact("calibration_images", "calibrated on",
                {origin.calibration_images, fmt::format("{} images", origin.calibration_images)});
    report.fact("input", "input", report::text(core::to_string(model.network.input_shape())));
    add_pixels(report, model.normalization, "the folder");
    add_labels(report, model.class_names);
    add_scales_table(report, model.integers);
  }

  std::string path_;
  ModelOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_inspect() { return std::make_unique<Inspect>(); }

}  // namespace shiftwise::cli
