// SPDX-License-Identifier: Apache-2.0
#include "hybrid/artifact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "data/scratch_folder.h"
#include "graph/refusal.h"
#include "hybrid/compare.h"
#include "hybrid/fixture.h"

namespace shiftwise::hybrid {
namespace {

using Json = nlohmann::ordered_json;

std::string bytes_of(const std::filesystem::path& path) {
  return std::string(core::MappedFile(path).text());
}

/// A written model whose file a test changes before it is read.
class Artifact : public testing::Test {
 protected:
  void SetUp() override { write_model(small_model("conv2_x,conv3_x"), folder_.path()); }

  std::filesystem::path file() const { return folder_.path() / kModelFile; }

  /// Rewrites the file after `change` has seen its tensors and its description.
  template <typename Change>
  void change_file(const Change& change) {
    const std::string old = bytes_of(file());
    core::Safetensors content = core::parse_safetensors(std::as_bytes(std::span(old)), "old");
    Json json = Json::parse(content.metadata.at("shiftwise"));
    change(content, json);
    if (content.metadata.contains("shiftwise")) content.metadata["shiftwise"] = json.dump();
    core::write_file(file(), core::format_safetensors(content));
  }

  template <typename Change>
  std::string refusal_after(const Change& change) {
    change_file(change);
    return refusal();
  }

  std::string refusal() const {
    return data::refusal([this] { read_model(folder_.path()); });
  }

  data::ScratchFolder folder_;
};

#define EXPECT_SAYS(text, part) EXPECT_TRUE(graph::says(text, part))

TEST_F(Artifact, WhatWasWrittenIsReadBack) {
  for (const char* offload : {"conv2_x", "conv2_x,conv3_x", "all"}) {
    for (const quant::Preset preset : {quant::Preset::kAccurate, quant::Preset::kSeed}) {
      const Model model = small_model(offload, preset);
      write_model(model, folder_.path());
      const Model read = read_model(folder_.path());
      Compared compared;
      const auto difference = compare_models(model, read, compared);
      EXPECT_FALSE(difference.has_value()) << difference->what;
      EXPECT_GT(compared.elements, 10000);
      EXPECT_EQ(read.origin, model.origin);
      EXPECT_EQ(read.class_names, model.class_names);
      EXPECT_EQ(read.range.first, model.range.first);
      EXPECT_EQ(read.range.last, model.range.last);
    }
  }
}

TEST_F(Artifact, TheSameModelGivesTheSameBytes) {
  const std::string model = bytes_of(file());
  const std::string scales = bytes_of(folder_.path() / kScalesFile);
  write_model(read_model(folder_.path()), folder_.path());
  EXPECT_EQ(bytes_of(file()), model);
  EXPECT_EQ(bytes_of(folder_.path() / kScalesFile), scales);
}

TEST_F(Artifact, FloatsAreStoredInHalfOnlyWhereThatIsExact) {
  Model model = small_model();
  for (graph::Node& node : model.network.nodes) {
    if (auto* conv = std::get_if<graph::Conv2d>(&node.operation); conv && node.name == "conv1") {
      for (float& weight : conv->weight.values) weight = std::round(weight * 64) / 64;
    }
  }
  write_model(model, folder_.path());
  const std::string bytes = bytes_of(file());
  const auto content = core::parse_safetensors(std::as_bytes(std::span(bytes)), "file");
  EXPECT_EQ(content.find("float.conv1.weight")->dtype, "F16");
  EXPECT_EQ(content.find("float.fc.weight")->dtype, "F32");
  EXPECT_EQ(content.find("layer1.0.conv1.weight")->dtype, "I8");
  EXPECT_EQ(content.find("layer1.0.conv1.bias")->dtype, "I32");
  Compared compared;
  EXPECT_FALSE(compare_models(model, read_model(folder_.path()), compared));
}

TEST_F(Artifact, TheTableSaysWhatTheCombinedScaleIs) {
  const Json table = Json::parse(bytes_of(folder_.path() / kScalesFile));
  int convolutions = 0;
  for (const Json& layer : table["layers"]) {
    if (layer["op"] != "conv2d" || layer["element"] == "int32") continue;
    ++convolutions;
    EXPECT_EQ(layer["combined_scale"].get<double>(),
              -std::log2(layer["in_scale"].get<double>() * layer["weight_scale"].get<double>() /
                         layer["out_scale"].get<double>()))
        << layer["name"];
  }
  EXPECT_GT(convolutions, 0);
}

TEST_F(Artifact, RefusesAFolderWithoutAModel) {
  EXPECT_SAYS(data::refusal([] { read_model("/no/such/folder"); }), "there is no such folder");
  EXPECT_SAYS(data::refusal([this] { read_model(file()); }), "it is a file, not the folder");
  std::filesystem::remove(file());
  EXPECT_SAYS(refusal(), "cannot read a file");
}

TEST_F(Artifact, RefusesASafetensorsFileThatIsNoQuantizedModel) {
  EXPECT_SAYS(refusal_after([](auto& content, Json&) { content.metadata.clear(); }),
              "this is no quantized model");
}

TEST_F(Artifact, RefusesAnotherSchema) {
  EXPECT_SAYS(refusal_after([](auto&, Json& json) { json["schema"] = 2; }),
              "it is 2, this shiftwise reads 1");
}

TEST_F(Artifact, RefusesAShiftThatItsExponentsDoNotGive) {
  EXPECT_SAYS(refusal_after([](auto&, Json& json) {
                Json& shift = json["integer_network"]["nodes"][1]["shift"];
                shift = shift.get<int>() + 1;
              }),
              "but the exponents say");
}

TEST_F(Artifact, RefusesFieldsThatAreMissingOrOfTheWrongKind) {
  const Json good = [this] {
    Json copy;
    change_file([&](auto&, Json& json) { copy = json; });
    return copy;
  }();
  for (const auto& [key, value] : good.items()) {
    const std::string name = key;
    EXPECT_NE(refusal_after([&](auto&, Json& json) { (json = good).erase(name); }),
              "nothing was refused")
        << name << " missing";
    for (const Json& wrong : {Json(nullptr), Json(-1.5), Json("text"), Json::array({Json()}),
                              Json{{"nodes", Json::array({1})}}}) {
      if (wrong.type() == value.type() && value.is_string()) continue;
      EXPECT_NE(refusal_after([&](auto&, Json& json) { (json = good)[name] = wrong; }),
                "nothing was refused")
          << name << " = " << wrong.dump();
    }
  }
  change_file([&](auto&, Json& json) { json = good; });
  EXPECT_NO_THROW(read_model(folder_.path()));
}

TEST_F(Artifact, RefusesPartsThatDoNotFitEachOther) {
  EXPECT_SAYS(refusal_after([](auto&, Json& json) { json["classes"].erase(0); }),
              "9 names for 10 classes");
  SetUp();
  EXPECT_SAYS(refusal_after([](auto&, Json& json) { json["normalization"]["std"][1] = 0; }),
              "channel 1 has mean");
  SetUp();
  EXPECT_SAYS(refusal_after([](auto&, Json& json) { json["range"] = {1, 2}; }),
              "do not fit each other");
  SetUp();
  EXPECT_SAYS(refusal_after([](auto&, Json& json) { json["range"] = {9, 2000}; }),
              "nodes 9 to 2000 of");
  EXPECT_SAYS(refusal(), "where: " + file().string() + ", range");
}

TEST_F(Artifact, RefusesTensorsThatAreMissingLeftOverOrOfTheWrongKind) {
  const auto erase = [](core::Safetensors& content, const std::string& name) {
    std::erase_if(content.tensors, [&](const auto& tensor) { return tensor.name == name; });
  };
  EXPECT_SAYS(refusal_after([&](auto& content, Json&) { erase(content, "layer1.0.conv1.bias"); }),
              "layer1.0.conv1.bias\n  why:   the tensor is missing");
  SetUp();
  EXPECT_SAYS(refusal_after([&](auto& content, Json&) { erase(content, "float.fc.weight"); }),
              "fc.weight");
  SetUp();
  EXPECT_SAYS(refusal_after([](auto& content, Json&) {
                for (auto& tensor : content.tensors) {
                  if (tensor.name == "layer1.0.conv1.weight") tensor.dtype = "U8";
                }
              }),
              "its dtype is U8, not I8");
  SetUp();
  const std::array<std::byte, 1> byte{};
  EXPECT_SAYS(
      refusal_after([&](auto& content, Json&) {
        content.tensors.push_back({.name = "stowaway", .dtype = "I8", .shape = {1}, .bytes = byte});
      }),
      "the tensor belongs to no layer");
}

TEST_F(Artifact, RefusesNumbersThatCouldOverflowAnAccumulator) {
  std::vector<std::int32_t> huge;
  EXPECT_SAYS(refusal_after([&](auto& content, Json&) {
                for (auto& tensor : content.tensors) {
                  if (tensor.name != "layer1.0.conv1.bias") continue;
                  huge.assign(tensor.bytes.size() / 4, 0x7fffffff);
                  tensor.bytes = std::as_bytes(std::span(huge));
                }
              }),
              "does not fit a 32-bit accumulator");
}

TEST_F(Artifact, RefusesNotANumberInAFloatTensor) {
  std::vector<float> wrong;
  EXPECT_SAYS(refusal_after([&](auto& content, Json&) {
                for (auto& tensor : content.tensors) {
                  if (tensor.name != "float.fc.weight") continue;
                  wrong.assign(tensor.bytes.size() / 4, std::nanf(""));
                  tensor.bytes = std::as_bytes(std::span(wrong));
                }
              }),
              "fc");
}

TEST_F(Artifact, EveryTruncationIsRefusedAndNoBitFlipIsReadOutOfBounds) {
  const std::string good = bytes_of(file());
  for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 50) {
    core::write_file(file(), std::string_view(good).substr(0, size));
    EXPECT_NE(refusal(), "nothing was refused") << size;
  }
  std::mt19937 random(7);
  int refused = 0;
  constexpr int kFlips = 150;
  for (int i = 0; i < kFlips; ++i) {
    std::string flipped = good;
    constexpr std::size_t kHeader = 12000;
    flipped[random() % kHeader] ^= static_cast<char>(1u << random() % 8);
    core::write_file(file(), flipped);
    try {
      read_model(folder_.path());
    } catch (const core::Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, kFlips / 2);
}

}  // namespace
}  // namespace shiftwise::hybrid
