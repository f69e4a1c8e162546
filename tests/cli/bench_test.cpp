// SPDX-License-Identifier: Apache-2.0
// shiftwise bench: numbers that hang together, and refusals.
#include <gtest/gtest.h>

#include "cli/quantized.h"

namespace shiftwise::cli {
namespace {

TEST_F(Quantized, BenchMeasuresBatchesAndSteps) {
  const Outcome outcome = shiftwise(
      {"bench", model(), "--images", "1,3", "--repetitions", "5", "-j", "1", "-q", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(fields(json), documented_fields("bench"));
  EXPECT_EQ(json["threads"], 1);
  EXPECT_GT(json["memory_bytes"], 10'000);
  ASSERT_EQ(json["batches"].size(), 2u);
  EXPECT_EQ(json["batches"][1]["images"], 3);
  for (const auto& batch : json["batches"]) {
    EXPECT_GT(batch["best_ms"], 0);
    EXPECT_LE(batch["best_ms"], batch["median_ms"]);
    EXPECT_LE(batch["median_ms"], batch["worst_ms"]);
    EXPECT_NEAR(batch["images_per_second"].get<double>() * batch["best_ms"].get<double>(), 1000, 1);
  }
}

TEST_F(Quantized, BenchsStepsDoTheWorkOfTheirLayersWithinThePeak) {
  const auto json = shiftwise({"bench", model(), "--repetitions", "3", "--json"}).json();
  ASSERT_EQ(json["batches"].size(), 2u);
  EXPECT_EQ(json["batches"][0]["images"], 1);
  EXPECT_EQ(json["batches"][1]["images"], 16);
  std::int64_t macs = 0;
  for (const auto& step : json["steps"]) {
    macs += step["macs"].get<std::int64_t>();
    EXPECT_GT(step["us"], 0);
    if (step["macs"] == 0) {
      EXPECT_TRUE(step["gmacs"].is_null());
    } else {
      EXPECT_LE(step["gmacs"], json["peak_gmacs"].get<double>() * (1 + 1e-9));
      EXPECT_LE(step["share_of_peak"], 1 + 1e-9);
    }
  }
  EXPECT_EQ(macs, 6 * 32 * 32 * 16 * 16 * 9) << "six 3x3 convolutions of 16 channels";
  EXPECT_EQ(json["steps"].back()["name"], "codes in and out");
}

TEST_F(Quantized, BenchUsesTheForcedKernelsAndTellsPeople) {
  const Surroundings portable{.environment = {{"SHIFTWISE_KERNEL", "portable"}}};
  const Outcome outcome =
      shiftwise({"bench", model(), "--repetitions", "1", "--images", "1"}, portable);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"portable", "images/s", "of peak", "layer1.0.conv1", "processor"}) {
    EXPECT_SAYS(outcome.out, part);
  }
  const Surroundings wrong{.environment = {{"SHIFTWISE_KERNEL", "abacus"}}};
  EXPECT_EQ(shiftwise({"bench", model()}, wrong).code, 1);
}

TEST_F(Quantized, BenchRefusesWrongNumbersAndFolders) {
  for (const Arguments& more : {Arguments{"--images", "0"}, Arguments{"--images", "1,many"},
                                Arguments{"--repetitions", "0"}, Arguments{"--repetition", "2"}}) {
    Arguments arguments{"bench", model()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = shiftwise(arguments);
    EXPECT_EQ(outcome.code, 1) << more[0] << " " << more[1];
    EXPECT_SAYS(outcome.err, "bench: ");
  }
  EXPECT_SAYS(shiftwise({"bench", model(), "--repetition", "2"}).err, "--repetitions");
  for (const std::string& broken : {path("nothing"), small_network()}) {
    const Outcome outcome = shiftwise({"bench", broken});
    EXPECT_EQ(outcome.code, 2) << broken;
    EXPECT_SAYS(outcome.err, broken);
  }
  EXPECT_EQ(shiftwise({"bench"}).code, 1);
}

TEST_F(Quantized, BenchReadsItsOwnConfiguration) {
  const Arguments given{"bench", model(), "--images", "2,5", "--repetitions", "1"};
  Arguments printed = given;
  printed.push_back("--print-config");
  scratch_.write("bench.ini", shiftwise(printed).out);
  const auto json = shiftwise({"bench", "--config", path("bench.ini"), "--json"}).json();
  ASSERT_EQ(json["batches"].size(), 2u);
  EXPECT_EQ(json["batches"][1]["images"], 5);
}

}  // namespace
}  // namespace shiftwise::cli
