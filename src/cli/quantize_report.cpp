// SPDX-License-Identifier: Apache-2.0
#include "cli/quantize_report.h"

#include <fmt/format.h>

#include "qgraph/qgraph_json.h"

namespace shiftwise::cli {
namespace {

using report::Column;

report::Row layer_row(const quant::LayerReport& layer) {
  const bool has_weights = layer.kind == "conv2d" || layer.kind == "linear";
  const auto where = [](bool condition, report::Value value) {
    return condition ? std::move(value) : report::none();
  };
  return {report::text(layer.name),
          report::text(layer.stage),
          report::text(layer.kind),
          report::text(layer.shape),
          report::integer(layer.e_x),
          where(has_weights, report::integer(layer.e_w)),
          where(layer.kind == "add", report::integer(layer.e_skip)),
          report::integer(layer.e_out),
          where(layer.requantizes, report::integer(layer.shift)),
          report::text(layer.output),
          report::real(layer.headroom_bits, 1),
          where(layer.requantizes, report::count(layer.saturated)),
          where(layer.requantizes, report::count(layer.ties)),
          report::count(layer.values),
          report::decibels(layer.sqnr_db),
          report::optional_text(layer.refusal)};
}

nlohmann::ordered_json quantizer_json(const quant::QuantizerReport& quantizer) {
  return {{"name", quantizer.name},
          {"members", quantizer.members},
          {"kind", quantizer.kind},
          {"element", quantizer.element},
          {"exponent", quantizer.exponent.value},
          {"threshold", quantizer.threshold},
          {"log2_threshold", quantizer.log2_threshold},
          {"margin", quantizer.margin}};
}

}  // namespace

void add_quantization(report::Report& report, const hybrid::Model& model,
                      const quant::Result& result) {
  report.data("checkpoint",
              {{"name", model.origin.checkpoint.name}, {"sha256", model.origin.checkpoint.sha256}});
  report.data("preset", model.origin.preset);
  report.data("offload", model.origin.offload);
  report.data("rounding", qgraph::to_string(model.integers.rounding));
  report.data("calibration_images", result.calibration_images);
  report.data("report_images", result.report_images);

  std::vector<report::Row> rows;
  for (const quant::LayerReport& layer : result.layers) rows.push_back(layer_row(layer));
  report.table("layers",
               fmt::format("{} in integers, preset {} (saturations, ties and SQNR on {} images)",
                           model.origin.offload, model.origin.preset, result.report_images),
               {{"name", "layer", Column::Align::kLeft},
                {"stage", ""},
                {"op", ""},
                {"shape", "shape", Column::Align::kLeft},
                {"e_x", "e_x"},
                {"e_w", "e_w"},
                {"e_skip", "e_skip"},
                {"e_out", "e_out"},
                {"shift", "shift"},
                {"output", "output", Column::Align::kLeft},
                {"headroom_bits", "head-room"},
                {"saturated", "saturated"},
                {"ties", "ties"},
                {"values", ""},
                {"sqnr_db", "SQNR"},
                {"refusal", ""}},
               std::move(rows));

  nlohmann::ordered_json quantizers = nlohmann::ordered_json::array();
  for (const quant::QuantizerReport& quantizer : result.quantizers) {
    quantizers.push_back(quantizer_json(quantizer));
  }
  report.data("quantizers", std::move(quantizers));
  report.fact("output_sqnr_db", "SQNR of the result", report::decibels(result.output_sqnr_db));
  for (const std::string& warning : result.warnings) report.warning(warning);
  for (const quant::LayerReport& layer : result.layers) {
    if (layer.refusal.empty()) continue;
    report.warning(fmt::format("the hardware cannot do {}: {}", layer.name, layer.refusal));
  }
}

}  // namespace shiftwise::cli
