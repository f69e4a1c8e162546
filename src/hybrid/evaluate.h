// SPDX-License-Identifier: Apache-2.0
// How good a quantized model is, and whether its integers are right.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "backend/compare.h"
#include "core/progress.h"
#include "hybrid/runner.h"

namespace shiftwise::hybrid {

/// Bounds of a proportion.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Wilson's 95 % score interval of `hits` out of `count`; [0, 1] for none.
Interval confidence_95(std::int64_t hits, std::int64_t count);

/// The index of the largest logit; the first one of several.
int top1(std::span<const float> logits);

/// Counts over the first images of a dataset.
struct Accuracy {
  std::int64_t images = 0;
  std::int64_t labelled = 0;         ///< of these, with a known label
  std::int64_t integer_correct = 0;  ///< of the labelled
  std::int64_t float_correct = 0;    ///< likewise; 0 without the float path
  std::int64_t agreeing = 0;         ///< float and integer path name the same class
  double sqnr_db = 0;  ///< of the integer network's output against float; infinite if exact
  double seconds = 0;  ///< wall clock
};

/// Called with each batch and its first image's number, in order.
using BatchObserver = std::function<void(std::int64_t first, const Batch& batch)>;

/// Runs images 0 .. images - 1.
Accuracy evaluate(Runner& runner, const data::Dataset& dataset, std::int64_t images,
                  core::Progress& progress, const BatchObserver& observer = {});

/// What a comparison of two executors found.
struct Verification {
  std::int64_t images = 0;
  std::int64_t elements = 0;  ///< codes compared, over all nodes
  /// The first one, with the image's number in the dataset; comparing stops there.
  std::optional<backend::Difference> difference;
  std::int64_t differing = 0;  ///< codes of that node that differ, in the images compared
};

/// Compares the integer network's output, batch by batch while images are evaluated, with what
/// another executor makes of the same input codes: for executors that show only their output.
class OutputVerifier {
 public:
  /// Both are borrowed.
  explicit OutputVerifier(const backend::Contender& norm) : norm_(norm) {}

  /// Nothing is compared any more once a batch differed.
  void see(std::int64_t first, const Batch& batch);
  const Verification& result() const { return result_; }

 private:
  backend::Contender norm_;
  Verification result_;
};

/// Compares every node's codes on images 0 .. images - 1, which `runner` brings as far as
/// the integer network.
Verification verify_integers(Runner& runner, const backend::Contender& expected,
                             const backend::Contender& got, const data::Dataset& dataset,
                             std::int64_t images, core::Progress& progress);

}  // namespace shiftwise::hybrid
