// SPDX-License-Identifier: Apache-2.0
#include "hybrid/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/diagnostic.h"

namespace shiftwise::hybrid {
namespace {

/// Calls body(first image, number of images) for consecutive batches.
template <typename Body>
void for_batches(std::int64_t images, int batch, const Body& body) {
  for (std::int64_t first = 0; first < images; first += batch) {
    core::check_interrupted();
    body(first, static_cast<int>(std::min<std::int64_t>(batch, images - first)));
  }
}

}  // namespace

Interval confidence_95(std::int64_t hits, std::int64_t count) {
  if (count == 0) return {0, 1};
  constexpr double kZ = 1.959963984540054;  // 97.5 % point of the normal distribution
  const auto n = static_cast<double>(count);
  const double p = static_cast<double>(hits) / n;
  const double denominator = 1 + kZ * kZ / n;
  const double centre = (p + kZ * kZ / (2 * n)) / denominator;
  const double half = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n)) / denominator;
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

int top1(std::span<const float> logits) {
  return static_cast<int>(std::ranges::max_element(logits) - logits.begin());
}

Accuracy evaluate(Runner& runner, const data::Dataset& dataset, std::int64_t images,
                  core::Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto classes = static_cast<std::size_t>(runner.classes());
  Accuracy result;
  double signal = 0;
  double noise = 0;
  progress.begin("evaluate", images, "images");
  for_batches(images, runner.images_per_batch(), [&](std::int64_t first, int count) {
    const Batch batch = runner.run(dataset, first, count);
    signal += batch.signal;
    noise += batch.noise;
    for (int i = 0; i < count; ++i) {
      const auto row = [&](const std::vector<float>& logits) {
        return top1(std::span(logits).subspan(static_cast<std::size_t>(i) * classes, classes));
      };
      const int label = dataset.label(first + i);
      const int integer = row(batch.logits);
      result.labelled += label >= 0 ? 1 : 0;
      result.integer_correct += integer == label ? 1 : 0;
      if (batch.float_logits.empty()) continue;
      const int exact = row(batch.float_logits);
      result.float_correct += exact == label ? 1 : 0;
      result.agreeing += exact == integer ? 1 : 0;
    }
    result.images += count;
    progress.advance(count);
  });
  progress.end();
  result.sqnr_db =
      noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

Verification verify_integers(Runner& runner, const backend::Contender& expected,
                             const backend::Contender& got, const data::Dataset& dataset,
                             std::int64_t images, core::Progress& progress) {
  constexpr int kImagesAtOnce = 16;
  Verification result;
  progress.begin("compare", images, "images");
  for_batches(images, kImagesAtOnce, [&](std::int64_t first, int count) {
    if (result.difference) return;
    const auto codes = runner.input_codes(dataset, first, count);
    const backend::Comparison comparison = backend::compare(expected, got, codes, count);
    core::expects(comparison.unmatched.empty(), "the networks compared have the same nodes");
    result.images += count;
    for (const backend::NodeComparison& node : comparison.nodes) {
      result.elements += node.values;
      if (comparison.first && node.node == comparison.first->node) {
        result.differing = node.mismatches;
      }
    }
    result.difference = comparison.first;
    if (result.difference) result.difference->image += static_cast<int>(first);
    progress.advance(count);
  });
  progress.end();
  return result;
}

}  // namespace shiftwise::hybrid
