// SPDX-License-Identifier: Apache-2.0
// Machines that differ in a number, and files that say so.
#include "target/facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "core/diagnostic.h"

namespace shiftwise::target {
namespace {

std::string said(const auto& call) {
  try {
    call();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.diagnostic().fault, core::Fault::kData);
    return error.what();
  }
  return "no error";
}

class FactsFile : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  Facts read(const std::string& text) const {
    std::ofstream(path_, std::ios::binary) << text;
    return read_facts(path_);
  }
  std::string refused(const std::string& text) const {
    const std::string all = said([&] { read(text); });
    const auto at = all.find(path_);
    return at == std::string::npos ? "without the path: " + all
                                   : all.substr(0, at) + "FILE" + all.substr(at + path_.size());
  }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("shiftwise_facts_" + std::to_string(::getpid()) + ".json"))
                          .string();
};

TEST(Facts, EachCanBeSetToWhatItIs) {
  Device device = find_device("npu1");
  for (const std::string& name : fact_names()) {
    const double was = fact(device, name);
    EXPECT_NO_THROW(set_fact(device, name, was)) << name;
    EXPECT_EQ(fact(device, name), was) << name;
  }
}

TEST(Facts, ChangeOneNumberAndNoOther) {
  const Device device = find_device("npu1", {{"compute.dma_channels", 1}, {"hop_cycles", 9}});
  EXPECT_EQ(device.compute.dma_channels, 1);
  EXPECT_EQ(device.mem.dma_channels, find_device("npu1").mem.dma_channels);
  EXPECT_EQ(device.timing.hop_cycles, 9);
  EXPECT_EQ(differences("npu1", {{"compute.dma_channels", 1}, {"hop_cycles", 4}}),
            std::vector<std::string>{"compute.dma_channels 1 (not 2)"});
}

TEST(Facts, StreamsCanBeSlowerThanAWordACycle) {
  EXPECT_EQ(find_device("npu1", {{"stream_words_per_cycle", 0.25}}).timing.stream_words_per_cycle,
            0.25);
}

TEST(Facts, AbsurdValuesAndUnknownNamesAreRefused) {
  const auto refusal = [](const std::string& name, double value) {
    Device device = find_device("npu1");
    return said([&] { set_fact(device, name, value); });
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(refusal("compute.dma_channels", 0),
            "compute.dma_channels cannot be 0\n  why:   it is a whole number from 1 to 16");
  EXPECT_EQ(refusal("compute.dma_channels", 1.5),
            "compute.dma_channels cannot be 1.5\n  why:   it is a whole number from 1 to 16");
  EXPECT_EQ(refusal("stream_words_per_cycle", 0),
            "stream_words_per_cycle cannot be 0\n  why:   it is a number from 0.01 to 16");
  for (const double absurd : {-1.0, 1e30, kNan, kInfinite, -kInfinite}) {
    for (const std::string& name : fact_names()) {
      EXPECT_NE(refusal(name, absurd).find(name + " cannot be "), std::string::npos) << name;
    }
  }
  EXPECT_EQ(refusal("compute.dma_channel", 1),
            "an array has no number 'compute.dma_channel'\n  try:   did you mean "
            "'compute.dma_channels'?");
}

TEST_F(FactsFile, HasNumbersInGroups) {
  const Facts facts =
      read(R"({"stream_words_per_cycle": 0.5, "compute": {"dma_channels": 1, "locks": 8}})");
  EXPECT_EQ(
      facts,
      (Facts{{"stream_words_per_cycle", 0.5}, {"compute.dma_channels", 1}, {"compute.locks", 8}}));
  EXPECT_TRUE(read("{}").empty());
}

TEST_F(FactsFile, IsRefusedWithItsPathAndTheField) {
  constexpr const char* kForm = "\n  try:   a JSON object: {\"name\": 1, \"group\": {\"name\": 2}}";
  const auto no_list = [&](const std::string& why) {
    return "this is no list of numbers\n  where: FILE\n  why:   " + why + kForm;
  };
  EXPECT_EQ(refused("[1]"), no_list("it does not begin with an object"));
  EXPECT_EQ(refused(R"({"compute": {"locks": "8"}})"), no_list("\"compute.locks\" is no number"));
  EXPECT_EQ(refused(R"({"compute": {"locks": true}})"), no_list("\"compute.locks\" is no number"));
  EXPECT_EQ(refused(R"({"hop_cycles": 1, "hop_cycles": 2})"),
            no_list("\"hop_cycles\" appears twice"));
  EXPECT_EQ(refused(R"({"compute.locks": 1, "compute": {"locks": 2}})"),
            no_list("\"compute.locks\" appears twice"));
  EXPECT_EQ(refused(R"({"hop_cycles": -1})"),
            "hop_cycles cannot be -1\n  where: FILE\n  why:   it is a whole number from 0 to "
            "1000000");
  EXPECT_EQ(refused(R"({"hop_cycle": 1})"),
            "an array has no number 'hop_cycle'\n  where: FILE\n  try:   did you mean "
            "'hop_cycles'?");
  for (const char* broken : {"", "{", R"({"hop_cycles": NaN})", R"({"hop_cycles": 1e999})", "\xFF",
                             R"({"a":{"a":{"a":{"a":{"a":1}}}}})"}) {
    EXPECT_EQ(refused(broken).substr(0, 48), "this is no list of numbers\n  where: FILE\n  why: ")
        << broken;
  }
  EXPECT_NE(said([] { read_facts("/nowhere/facts.json"); }).find("/nowhere/facts.json"),
            std::string::npos);
}

}  // namespace
}  // namespace shiftwise::target
