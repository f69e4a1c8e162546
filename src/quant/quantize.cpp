// SPDX-License-Identifier: Apache-2.0
#include "quant/quantize.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/diagnostic.h"
#include "graph/fold.h"
#include "quant/balance.h"
#include "quant/equalize.h"
#include "quant/measure.h"
#include "quant/plan.h"

namespace shiftwise::quant {
namespace {

/// Equalizes the part as a network of its own: what lies outside it stays as it is.
EqualizationResult equalize_part(graph::Graph& network, graph::Range range) {
  graph::Graph inside = graph::slice(network, range);
  EqualizationResult result = equalize(inside);
  for (std::size_t i = 1; i < inside.nodes.size(); ++i) {
    network.nodes[static_cast<std::size_t>(range.first) + i - 1].operation =
        std::move(inside.nodes[i].operation);
  }
  return result;
}

/// Images for the report: the reference executor walks each, so a large part gets few.
std::int64_t report_images(const Part& part, std::int64_t wanted, std::int64_t available) {
  constexpr std::int64_t kWork = 500'000'000;  // multiply-accumulates
  if (wanted == 0) {
    const std::vector<std::int64_t> macs = graph::macs(part.network);
    const std::int64_t each =
        std::accumulate(macs.begin() + part.range.first, macs.end(), std::int64_t{1});
    wanted = std::max<std::int64_t>(2, kWork / each);
  }
  return std::min({wanted, available, std::int64_t{kBatchImages}});
}

}  // namespace

Result quantize(const graph::Graph& network, const data::Dataset& calibration,
                const data::Normalization& normalization, const Options& options,
                core::Progress& progress) {
  const std::int64_t images = std::min(options.calibration_images, calibration.size());
  if (images < 1) {
    throw core::Error({.what = "there are no calibration images",
                       .where = calibration.describe(),
                       .hint = "name a folder with training images with --data"});
  }
  data::expect_images_fit(calibration, network.input_shape());
  // Cut first: what lies behind the part, most of the parameters often, is never touched.
  const graph::NodeId last = graph::find_stages(network, options.offload).last;
  graph::Graph prefix = graph::fold_batch_norms(graph::slice(network, {1, last}));
  const graph::Range range = graph::find_stages(prefix, options.offload);
  const EqualizationResult equalization = equalize_part(prefix, range);

  Part part(std::move(prefix), range);
  const CalibrationData data{calibration, normalization, images};
  if (options.preset == Preset::kAccurate) balance(part, data, options.residual, progress);
  Plan plan = options.preset == Preset::kSeed
                  ? plan_seed(part, data, progress)
                  : plan_accurate(part, data, options.residual, progress);
  const Assembly assembly = assemble(part, plan, options.rounding);
  const std::int64_t measured = report_images(part, options.report_images, images);
  Measurement measurement = measure(part, assembly, {calibration, normalization, measured});

  Result result{.network = assembly.network,
                .range = range,
                .quantizers = std::move(plan.quantizers),
                .layers = std::move(measurement.layers),
                .warnings = equalization.warnings,
                .calibration_images = images,
                .report_images = measured,
                .output_sqnr_db = measurement.output_sqnr_db};
  result.warnings.insert(result.warnings.end(), plan.warnings.begin(), plan.warnings.end());
  return result;
}

}  // namespace shiftwise::quant
