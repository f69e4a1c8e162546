// SPDX-License-Identifier: Apache-2.0
#include "hybrid/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cpu/cpu.h"
#include "hybrid/fixture.h"

namespace shiftwise::hybrid {
namespace {

TEST(Confidence95, EqualsWilsonsIntervalFromTheLiterature) {
  const Interval eight = confidence_95(8, 10);
  EXPECT_NEAR(eight.low, 0.4902, 1e-4);
  EXPECT_NEAR(eight.high, 0.9433, 1e-4);
  const Interval none = confidence_95(0, 10);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.2775, 1e-4);
  const Interval all = confidence_95(10, 10);
  EXPECT_NEAR(all.low, 0.7225, 1e-4);
  EXPECT_DOUBLE_EQ(all.high, 1);
}

TEST(Confidence95, OfNothingIsEverything) {
  EXPECT_EQ(confidence_95(0, 0).low, 0);
  EXPECT_EQ(confidence_95(0, 0).high, 1);
}

TEST(Evaluate, CountsWhatTheRunnerSays) {
  const Model model = small_model();
  const NoiseImages images(150);  // more than a batch
  Runner runner(model, cpu::cpu_backend(), true);
  const Accuracy found = evaluate(runner, images, 145, core::silent_progress());

  std::int64_t integer = 0;
  std::int64_t exact = 0;
  std::int64_t agreeing = 0;
  for (int i = 0; i < 145; ++i) {
    const Batch batch = runner.run(images, i, 1);
    const int a = top1(batch.logits);
    const int b = top1(batch.float_logits);
    integer += a == images.label(i) ? 1 : 0;
    exact += b == images.label(i) ? 1 : 0;
    agreeing += a == b ? 1 : 0;
  }
  EXPECT_EQ(found.images, 145);
  EXPECT_EQ(found.labelled, 145 - 14);
  EXPECT_EQ(found.integer_correct, integer);
  EXPECT_EQ(found.float_correct, exact);
  EXPECT_EQ(found.agreeing, agreeing);
  EXPECT_GT(found.sqnr_db, 10);
  EXPECT_TRUE(std::isfinite(found.sqnr_db));
}

/// Runs as the reference does, but changes one code of the output of one image.
class Faulty : public backend::Executor {
 public:
  Faulty(const qgraph::QGraph& graph, std::vector<std::byte> wrong_image)
      : executor_(backend::reference_backend().make(graph)), wrong_(std::move(wrong_image)) {}
  std::string describe() const override { return "faulty"; }
  std::size_t memory_bytes() const override { return 0; }
  void run(std::span<const std::byte> input, int images, std::span<std::byte> output,
           const backend::Observer& observer) override {
    executor_->run(input, images, output, observer);
    const std::size_t per_image = output.size() / static_cast<std::size_t>(images);
    for (std::size_t i = 0; i < static_cast<std::size_t>(images); ++i) {
      if (std::ranges::equal(input.subspan(i * wrong_.size(), wrong_.size()), wrong_)) {
        output[i * per_image + 5] ^= std::byte{1};
      }
    }
  }

 private:
  std::unique_ptr<backend::Executor> executor_;
  std::vector<std::byte> wrong_;
};

TEST(VerifyIntegers, ComparesEveryCodeOfEveryLayer) {
  const Model model = small_model();
  const NoiseImages images(20);
  Runner runner(model, cpu::cpu_backend(), false);
  const auto reference = backend::reference_backend().make(model.integers);
  const Verification found =
      verify_integers(runner, {model.integers, *reference}, {model.integers, runner.integers()},
                      images, 20, core::silent_progress());
  EXPECT_FALSE(found.difference.has_value());
  EXPECT_EQ(found.images, 20);
  std::int64_t codes = 0;
  for (const qgraph::Node& node : model.integers.nodes) codes += node.output.shape.elements();
  EXPECT_GE(found.elements, 20 * codes);
}

TEST(VerifyIntegers, FindsOneWrongCodeAndNamesItsImage) {
  const Model model = small_model();
  const NoiseImages images(40);
  Runner runner(model, backend::reference_backend(), false);
  for (const int image : {0, 21, 39}) {
    Faulty faulty(model.integers, runner.input_codes(images, image, 1));
    const Verification found =
        verify_integers(runner, {model.integers, runner.integers()}, {model.integers, faulty},
                        images, 40, core::silent_progress());
    ASSERT_TRUE(found.difference.has_value()) << image;
    EXPECT_EQ(found.difference->node, model.integers.nodes.back().name);
    EXPECT_EQ(found.difference->image, image);
    EXPECT_EQ(found.difference->channel, 0);
    EXPECT_EQ(found.difference->expected ^ 1, found.difference->got);
    EXPECT_GE(found.differing, 1);
    EXPECT_LT(found.images, image + 17) << "comparing goes on after a difference";
  }
}

TEST(OutputVerifier, ComparesTheOutputOfEveryImageThatIsEvaluated) {
  const Model model = small_model();
  const NoiseImages images(150);
  Runner runner(model, cpu::cpu_backend(), false);
  const auto reference = backend::reference_backend().make(model.integers);
  OutputVerifier verifier({model.integers, *reference});
  evaluate(runner, images, 150, core::silent_progress(),
           [&](std::int64_t first, const Batch& batch) { verifier.see(first, batch); });
  EXPECT_FALSE(verifier.result().difference.has_value());
  EXPECT_EQ(verifier.result().images, 150);
  EXPECT_EQ(verifier.result().elements, 150 * model.integers.output_type().shape.elements());
}

TEST(OutputVerifier, FindsOneWrongCodeAndNamesItsImage) {
  const Model model = small_model();
  const NoiseImages images(150);
  Runner runner(model, cpu::cpu_backend(), false);
  for (const int image : {0, 70, 149}) {
    Faulty faulty(model.integers, runner.input_codes(images, image, 1));
    OutputVerifier verifier({model.integers, faulty});
    evaluate(runner, images, 150, core::silent_progress(),
             [&](std::int64_t first, const Batch& batch) { verifier.see(first, batch); });
    ASSERT_TRUE(verifier.result().difference.has_value()) << image;
    EXPECT_EQ(verifier.result().difference->image, image);
    EXPECT_EQ(verifier.result().differing, 1);
  }
}

}  // namespace
}  // namespace shiftwise::hybrid
