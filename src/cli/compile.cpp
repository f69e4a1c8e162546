// SPDX-License-Identifier: Apache-2.0
// shiftwise compile: from a folder with integers in it to a design for the array.
#ifdef SHIFTWISE_NPU
#include "lower/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/array_options.h"
#include "cli/verb.h"
#include "core/file.h"
#include "hybrid/artifact.h"
#include "lower/artifacts.h"
#include "target/facts.h"

namespace shiftwise::cli {
namespace {

using report::Column;

class Compile : public Verb {
 public:
  std::string name() const override { return "compile"; }
  std::string summary() const override { return "Write the NPU design of a quantized model"; }
  std::string examples() const override {
    return "  shiftwise compile OUT --target npu1\n"
           "  shiftwise compile OUT --target npu1 --mapping balanced --images-per-run 64\n"
           "  shiftwise compile OUT --target npu2 --kernel-abi mlir-aie\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("model", folder_, "A folder that quantize wrote; the design goes in there too")
        ->type_name("FOLDER")
        ->required();
    options_.declare(app);
  }

  int run(Console& console) override {
    const target::Facts facts = options_.altered.facts();
    const lower::Options options{.device = target::find_device(options_.target, facts),
                                 .mapping = lower::parse_mapping(options_.mapping),
                                 .kernel_abi = lower::parse_kernel_abi(options_.kernel_abi),
                                 .images = options_.images_per_run};
    const hybrid::Model model = hybrid::read_model(folder_);
    const lower::Split split = lower::split(model.integers, options);
    const lower::Banner banner{
        .tool = fmt::format("shiftwise {}", hybrid::version()),
        .inputs = fmt::format("{} (sha256 {}), preset {}", model.origin.checkpoint.name,
                              model.origin.checkpoint.sha256, model.origin.preset),
        .command = fmt::format("shiftwise compile {} --target {} --mapping {} --kernel-abi {} "
                               "--images-per-run {}{}",
                               folder_, options_.target, options_.mapping, options_.kernel_abi,
                               options_.images_per_run, options_.altered.arguments())};
    std::vector<std::string> written;
    for (const auto& file : lower::artifacts(split.design, options.kernel_abi, banner)) {
      const std::filesystem::path path = std::filesystem::path(folder_) / file.path;
      std::filesystem::create_directories(path.parent_path());
      core::write_file(path, file.bytes);
      written.push_back(file.path);
    }
    report::Report report = begin_report(*this);
    describe(report, options, split, written);
    for (const std::string& note : options_.altered.notes(options_.target)) report.note(note);
    console.show(report);
    return 0;
  }

 private:
  void describe(report::Report& report, const lower::Options& options, const lower::Split& split,
                const std::vector<std::string>& written) const {
    const lower::Design& design = split.design;
    report.fact("folder", "folder", report::text(folder_));
    report.fact("device", "device", report::text(design.device));
    report.fact("mapping", "mapping", report::text(std::string(lower::name(options.mapping))));
    report.fact("kernel_abi", "kernels",
                report::text(std::string(lower::name(options.kernel_abi))));
    report.fact("images_per_run", "images per run", report::integer(design.images));
    report.fact("copies", "copies of the pipeline", report::integer(design.copies));
    const auto bytes = static_cast<std::int64_t>(design.weights.size());
    report.fact(
        "weight_bytes", "weights",
        {bytes, fmt::format("{} for a run", report::bytes_text(static_cast<double>(bytes)))});
    report.fact("files", "written", {written, fmt::format("{}", fmt::join(written, ", "))});
    layers(report, split);
    tiles(report, design, options.device);
    for (const std::string& note : design.notes) report.note(note);
    report.note(
        "the Makefile has been tried with stand-ins for aiecc and Peano only; no design "
        "of shiftwise has run on silicon");
    for (const std::string& warning : design.warnings) report.warning(warning);
  }

  static void layers(report::Report& report, const lower::Split& split) {
    std::vector<report::Row> rows;
    for (const lower::Assignment& layer : split.assignments) {
      rows.push_back(
          {report::text(layer.layer), report::text(layer.where), report::text(layer.why)});
    }
    report.table("layers", "",
                 {{"layer", "layer", Column::Align::kLeft},
                  {"where", "where", Column::Align::kLeft},
                  {"why", "why", Column::Align::kLeft}},
                 std::move(rows));
  }

  static void tiles(report::Report& report, const lower::Design& design,
                    const target::Device& device) {
    std::vector<report::Row> rows;
    for (const lower::TileLoad& tile : design.tiles) {
      const std::int64_t all = device.facts(tile.tile).memory_bytes;
      rows.push_back({report::text(target::to_string(tile.tile)),
                      {tile.layers, fmt::format("{}", fmt::join(tile.layers, ", "))},
                      {tile.memory_bytes, fmt::format("{} of {}", tile.memory_bytes, all)},
                      report::count(tile.mac_cycles_per_image),
                      tile.kernel_cycles_per_image ? report::count(*tile.kernel_cycles_per_image)
                                                   : report::Value{nullptr, "not known"},
                      report::count(tile.stream_words_in_per_image),
                      report::count(tile.stream_words_out_per_image)});
    }
    report.table("tiles", "bounds of each tile, per image (cycles if nothing stalls)",
                 {{"tile", "tile", Column::Align::kLeft},
                  {"layers", "layers", Column::Align::kLeft},
                  {"memory_bytes", "memory, bytes"},
                  {"mac_cycles", "MAC cycles"},
                  {"kernel_cycles", "kernels' cycles"},
                  {"words_in", "words in"},
                  {"words_out", "words out"}},
                 std::move(rows));
  }

  std::string folder_;
  ArrayOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_compile() { return std::make_unique<Compile>(); }

}  // namespace shiftwise::cli
#endif
