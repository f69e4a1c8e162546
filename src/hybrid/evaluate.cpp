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

/// Says again what another executor has said.
class Replay : public backend::Executor {
 public:
  explicit Replay(std::span<const std::byte> output) : output_(output) {}
  std::string describe() const override { return "replay"; }
  std::size_t memory_bytes() const override { return 0; }
  bool shows_nodes() const override { return false; }
  void run(std::span<const std::byte>, int, std::span<std::byte> output,
           const backend::Observer&) override {
    std::ranges::copy(output_, output.begin());
  }

 private:
  std::span<const std::byte> output_;
};

/// Adds what comparing images first .. found.
void add(Verification& result, const backend::Comparison& comparison, std::int64_t first) {
  core::expects(comparison.unmatched.empty(), "the networks compared have the same nodes");
  result.images += comparison.images;
  for (const backend::NodeComparison& node : comparison.nodes) {
    result.elements += node.values;
    if (comparison.first && node.node == comparison.first->node) {
      result.differing = node.mismatches;
    }
  }
  result.difference = comparison.first;
  if (result.difference) result.difference->image += static_cast<int>(first);
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
                  core::Progress& progress, const BatchObserver& observer) {
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
    if (observer) observer(first, batch);
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
    add(result, comparison, first);
    progress.advance(count);
  });
  progress.end();
  return result;
}

void OutputVerifier::see(std::int64_t first, const Batch& batch) {
  if (result_.difference) return;
  Replay replay(batch.output_codes);
  add(result_, backend::compare(norm_, {norm_.graph, replay}, batch.input_codes, batch.images),
      first);
}

}  // namespace shiftwise::hybrid
