// SPDX-License-Identifier: Apache-2.0
#include "hybrid/runner.h"

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "cpu/cpu.h"
#include "data/scratch_folder.h"
#include "graph/executor.h"
#include "hybrid/fixture.h"
#include "qgraph/quantize_input.h"
#include "qgraph/reference.h"

namespace shiftwise::hybrid {
namespace {

constexpr std::size_t kPixels = std::size_t{3} * 17 * 14;

std::vector<float> normalized(const Model& model, const data::Dataset& images, int count) {
  std::vector<float> values(kPixels * static_cast<std::size_t>(count));
  data::read_normalized(images, 0, count, model.normalization, values);
  return values;
}

std::vector<float> run_float(const graph::Graph& network, const std::vector<float>& input) {
  if (network.nodes.size() == 1) return input;
  const graph::Executor executor(network, {.images_per_chunk = 1, .observed = {}});
  std::vector<float> output(static_cast<std::size_t>(executor.output_shape().elements()));
  executor.run(input, 1, output);
  return output;
}

class RunnerOfEachPart : public testing::TestWithParam<const char*> {};

TEST_P(RunnerOfEachPart, ThePathOfOneImageCanBeWalkedByHand) {
  const Model model = small_model(GetParam());
  const NoiseImages images(1);
  Runner runner(model, backend::reference_backend(), /*with_float=*/false);
  const Batch batch = runner.run(images, 0, 1);

  const graph::Graph folded = graph::fold_batch_norms(model.network);
  const auto entering =
      run_float(graph::slice(folded, {1, model.range.first - 1}), normalized(model, images, 1));
  std::vector<std::byte> codes(entering.size());
  const qgraph::Type& in = model.integers.input_type();
  qgraph::quantize_input(in, entering, codes);
  EXPECT_EQ(batch.input_codes, codes);
  std::vector<std::int32_t> wide;
  for (const std::byte code : codes) {
    wide.push_back(in.element == qgraph::Element::kInt8 ? static_cast<std::int8_t>(code)
                                                        : static_cast<std::uint8_t>(code));
  }
  const auto all = qgraph::run_reference(model.integers, wide);
  std::vector<float> leaving;
  for (const std::int32_t code : all.back()) {
    leaving.push_back(
        std::ldexp(static_cast<float>(code), model.integers.output_type().exponent.value));
  }
  const auto logits =
      run_float(graph::slice(folded, {model.range.last + 1, folded.output()}), leaving);
  ASSERT_EQ(batch.logits.size(), logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_NEAR(batch.logits[i], logits[i], 1e-4);
  EXPECT_TRUE(batch.float_logits.empty());
}

TEST_P(RunnerOfEachPart, TheFloatBaselineIsTheWholeNetwork) {
  const Model model = small_model(GetParam());
  const NoiseImages images(11);
  Runner runner(model, cpu::cpu_backend(), /*with_float=*/true);
  const Batch batch = runner.run(images, 0, 11);
  const graph::Graph folded = graph::fold_batch_norms(model.network);
  const std::vector<float> pixels = normalized(model, images, 11);
  for (std::size_t i = 0; i < 11; ++i) {
    const auto logits = run_float(
        folded,
        std::vector<float>(pixels.begin() + static_cast<std::ptrdiff_t>(i * kPixels),
                           pixels.begin() + static_cast<std::ptrdiff_t>((i + 1) * kPixels)));
    for (std::size_t k = 0; k < logits.size(); ++k) {
      EXPECT_NEAR(batch.float_logits[i * kClasses + k], logits[k], 1e-4);
    }
  }
  EXPECT_GT(batch.signal, batch.noise);
  EXPECT_GT(batch.noise, 0);
}

INSTANTIATE_TEST_SUITE_P(Runner, RunnerOfEachPart,
                         testing::Values("conv2_x", "conv3_x", "conv2_x,conv3_x", "all"),
                         [](const auto& part) {
                           std::string name = part.param;
                           std::erase(name, ',');
                           return name;
                         });

TEST(Runner, GivesTheSameBitsForAnyThreadCountAndBackend) {
  const Model model = small_model();
  const NoiseImages images(30);
  core::set_thread_limit(1);
  const Batch one = Runner(model, cpu::cpu_backend(), true).run(images, 0, 30);
  core::set_thread_limit(4);
  const Batch four = Runner(model, backend::reference_backend(), true).run(images, 0, 30);
  core::set_thread_limit(0);
  EXPECT_EQ(one.output_codes, four.output_codes);
  EXPECT_EQ(one.logits, four.logits);
  EXPECT_EQ(one.float_logits, four.float_logits);
  EXPECT_EQ(one.noise, four.noise);
}

TEST(Runner, ChunksOfOneImageGiveTheSameAnswers) {
  const Model model = small_model();
  const NoiseImages images(5);
  Runner single(model, cpu::cpu_backend(), true, 1);
  EXPECT_GE(single.images_per_batch(), 5);
  const Batch one = single.run(images, 0, 5);
  const Batch eight = Runner(model, cpu::cpu_backend(), true).run(images, 0, 5);
  ASSERT_EQ(one.logits.size(), eight.logits.size());
  for (std::size_t i = 0; i < one.logits.size(); ++i) {
    EXPECT_NEAR(one.float_logits[i], eight.float_logits[i], 1e-4);
    EXPECT_NEAR(one.logits[i], eight.logits[i], 0.05);  // a code may fall on a border's other side
  }
}

TEST(Runner, InputCodesAreThoseOfAFullRun) {
  const Model model = small_model();
  const NoiseImages images(12);
  Runner runner(model, cpu::cpu_backend(), false);
  EXPECT_EQ(runner.input_codes(images, 3, 9), runner.run(images, 3, 9).input_codes);
}

TEST(Runner, RefusesImagesOfAnotherSize) {
  const Model model = small_model();
  const NoiseImages images(1, {3, 32, 32});
  Runner runner(model, cpu::cpu_backend(), false);
  const std::string text = data::refusal([&] { runner.run(images, 0, 1); });
  EXPECT_NE(text.find("they are 3x32x32, the network takes 3x17x14"), std::string::npos) << text;
}

}  // namespace
}  // namespace shiftwise::hybrid
