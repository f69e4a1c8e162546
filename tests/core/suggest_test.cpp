// SPDX-License-Identifier: Apache-2.0
#include "core/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace shiftwise::core {
namespace {

const std::vector<std::string> kNames = {"conv2_x", "conv3_x", "stem", "classifier"};

TEST(Suggest, NamesTheNearestFirst) {
  EXPECT_EQ(suggest("conv3x", kNames), "did you mean 'conv3_x' or 'conv2_x'?");
  EXPECT_EQ(suggest("stemm", kNames), "did you mean 'stem'?");
}

TEST(Suggest, GivesExamplesWhereNothingIsNear) {
  EXPECT_EQ(suggest("resnet", kNames), "names are conv2_x, conv3_x, stem, ...");
  EXPECT_EQ(suggest(std::string(1000, 'a'), kNames), "names are conv2_x, conv3_x, stem, ...");
}

TEST(Suggest, HasNothingToSayAboutNothing) { EXPECT_EQ(suggest("stem", {}), ""); }

}  // namespace
}  // namespace shiftwise::core
