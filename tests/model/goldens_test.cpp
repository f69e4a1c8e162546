// SPDX-License-Identifier: Apache-2.0
// Every committed checkpoint of every family and format is recognized as what it is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/load.h"

namespace shiftwise::model {
namespace {

const std::filesystem::path kFolder = SHIFTWISE_SOURCE_DIR "/tests/goldens/float";

std::vector<nlohmann::json> cards() {
  std::vector<nlohmann::json> result;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream stream(entry.path());
    result.push_back(nlohmann::json::parse(stream));
  }
  return result;
}

TEST(Goldens, EveryCheckpointIsTheNetworkThatItsCardNames) {
  int checked = 0;
  for (const nlohmann::json& card : cards()) {
    for (const std::string file : card["checkpoints"]) {
      SCOPED_TRACE(file);
      Overrides overrides;
      overrides.input_size = {{card["input"][2].get<int>(), card["input"][3].get<int>()}};
      const auto strides = card["strides"].get<std::vector<int>>();
      if (card["strides_must_be_given"]) overrides.strides = strides;
      const Model model = build(read_checkpoint(kFolder / file), overrides);
      EXPECT_EQ(model.description.strides, strides);
      EXPECT_EQ(model.description.classes, card["tensors"]["logits"][1].get<int>());
      const std::string family = card["family"];
      EXPECT_EQ(model.description.naming, family.starts_with("torchvision")     ? "torchvision"
                                          : family.starts_with("the published") ? "published split"
                                                                                : "CIFAR");
      EXPECT_EQ(model.description.shortcut,
                family.starts_with("original") ? "option A" : "projection");
      ++checked;
    }
  }
  EXPECT_GE(checked, 25);
}

TEST(Goldens, EveryFormatHoldsTheSameValues) {
  const Checkpoint first = read_checkpoint(kFolder / "option-a.pt");
  ASSERT_EQ(first.tensors.size(), 47u);
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("option-a") || name.ends_with(".json") ||
        name.find("golden") != std::string::npos) {
      continue;
    }
    SCOPED_TRACE(name);
    EXPECT_EQ(read_checkpoint(entry.path()).tensors, first.tensors);
    ++compared;
  }
  EXPECT_EQ(compared, 16);
}

}  // namespace
}  // namespace shiftwise::model
