// SPDX-License-Identifier: Apache-2.0
#include "hybrid/model.h"

#include <fmt/format.h>

#include <cmath>

#include "core/diagnostic.h"
#include "graph/fold.h"

namespace shiftwise::hybrid {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw core::Error({.what = "the parts of the quantized model do not fit each other",
                     .where = where,
                     .why = why});
}

void expect_shape(const char* where, const core::ImageShape& expected,
                  const core::ImageShape& found) {
  if (expected == found) return;
  refuse(where, fmt::format("the float network has {} there, the integer network {}",
                            core::to_string(expected), core::to_string(found)));
}

}  // namespace

std::string_view version() { return SHIFTWISE_VERSION; }

void verify(const Model& model) {
  qgraph::verify(model.integers);
  const graph::Graph folded = graph::fold_batch_norms(model.network);
  const std::vector<core::ImageShape> shapes = graph::infer_shapes(folded);
  if (model.range.first < 1 || model.range.last < model.range.first ||
      model.range.last > folded.output()) {
    refuse("range", fmt::format("nodes {} to {} of {}", model.range.first, model.range.last,
                                folded.nodes.size()));
  }
  graph::slice(folded, model.range);  // refuses a range that more than one value enters
  expect_shape("input of the integer network",
               shapes[static_cast<std::size_t>(model.range.first) - 1],
               model.integers.input_type().shape);
  expect_shape("output of the integer network", shapes[static_cast<std::size_t>(model.range.last)],
               model.integers.output_type().shape);

  const std::int64_t classes = shapes.back().elements();
  const auto names = static_cast<std::int64_t>(model.class_names.size());
  if (names != 0 && names != classes) {
    refuse("class names", fmt::format("{} names for {} classes", names, classes));
  }
  for (std::size_t c = 0; c < model.normalization.std.size(); ++c) {
    const float mean = model.normalization.mean[c];
    const float std = model.normalization.std[c];
    if (!std::isfinite(mean) || !std::isfinite(std) || std <= 0) {
      refuse("normalisation", fmt::format("channel {} has mean {} and std {}", c, mean, std));
    }
  }
}

}  // namespace shiftwise::hybrid
