// SPDX-License-Identifier: Apache-2.0
// What the balanced mapping of conv2_x must reach, whichever way its kernels are timed.
#include "fidelity/mappings.h"

#include <gtest/gtest.h>

#include "target/facts.h"

namespace shiftwise::fidelity {
namespace {

constexpr int kImages = 64;
constexpr CostModel kModels[] = {CostModel::kOwn, CostModel::kPublished};

TEST(Mappings, BalancedIsSixtyFivePercentFasterOnTwelveTiles) {
  const target::Device device = target::find_device("npu1_3col");
  for (const CostModel model : kModels) {
    const Timed published = time_conv2_x(device, lower::Mapping::kPublished, model, kImages);
    const Timed balanced = time_conv2_x(device, lower::Mapping::kBalanced, model, kImages);
    EXPECT_GE(published.interval, 1.65 * balanced.interval) << name(model);
    EXPECT_EQ(balanced.tiles.size(), 12u);
    for (const Timed& each : {published, balanced}) {
      EXPECT_LE(each.overhead(), 0.10) << name(model);
      EXPECT_GE(each.overhead(), 0) << name(model);
      for (const Timed::Tile& tile : each.tiles) {
        EXPECT_LE(tile.busy, 1) << target::to_string(tile.tile);
        EXPECT_LE(tile.multiplying * each.interval, tile.kernels) << target::to_string(tile.tile);
      }
    }
  }
}

TEST(Mappings, ArrayFactsChangeTheTimeThatTheyGovern) {
  const auto interval = [](const target::Facts& facts) {
    return time_conv2_x(target::find_device("npu1_3col", facts), lower::Mapping::kPublished,
                        CostModel::kOwn, 8)
        .interval;
  };
  const double stock = interval({});
  EXPECT_NEAR(interval({{"clock_hz", 1e9}}), stock, stock * 0.001) << "cores count in cycles";
  // A 256-channel image is 65,536 words: at a quarter of a word a cycle the streams bind.
  EXPECT_GE(interval({{"stream_words_per_cycle", 0.25}}), 65536 / 0.25);
}

TEST(Mappings, OnlyCallsThatNobodyPublishedAreTimedByAnalysis) {
  const target::Device device = target::find_device("npu1_3col");
  const Timed balanced = time_conv2_x(device, lower::Mapping::kBalanced, CostModel::kPublished, 2);
  for (const std::string& symbol : balanced.by_analysis) {
    EXPECT_TRUE(symbol.starts_with("sw_copy")) << symbol;
  }
  EXPECT_TRUE(
      time_conv2_x(device, lower::Mapping::kBalanced, CostModel::kOwn, 2).by_analysis.empty());
}

}  // namespace
}  // namespace shiftwise::fidelity
